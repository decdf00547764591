package io.gauntlet.examples;

import io.gauntlet.defenses.detect.Suspicion;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Rate;
import io.gauntlet.examples.BadNetsOnImages.Result;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** A backdoor in images as text: the networks, then what looked for it. */
final class BadNetsTable {
  private static final String ROW = "%-28s  %8s  %s%n";

  private BadNetsTable() {}

  static String of(Result result) {
    Formatter table = new Formatter(Locale.ROOT);
    table.format(ROW, "network", "accuracy", "triggered digits taken for the target");
    network(
        table,
        "never poisoned",
        result.backdoor().referenceAccuracy(),
        result.backdoor().referenceSuccess());
    network(table, "poisoned", result.backdoor().accuracy(), result.backdoor().success());
    network(
        table,
        "without " + result.flagged() + " flagged rows",
        result.repaired().accuracy(),
        result.repaired().success());
    table.format("%n");
    result.detectors().forEach((name, accuracy) -> detector(table, name, accuracy));
    table.format("%-28s  AUROC %.3f on inputs%n", "STRIP", result.stripAuroc());
    List<Integer> accused = BadNetsOnImages.accused(result);
    table.format(
        "%-28s  %s; the trigger is at class %d, which has an anomaly index of %.1f%n",
        "Neural Cleanse",
        accused.isEmpty() ? "accuses no class" : "accuses " + accused,
        BadNetsOnImages.TARGET,
        result.inspection().anomalyIndex(BadNetsOnImages.TARGET));
    return table.toString();
  }

  private static void network(Formatter table, String name, Rate accuracy, Rate success) {
    Interval interval = success.interval(0.95);
    table.format(
        ROW,
        name,
        percent(accuracy.value()),
        "%s (%s; 95 %% interval %s to %s)"
            .formatted(
                percent(success.value()),
                success,
                percent(interval.lower()),
                percent(interval.upper())));
  }

  private static void detector(Formatter table, String name, Suspicion.Accuracy accuracy) {
    table.format(
        "%-28s  finds %d of %d poisoned rows, accuses %d of %d others%n",
        name, accuracy.found(), accuracy.poisoned(), accuracy.accused(), accuracy.clean());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
