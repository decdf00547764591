package io.gauntlet.examples;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gauntlet.defenses.Guard;
import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.monitor.GuardMeters;
import io.gauntlet.examples.serving.ApiKeys;
import io.gauntlet.examples.serving.AuditLog;
import io.gauntlet.examples.serving.GuardedServer;
import io.gauntlet.examples.serving.ServerOptions;
import io.gauntlet.http.HttpModel;
import io.gauntlet.http.HttpOptions;
import io.gauntlet.http.OpenInference;
import io.gauntlet.http.Retries;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A model sold by the query on the loopback interface, to clients who hold keys. */
final class SentimentService implements AutoCloseable {
  private static final String MODEL = "sentiment";

  private final Path log;
  private final AuditLog audit;
  private final GuardedServer server;
  private final GuardedModel guarded;
  private final AtomicReference<Instant> now;

  private SentimentService(
      Path log,
      AuditLog audit,
      GuardedServer server,
      GuardedModel guarded,
      AtomicReference<Instant> now) {
    this.log = log;
    this.audit = audit;
    this.server = server;
    this.guarded = guarded;
    this.now = now;
  }

  /**
   * Opens for the clients {@code NAME-0} to {@code NAME-(clients - 1)}.
   *
   * @param log written anew
   */
  static SentimentService open(Model model, List<Guard> guards, String name, int clients, Path log)
      throws IOException {
    ApiKeys keys = ApiKeys.none();
    for (int i = 0; i < clients; i++) {
      keys = keys.with(name + "-" + i, key(i));
    }
    Files.deleteIfExists(log);
    AuditLog audit = AuditLog.of(log);
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T12:00:00Z"));
    GuardedModel guarded =
        GuardedModel.of(model).guardedBy(guards.toArray(Guard[]::new)).withClock(now::get);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    GuardedServer server =
        GuardedServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            guarded.withAudit(new GuardMeters(registry)),
            ServerOptions.of(MODEL, keys),
            audit,
            registry);
    return new SentimentService(log, audit, server, guarded, now);
  }

  private static String key(int client) {
    return "key-of-the-example-number-" + client; // in earnest drawn at random
  }

  /** The probabilities that one client is told, asking about ten sentences at a time. */
  Batch asCustomer(int client, Batch sentences) {
    HttpModel seen = asAnyOf(client, 1);
    List<Batch> answers = new ArrayList<>();
    for (int from = 0; from < sentences.rows(); from += 10) {
      Batch some = sentences.slice(from, Math.min(sentences.rows(), from + 10));
      answers.add(Averaging.probabilities(seen.logits(some)));
    }
    return Batch.concat(answers);
  }

  /** What the holder of several keys sees who takes another one for every request. */
  HttpModel asAnyOf(int first, int clients) {
    AtomicInteger next = new AtomicInteger();
    return HttpModel.of(
        OpenInference.at(server.address(), MODEL).withOutput("logits"),
        HttpOptions.standard()
            .withRetries(new Retries(clients - 1, Duration.ZERO, Duration.ZERO))
            .withHeaders(
                () -> {
                  int client = first + Math.floorMod(next.getAndIncrement(), clients);
                  return Map.of("Authorization", "Bearer " + key(client));
                }));
  }

  /** A day passes, on which somebody else asks about these. */
  void day(Batch sentences) {
    now.updateAndGet(today -> today.plus(Duration.ofDays(1)));
    guarded.ask("somebody else", sentences);
  }

  /** Rows that had been asked when each monitor first spoke up; only those which did. */
  Map<String, Long> rowsUntilAlarm() throws IOException {
    Map<String, Long> first = new HashMap<>();
    long rows = 0;
    for (JsonObject line : lines()) {
      rows += line.get("rows").getAsLong();
      if (line.has("alarms")) {
        for (JsonElement alarm : line.getAsJsonArray("alarms")) {
          first.putIfAbsent(alarm.getAsJsonObject().get("monitor").getAsString(), rows);
        }
      }
    }
    return first;
  }

  private List<JsonObject> lines() throws IOException {
    return Files.readAllLines(log).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  @Override
  public void close() throws IOException {
    server.close();
    audit.close();
  }
}
