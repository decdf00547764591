package io.gauntlet.defenses.monitor;

import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.Monitor;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives alarm where enough of several monitors do. With one vote it notices whatever any of them
 * does, and their false alarms add up; with more, both become rarer.
 *
 * <p>Every query is shown to all monitors. State is theirs, and one list of alarms for each client.
 *
 * <p><b>An adaptive thief</b> must undo so many of the monitors that fewer than the votes are left,
 * at once: natural inputs, in honest shares of classes, never repeated.
 */
public final class Ensemble implements Monitor {
  private final int votes;
  private final List<Monitor> monitors;
  private final Watch<Set<Alarm>> raised;

  private Ensemble(int votes, int clients, List<Monitor> monitors) {
    this.votes = votes;
    this.monitors = monitors;
    raised = new Watch<>(title(), clients, LinkedHashSet::new);
  }

  /**
   * An ensemble.
   *
   * @param votes monitors that must suspect a client; at least 1, at most all
   * @param clients how many clients are watched at once; at least 1
   */
  public static Ensemble of(int votes, int clients, Monitor... monitors) {
    Check.atLeast(1, votes, "votes");
    if (votes > monitors.length) {
      throw new IllegalArgumentException(
          "votes must be at most the %s monitors, but was %s".formatted(monitors.length, votes));
    }
    return new Ensemble(votes, clients, List.of(monitors));
  }

  @Override
  public Optional<Alarm> observe(Query query, Batch probabilities) {
    List<Alarm> now =
        monitors.stream()
            .flatMap(monitor -> monitor.observe(query, probabilities).stream())
            .toList();
    return raised.observe(
        query,
        (before, row) -> {
          if (row < query.rows() - 1) {
            return null; // the monitors have seen the whole query, so only its end can tell
          }
          before.addAll(now);
          long suspecting = before.stream().map(Alarm::monitor).distinct().count();
          return suspecting < votes
              ? null
              : before.stream()
                  .map(alarm -> alarm.monitor() + ": " + alarm.reason())
                  .collect(Collectors.joining("; "));
        });
  }
}
