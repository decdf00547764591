package io.gauntlet.defenses.detect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Verdicts about one part after the other, until every row has one. */
final class Findings {
  private final double[] scores;
  private final int[] part;
  private final List<Verdict> verdicts = new ArrayList<>();

  Findings(int rows) {
    scores = new double[rows];
    part = new int[rows];
    Arrays.fill(part, -1);
  }

  void notJudged(String name, int[] rows, String why) {
    double[] unknown = new double[rows.length];
    Arrays.fill(unknown, Double.NaN);
    add(name, Ruling.NOT_JUDGED, rows, unknown, Double.NaN, why);
  }

  void clean(String name, int[] rows, double[] scored, String reason) {
    add(name, Ruling.CLEAN, rows, scored, Double.POSITIVE_INFINITY, reason);
  }

  void poisoned(String name, int[] rows, double[] scored, double threshold, String reason) {
    add(name, Ruling.POISONED, rows, scored, threshold, reason);
  }

  /** Poisoned where any row scores above the threshold. */
  void ruledByRows(String name, int[] rows, double[] scored, double threshold, String reason) {
    boolean any = Arrays.stream(scored).anyMatch(score -> score > threshold);
    add(name, any ? Ruling.POISONED : Ruling.CLEAN, rows, scored, threshold, reason);
  }

  private void add(
      String name, Ruling ruling, int[] rows, double[] scored, double threshold, String reason) {
    for (int i = 0; i < rows.length; i++) {
      scores[rows[i]] = scored[i];
      part[rows[i]] = verdicts.size();
    }
    int flagged = (int) Arrays.stream(scored).filter(score -> score > threshold).count();
    verdicts.add(new Verdict(name, ruling, rows.length, flagged, threshold, reason));
  }

  Suspicion suspicion() {
    for (int row = 0; row < part.length; row++) {
      if (part[row] < 0) {
        throw new IllegalStateException(
            "every row must have a verdict, but row %s has none".formatted(row));
      }
    }
    return new Suspicion(scores, part, verdicts);
  }

  /** A sentence with numbers that read the same in every country. */
  static String text(String format, Object... numbers) {
    return String.format(Locale.ROOT, format, numbers);
  }
}
