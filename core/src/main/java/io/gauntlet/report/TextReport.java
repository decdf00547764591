package io.gauntlet.report;

import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.threat.Norm;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A report as a table for the console, at most 100 columns wide. */
public final class TextReport {
  private static final int COLUMNS = 100;
  private static final int NAMES = 12;

  private TextReport() {}

  /** The whole report, several lines, the last one ended. */
  public static String toString(RobustnessReport report) {
    StringBuilder text = new StringBuilder();
    Interval interval = report.robustAccuracyInterval(0.95);
    fact(text, "Attacker", "%s: %s".formatted(report.goal(), budget(report)));
    fact(
        text,
        "Clean",
        "%s of %s examples are classified correctly"
            .formatted(percent(report.cleanAccuracy()), report.examples()));
    if (report.threat().isBounded()) {
      fact(
          text,
          "Robust",
          "%s still are after every attack (95 %% interval %s to %s)"
              .formatted(
                  percent(report.robustAccuracy()),
                  percent(interval.lower()),
                  percent(interval.upper())));
    } else {
      distance(text, report);
    }
    int unfinished = report.count(Outcome.Unfinished.class);
    if (unfinished > 0) {
      fact(text, "Unfinished", unfinished + " examples");
    }
    text.append('\n');
    if (!report.threat().isBounded()) {
      table(text, curve(report));
      text.append('\n');
    }
    table(text, attacks(report));
    for (Caveat caveat : report.caveats()) {
      text.append('\n');
      fact(text, "Caveat", caveat.getClass().getSimpleName() + ": " + caveat.message());
    }
    return text.toString();
  }

  private static String budget(RobustnessReport report) {
    String queries =
        report.threat().queries().isPresent()
            ? " and ask " + report.threat().queries().getAsLong() + " times per attack"
            : "";
    return report.threat().isBounded()
        ? String.format(
            Locale.ROOT,
            "may change an input by %s up to %s%s",
            report.threat().norm(),
            number(report.threat().epsilon()),
            queries)
        : "may change an input to anything legal, the closest by %s counts%s"
            .formatted(report.threat().norm(), queries);
  }

  private static void distance(StringBuilder text, RobustnessReport report) {
    double median = report.medianDistance();
    fact(
        text,
        "Distance",
        Double.isInfinite(median)
            ? "half or more of those were not fooled by any change"
            : "half of those are fooled by an %s change of %s or less"
                .formatted(report.threat().norm(), number(median)));
    int survived = report.count(Outcome.Survived.class);
    if (survived > 0) {
      fact(text, "Survived", survived + " examples were not fooled by any change");
    }
  }

  /** Robust accuracy at round sizes, from none to the largest that any example withstood. */
  private static List<String[]> curve(RobustnessReport report) {
    List<RobustnessReport.Point> curve = report.curve();
    double farthest = curve.get(curve.size() - 1).epsilon();
    List<BigDecimal> epsilons = Ticks.upTo(farthest, report.threat().norm() == Norm.l0());
    List<String> sizes = new ArrayList<>(List.of("epsilon"));
    List<String> accuracies = new ArrayList<>(List.of("robust accuracy"));
    for (BigDecimal epsilon : epsilons) {
      sizes.add(Ticks.shortened(epsilon));
      accuracies.add(percent(report.robustAccuracyAt(epsilon.doubleValue())));
    }
    return List.of(sizes.toArray(String[]::new), accuracies.toArray(String[]::new));
  }

  private static List<String[]> attacks(RobustnessReport report) {
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
    return rows;
  }

  private static void table(StringBuilder text, List<String[]> rows) {
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int k = 0; k < row.length; k++) {
        widths[k] = Math.max(widths[k], row[k].length());
      }
    }
    int others = IntStream.of(widths).skip(1).map(width -> 2 + width).sum();
    widths[0] = Math.min(widths[0], Math.max(COLUMNS - others, 0));
    for (String[] row : rows) {
      row[0] = row[0].length() > widths[0] ? row[0].substring(0, widths[0]) : row[0];
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

  /** A name, and beside it a sentence, broken between words where it is too long. */
  private static void fact(StringBuilder text, String name, String sentence) {
    StringBuilder line = new StringBuilder(name + " ".repeat(NAMES - 1 - name.length()));
    for (String word : sentence.split(" ", -1)) {
      if (line.length() + 1 + word.length() > COLUMNS && line.length() > NAMES) {
        text.append(line).append('\n');
        line = new StringBuilder(" ".repeat(NAMES - 1));
      }
      line.append(' ').append(word);
    }
    text.append(line).append('\n');
  }
}
