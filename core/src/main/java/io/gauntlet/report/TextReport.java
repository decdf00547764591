package io.gauntlet.report;

import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.RobustnessReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report as a table for the console, at most 100 columns wide. */
public final class TextReport {
  private TextReport() {}

  /** The whole report, several lines, the last one ended. */
  public static String toString(RobustnessReport report) {
    StringBuilder text = new StringBuilder();
    Interval interval = report.robustAccuracyInterval(0.95);
    line(text, "Attacker    %s: %s", report.goal(), budget(report));
    line(
        text,
        "Clean       %s of %s examples are classified correctly",
        percent(report.cleanAccuracy()),
        report.examples());
    line(
        text,
        "Robust      %s still are after every attack (95 %% interval %s to %s)",
        percent(report.robustAccuracy()),
        percent(interval.lower()),
        percent(interval.upper()));
    int unfinished = report.count(Outcome.Unfinished.class);
    if (unfinished > 0) {
      line(text, "Unfinished  %s examples", unfinished);
    }
    text.append('\n');
    table(text, report);
    for (Caveat caveat : report.caveats()) {
      line(text, "%nCaveat      %s: %s", caveat.getClass().getSimpleName(), caveat.message());
    }
    return text.toString();
  }

  private static String budget(RobustnessReport report) {
    String queries =
        report.threat().queries().isPresent()
            ? " and ask " + report.threat().queries().getAsLong() + " times per attack"
            : "";
    return String.format(
        Locale.ROOT,
        "may change an input by %s up to %s%s",
        report.threat().norm(),
        number(report.threat().epsilon()),
        queries);
  }

  private static void table(StringBuilder text, RobustnessReport report) {
    List<String[]> rows = new ArrayList<>();
    rows.add(
        new String[] {
          "attack", "tried on", "fooled", "success", "median dist.", "gradients", "forwards", "time"
        });
    for (AttackSummary attack : report.attacks()) {
      rows.add(
          new String[] {
            attack.title(),
            String.valueOf(attack.attempted()),
            String.valueOf(attack.fooled()),
            percent(attack.successRate()),
            number(attack.medianDistance()),
            String.valueOf(attack.gradientQueries()),
            String.valueOf(attack.forwardQueries()),
            String.format(Locale.ROOT, "%.1f s", attack.seconds())
          });
    }
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int k = 0; k < row.length; k++) {
        widths[k] = Math.max(widths[k], row[k].length());
      }
    }
    for (String[] row : rows) {
      for (int k = 0; k < row.length; k++) {
        String padding = " ".repeat(widths[k] - row[k].length());
        text.append(k == 0 ? row[k] + padding : "  " + padding + row[k]);
      }
      text.append('\n');
    }
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4g", value);
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format.replace("%n", "\n"), values)).append('\n');
  }
}
