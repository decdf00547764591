package io.gauntlet.defenses.detect;

import io.gauntlet.model.Check;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * What a detector says about every row of a training set.
 *
 * <p>A row is flagged exactly where its score is above the threshold of the part it is in. Scores
 * of one detector can be ranked over the whole set; those of two detectors cannot be compared.
 */
public final class Suspicion {
  private final double[] scores;
  private final int[] part;
  private final List<Verdict> verdicts;

  /**
   * @param scores of each row, NaN where it was not judged
   * @param part of each row, a position in {@code verdicts}
   */
  Suspicion(double[] scores, int[] part, List<Verdict> verdicts) {
    this.scores = scores;
    this.part = part;
    this.verdicts = List.copyOf(verdicts);
  }

  /**
   * What a detector of one's own says that judges all rows as one part.
   *
   * @param scores of each row, the higher the more suspicious; not NaN
   * @param threshold rows that score above it are flagged; not NaN
   * @param reason the measured numbers, in a sentence
   */
  public static Suspicion of(double[] scores, double threshold, String reason) {
    if (Double.isNaN(threshold) || Arrays.stream(scores).anyMatch(Double::isNaN)) {
      throw new IllegalArgumentException("scores and threshold must be numbers, but one was NaN");
    }
    Findings findings = new Findings(scores.length);
    int[] rows = IntStream.range(0, scores.length).toArray();
    findings.ruledByRows("all rows", rows, scores, threshold, reason);
    return findings.suspicion();
  }

  /** Number of rows, judged or not. */
  public int rows() {
    return scores.length;
  }

  /** How suspicious a row is: the higher, the more. NaN where it was not judged. */
  public double score(int row) {
    return scores[row];
  }

  /** Whether a row's score is above the threshold of its part. */
  public boolean isFlagged(int row) {
    return scores[row] > verdict(row).threshold();
  }

  /** Whether anything was found out about a row. */
  public boolean isJudged(int row) {
    return verdict(row).ruling() != Ruling.NOT_JUDGED;
  }

  /** The flagged rows, ascending. */
  public int[] flagged() {
    return where(this::isFlagged);
  }

  /** The rows that nothing was found out about, ascending. */
  public int[] notJudged() {
    return where(row -> !isJudged(row));
  }

  private int[] where(IntPredicate wanted) {
    return IntStream.range(0, rows()).filter(wanted).toArray();
  }

  /** About the part that a row is in. */
  public Verdict verdict(int row) {
    return verdicts.get(part[row]);
  }

  /** About each part, in the detector's order; together they have every row once. */
  public List<Verdict> verdicts() {
    return verdicts;
  }

  /**
   * How well this tells rows apart that are known to be poisoned and clean.
   *
   * @throws IllegalArgumentException if either kind is missing among the judged rows
   */
  public Accuracy against(IntPredicate poisoned) {
    int[] bad = where(row -> isJudged(row) && poisoned.test(row));
    int[] good = where(row -> isJudged(row) && !poisoned.test(row));
    Check.atLeast(1, bad.length, "number of judged rows that are poisoned");
    Check.atLeast(1, good.length, "number of judged rows that are clean");
    return new Accuracy(bad.length, good.length, flagged(bad), flagged(good), areaUnder(bad, good));
  }

  private int flagged(int[] rows) {
    return (int) Arrays.stream(rows).filter(this::isFlagged).count();
  }

  /** The Mann-Whitney statistic: ties count half. */
  private double areaUnder(int[] bad, int[] good) {
    double[] clean = Arrays.stream(good).mapToDouble(row -> scores[row]).sorted().toArray();
    double won = 0;
    for (int row : bad) {
      int below = below(clean, scores[row]);
      int upTo = below(clean, Math.nextUp(scores[row]));
      won += below + (upTo - below) / 2.0;
    }
    return won / ((double) bad.length * good.length);
  }

  private static int below(double[] sorted, double value) {
    int from = 0;
    int to = sorted.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (sorted[middle] < value) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /**
   * Flags and scores beside the truth, over the rows that were judged.
   *
   * @param poisoned rows that are
   * @param clean rows that are
   * @param found poisoned rows that are flagged
   * @param accused clean rows that are flagged
   * @param auroc chance that a poisoned row scores above a clean one; 0.5 is blind
   */
  public record Accuracy(int poisoned, int clean, int found, int accused, double auroc) {
    /** Share of the poisoned rows that are flagged. */
    public double truePositiveRate() {
      return found / (double) poisoned;
    }

    /** Share of the clean rows that are flagged. */
    public double falsePositiveRate() {
      return accused / (double) clean;
    }
  }

  @Override
  public String toString() {
    return "%s of %s rows flagged, %s not judged"
        .formatted(flagged().length, rows(), notJudged().length);
  }
}
