package io.gauntlet.examples.serving;

import io.micrometer.core.instrument.MeterRegistry;

/**
 * What the meters page shows of requests, in the server's own words; what it shows of guards comes
 * from {@code GuardMeters}.
 */
final class Meters {
  private final MeterRegistry registry;

  Meters(MeterRegistry registry, Traffic traffic) {
    this.registry = registry;
    registry.gauge("gauntlet.server.requests.underway", traffic, Traffic::underway);
  }

  void count(AuditLine line) {
    registry
        .timer(
            "gauntlet.server.requests",
            "route",
            line.route().word(),
            "outcome",
            line.outcome().word(),
            "status",
            String.valueOf(line.outcome().status()))
        .record(line.took());
    registry.counter("gauntlet.server.body.bytes").increment((double) line.bytes());
  }

  /** An answer was ready, and could not be brought to the client. */
  void undelivered() {
    registry.counter("gauntlet.server.undelivered").increment();
  }

  /** A request could not be audited, and was answered with a failure instead. */
  void unaudited() {
    registry.counter("gauntlet.server.unaudited").increment();
  }
}
