package io.gauntlet.examples.serving;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.gauntlet.defenses.Alarm;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the audit log keeps of one request. Nothing in it is copied from what the client sent: it
 * consists of the server's own words, numbers, and the client's public name.
 *
 * @param at when it arrived
 * @param request counts the requests of one server from 1
 * @param client who asked; empty if unknown
 * @param route which of the server's addresses
 * @param outcome how it ended; the status follows from it
 * @param bytes of the body that were read
 * @param rows inputs that were asked about
 * @param took until the answer was ready to be sent
 * @param alarms what the monitors said
 */
record AuditLine(
    Instant at,
    long request,
    Optional<String> client,
    Route route,
    Outcome outcome,
    long bytes,
    int rows,
    Duration took,
    List<Alarm> alarms) {
  AuditLine {
    alarms = List.copyOf(alarms);
  }

  /** One JSON object without line breaks. */
  String json() {
    JsonObject line = new JsonObject();
    line.addProperty("at", at.toString());
    line.addProperty("request", request);
    client.ifPresent(name -> line.addProperty("client", name));
    line.addProperty("route", route.word());
    line.addProperty("status", outcome.status());
    line.addProperty("outcome", outcome.word());
    line.addProperty("bytes", bytes);
    line.addProperty("rows", rows);
    line.addProperty("millis", took.toMillis());
    if (!alarms.isEmpty()) {
      JsonArray raised = new JsonArray();
      for (Alarm alarm : alarms) {
        JsonObject one = new JsonObject();
        one.addProperty("monitor", alarm.monitor());
        one.addProperty("latency", alarm.latency());
        one.addProperty("reason", alarm.reason());
        raised.add(one);
      }
      line.add("alarms", raised);
    }
    return line.toString();
  }
}
