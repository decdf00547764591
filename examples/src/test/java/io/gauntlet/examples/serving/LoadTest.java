package io.gauntlet.examples.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.limit.Limits;
import io.gauntlet.defenses.limit.QueryLimiter;
import io.gauntlet.defenses.limit.Window;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Models;
import io.gauntlet.model.Shape;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real load on the loopback interface: 64 threads ask a guarded server as fast as they can, in
 * requests of one to three rows, under two names, for far more than both are allowed.
 *
 * <p>The time that fills windows is injected and moves on by a second after every four hundred
 * requests, so that the permitted number of rows is one number, however fast the machine is.
 */
@Timeout(300)
class LoadTest {
  private static final int THREADS = 64;
  private static final int REQUESTS_IN_A_SECOND = 400;
  private static final long ROWS_OF_A_CLIENT = 80;
  private static final long ROWS_OF_ALL = 120;
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @TempDir Path folder;

  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong toldAlice = new AtomicLong();
  private final AtomicLong toldBob = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong requests = new AtomicLong();

  /** What the server's own model sees. */
  private Model counting() {
    return Models.of(
            "counting",
            Shape.of(2),
            Domain.UNIT,
            2,
            inputs -> {
              asked.addAndGet(inputs.length);
              return new float[inputs.length][2];
            })
        .withConcurrency(Concurrency.threadSafe(THREADS));
  }

  @Test
  void exactly_the_permitted_rows_pass_in_two_seconds_of_load() throws Exception {
    load(Duration.ofSeconds(2));
  }

  @Test
  @Tag("long")
  void exactly_the_permitted_rows_pass_in_twenty_seconds_of_load() throws Exception {
    load(Duration.ofSeconds(20));
  }

  private void load(Duration length) throws Exception {
    Window everybody = new Window(ROWS_OF_ALL, Duration.ofSeconds(1));
    Limits limits =
        Limits.of(new Window(ROWS_OF_A_CLIENT, Duration.ofSeconds(1))).withEverybody(everybody);
    GuardedModel guarded =
        GuardedModel.of(counting())
            .guardedBy(QueryLimiter.of(limits))
            .withClock(() -> NOON.plusSeconds(requests.get() / REQUESTS_IN_A_SECOND));
    try (ServedModel served = ServedModel.start(folder, guarded, UnaryOperator.identity())) {
      HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
      long end = System.nanoTime() + length.toNanos();
      inThreads(
          thread -> {
            for (int i = thread; System.nanoTime() < end; i++) {
              ask(client, served, i % 2 == 0 ? ServedModel.KEY : ServedModel.OTHER_KEY, 1 + i % 3);
            }
          });
      useUpTheLastSecond(client, served);
      assertNothingLostAndNothingMore(served.lines());
    }
  }

  /** One row at a time, to the end of the next second. */
  private void useUpTheLastSecond(HttpClient client, ServedModel served) throws Exception {
    long rest = 2 * REQUESTS_IN_A_SECOND - 1 - requests.get() % REQUESTS_IN_A_SECOND;
    for (long i = 0; i < rest; i++) {
      ask(client, served, i % 2 == 0 ? ServedModel.KEY : ServedModel.OTHER_KEY, 1);
    }
  }

  private void ask(HttpClient client, ServedModel served, String key, int rows) throws Exception {
    String body =
        ServedModel.question("0,0" + ",0,0".repeat(rows - 1)).replace("[1,2]", "[" + rows + ",2]");
    HttpRequest request =
        HttpRequest.newBuilder(served.address().resolve("/v2/models/net/infer"))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    requests.incrementAndGet();
    int status = client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    assertThat(status).isIn(200, 429);
    AtomicLong told = key.equals(ServedModel.KEY) ? toldAlice : toldBob;
    (status == 200 ? told : refused).addAndGet(rows);
  }

  private void assertNothingLostAndNothingMore(List<JsonObject> lines) {
    long seconds = 1 + requests.get() / REQUESTS_IN_A_SECOND;
    long ofAlice = toldAlice.get();
    long ofBob = toldBob.get();
    assertThat(ofAlice + ofBob).isEqualTo(ROWS_OF_ALL * seconds);
    assertThat(asked).hasValue(ofAlice + ofBob);
    assertThat(ofAlice).isLessThanOrEqualTo(ROWS_OF_A_CLIENT * seconds);
    assertThat(ofBob).isLessThanOrEqualTo(ROWS_OF_A_CLIENT * seconds);
    assertThat(lines).hasSize((int) requests.get());
    assertThat(rows(lines, "alice", "answered")).isEqualTo(ofAlice);
    assertThat(rows(lines, "bob", "answered")).isEqualTo(ofBob);
    assertThat(rows(lines, "alice", "limited") + rows(lines, "bob", "limited"))
        .isEqualTo(refused.get())
        .isPositive();
  }

  private static long rows(List<JsonObject> lines, String client, String outcome) {
    return lines.stream()
        .filter(line -> line.get("client").getAsString().equals(client))
        .filter(line -> line.get("outcome").getAsString().equals(outcome))
        .mapToLong(line -> line.get("rows").getAsLong())
        .sum();
  }

  private interface Task {
    void run(int thread) throws Exception;
  }

  private static void inThreads(Task task) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> runs = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        runs.add(
            threads.submit(
                () -> {
                  task.run(thread);
                  return null;
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
