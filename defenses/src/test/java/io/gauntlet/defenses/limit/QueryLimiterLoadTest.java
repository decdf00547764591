package io.gauntlet.defenses.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Exactly the permitted rows pass, whatever the threads do. */
class QueryLimiterLoadTest {
  private static final int THREADS = 64;
  private static final int CLIENTS = 1_000;
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Batch ROW = Batch.wrap(1, new float[1]);

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
        run.get(5, TimeUnit.MINUTES);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean passes(QueryLimiter limiter, String client, Instant at) {
    return limiter.admit(new Query(client, ROW, at)).isEmpty();
  }

  /** Ten minutes, in steps of ten seconds; in each, every client asks for ten rows. */
  private static AtomicIntegerArray tenMinutes(QueryLimiter limiter) throws Exception {
    AtomicIntegerArray passed = new AtomicIntegerArray(CLIENTS);
    CyclicBarrier tick = new CyclicBarrier(THREADS);
    inThreads(
        thread -> {
          for (int step = 0; step < 60; step++) {
            tick.await();
            Instant now = NOON.plusSeconds(10L * step);
            for (int i = thread; i < 10 * CLIENTS; i += THREADS) {
              int client = i % CLIENTS; // 64 does not divide 1,000, so threads meet at a client
              if (passes(limiter, "client " + client, now)) {
                passed.incrementAndGet(client);
              }
            }
          }
        });
    return passed;
  }

  @Test
  void exactly_the_rows_of_all_windows_and_the_lifetime_pass_for_every_client() throws Exception {
    QueryLimiter limiter =
        QueryLimiter.of(
            Limits.of(
                    new Window(6, Duration.ofSeconds(10)), new Window(50, Duration.ofSeconds(200)))
                .withLifetime(150));
    AtomicIntegerArray passed = tenMinutes(limiter);
    int due = 0;
    double burst = 6;
    double slow = 50;
    for (int step = 0; step < 60; step++) {
      int now = (int) Math.min(150 - due, Math.min(10, Math.min(burst, slow)));
      due += now;
      burst = Math.min(6, burst - now + 6);
      slow = Math.min(50, slow - now + 2.5);
    }
    assertThat(due).isEqualTo(150);
    for (int client = 0; client < CLIENTS; client++) {
      assertThat(passed.get(client)).as("client %s", client).isEqualTo(due);
    }
  }

  @Test
  void exactly_the_rows_of_two_windows_pass_where_no_lifetime_ends_it() throws Exception {
    QueryLimiter limiter =
        QueryLimiter.of(
            Limits.of(
                new Window(6, Duration.ofSeconds(10)), new Window(50, Duration.ofSeconds(200))));
    AtomicIntegerArray passed = tenMinutes(limiter);
    int due =
        50 + 147; // the slow window at first, and 59 steps of 2.5 rows, the last half not whole
    for (int client = 0; client < CLIENTS; client++) {
      assertThat(passed.get(client)).as("client %s", client).isEqualTo(due);
    }
  }

  @Test
  void exactly_the_rows_of_everybody_pass_and_every_one_is_charged_to_who_asked() throws Exception {
    int lifetime = 400;
    QueryLimiter limiter =
        QueryLimiter.of(
            Limits.of()
                .withLifetime(lifetime)
                .withEverybody(new Window(2_000, Duration.ofSeconds(10))));
    AtomicIntegerArray passed = tenMinutes(limiter);
    long sum = 0;
    for (int client = 0; client < CLIENTS; client++) {
      sum += passed.get(client);
    }
    assertThat(sum).isEqualTo(60 * 2_000);
    Instant later = NOON.plus(Duration.ofDays(1));
    for (int client = 0; client < CLIENTS; client += 100) {
      int left = 0;
      while (passes(limiter, "client " + client, later)) {
        left++;
      }
      later = later.plusSeconds(10);
      assertThat(passed.get(client) + left).as("client %s", client).isEqualTo(lifetime);
    }
  }

  @Test
  void threads_that_meet_at_a_client_who_is_just_forgotten_get_no_more_than_its_life()
      throws Exception {
    int lifetime = 2_000;
    QueryLimiter limiter = QueryLimiter.of(Limits.of().withLifetime(lifetime).withClients(2));
    AtomicIntegerArray passed = new AtomicIntegerArray(8);
    inThreads(
        thread -> {
          for (int i = 0; i < 5_000; i++) {
            int client = i % 8; // all threads go round alike, so that they meet
            if (passes(limiter, "client " + client, NOON)) {
              passed.incrementAndGet(client);
            }
          }
        });
    int most = 0;
    for (int client = 0; client < 8; client++) {
      assertThat(passed.get(client)).as("client %s", client).isLessThanOrEqualTo(lifetime);
      most = Math.max(most, passed.get(client));
    }
    assertThat(most).as("of a client with a cell of its own").isEqualTo(lifetime);
  }

  @Test
  void a_hundred_thousand_one_shot_clients_leave_memory_bounded_and_reset_no_budget()
      throws Exception {
    int lifetime = 500;
    QueryLimiter limiter =
        QueryLimiter.of(
            Limits.of(new Window(450, Duration.ofDays(1)))
                .withLifetime(lifetime)
                .withClients(1_000));
    String[] regulars = {"alice", "bob", "carol"};
    for (String regular : regulars) {
      assertThat(passes(limiter, regular, NOON)).isTrue();
    }
    AtomicIntegerArray passed = new AtomicIntegerArray(regulars.length);
    AtomicInteger names = new AtomicInteger();
    inThreads(
        thread -> {
          for (int name = names.getAndIncrement(); name < 100_000; name = names.getAndIncrement()) {
            passes(limiter, "fake " + name, NOON);
            if (name % 50 == 0 && passes(limiter, regulars[name / 50 % 3], NOON)) {
              passed.incrementAndGet(name / 50 % 3);
            }
          }
        });
    assertThat(limiter.clientsHeld()).isLessThanOrEqualTo(1_000);
    Instant nextDay = NOON.plus(Duration.ofDays(1));
    for (int i = 0; i < regulars.length; i++) {
      assertThat(1 + passed.get(i)).as("%s in the window", regulars[i]).isLessThanOrEqualTo(450);
      int rest = 0;
      while (passes(limiter, regulars[i], nextDay)) {
        rest++;
      }
      // a fake has spent one row, which is the most that falling on its cells can cost
      assertThat(1 + passed.get(i) + rest).as(regulars[i]).isBetween(lifetime - 1, lifetime);
    }
  }
}
