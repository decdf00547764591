package io.gauntlet.defenses.monitor;

import io.gauntlet.defenses.Audit;
import io.gauntlet.defenses.Query;
import io.gauntlet.defenses.Reply;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/**
 * Counts queries, rows and alarms in a Micrometer registry: {@code gauntlet.queries} and {@code
 * gauntlet.rows} by {@code outcome} (answered, limited, invalid, failed), {@code gauntlet.alarms}
 * by {@code monitor}, {@code gauntlet.refusals} by {@code guard}.
 *
 * <p>No meter bears a client's name: a thief with many names would fill the registry. Needs {@code
 * micrometer-core}, which this module does not bring along.
 */
public record GuardMeters(MeterRegistry registry) implements Audit {
  @Override
  public void record(Query query, Reply reply) {
    String outcome = reply.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    registry.counter("gauntlet.queries", "outcome", outcome).increment();
    registry.counter("gauntlet.rows", "outcome", outcome).increment(query.rows());
    if (reply instanceof Reply.Answered answered) {
      answered
          .alarms()
          .forEach(
              alarm -> registry.counter("gauntlet.alarms", "monitor", alarm.monitor()).increment());
    } else if (reply instanceof Reply.Limited limited) {
      registry.counter("gauntlet.refusals", "guard", limited.guard()).increment();
    }
  }
}
