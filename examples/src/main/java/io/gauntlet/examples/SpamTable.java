package io.gauntlet.examples;

import io.gauntlet.defenses.detect.Suspicion;
import io.gauntlet.defenses.incident.Action;
import io.gauntlet.defenses.incident.ModelState;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Rate;
import io.gauntlet.examples.SpamBackdoorIncident.Result;
import java.util.Formatter;
import java.util.Locale;

/** The incident as text: the filters, the detectors, what to do. */
final class SpamTable {
  private static final String STATE = "%-38s  %8s  %s%n";
  private static final String DETECTOR = "%-26s  %12s  %12s  %6s  %s%n";

  private SpamTable() {}

  static String of(Result result) {
    Formatter table = new Formatter(Locale.ROOT);
    table.format(
        "%d rows read, %d accepted, %d quarantined: %s%n%n",
        result.ingestion().rowsRead(),
        result.ingestion().rowsAccepted(),
        result.ingestion().rowsQuarantined(),
        result.ingestion().reasons());
    table.format(
        STATE,
        "filter",
        "accuracy",
        "spam that passes with the phrase, of what the first one stops");
    state(table, result.reference());
    state(table, result.before());
    state(table, result.filtered());
    result.heldBack().ifPresent(state -> state(table, state));
    table.format("%n");
    table.format(DETECTOR, "detector", "found", "accused", "AUROC", "");
    result.detectors().forEach((name, accuracy) -> detector(table, name, accuracy));
    table.format("%n");
    for (Action action : result.incident().actions()) {
      table.format("* %s%n  because %s%n", action.what(), action.because());
    }
    return table.toString();
  }

  private static void state(Formatter table, ModelState state) {
    Rate success = state.attackSuccess().orElseThrow();
    Interval interval = success.interval(0.95);
    table.format(
        STATE,
        state.model(),
        percent(state.accuracy().value()),
        "%s (%s; 95 %% interval %s to %s)"
            .formatted(
                percent(success.value()),
                success,
                percent(interval.lower()),
                percent(interval.upper())));
  }

  private static void detector(Formatter table, String name, Suspicion.Accuracy accuracy) {
    table.format(
        DETECTOR,
        name,
        accuracy.found() + " of " + accuracy.poisoned(),
        accuracy.accused() + " of " + accuracy.clean(),
        String.format(Locale.ROOT, "%.2f", accuracy.auroc()),
        accuracy.found() == 0 ? "misses" : "");
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
