package io.gauntlet.examples.serving;

import io.gauntlet.defenses.Alarm;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What becomes known of a request on its way; confined to the thread that serves it. */
final class Visit {
  private final long number;
  private final Instant arrival;
  private Route route = Route.NONE;
  private Optional<String> client = Optional.empty();
  private long bytes;
  private int rows;
  private List<Alarm> alarms = List.of();

  Visit(long number, Instant arrival) {
    this.number = number;
    this.arrival = arrival;
  }

  long number() {
    return number;
  }

  void leadsTo(Route newRoute) {
    route = newRoute;
  }

  void isFrom(String newClient) {
    client = Optional.of(newClient);
  }

  void hasRead(long newBytes) {
    bytes = newBytes;
  }

  void asksAbout(int newRows) {
    rows = newRows;
  }

  void raised(List<Alarm> newAlarms) {
    alarms = newAlarms;
  }

  String client() {
    return client.orElseThrow();
  }

  AuditLine line(Outcome outcome, Instant now) {
    Duration took = Duration.between(arrival, now);
    return new AuditLine(arrival, number, client, route, outcome, bytes, rows, took, alarms);
  }
}
