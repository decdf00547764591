package io.gauntlet.defenses.evasion;

import io.gauntlet.evaluate.Interval;
import io.gauntlet.model.Batch;
import io.gauntlet.model.ModelException;
import java.util.Arrays;
import java.util.Locale;

/**
 * The score above which an input is refused, as scores of clean inputs set it.
 *
 * @param value the score
 * @param spread from the median of the clean scores to {@code value}; positive: what a score above
 *     it is measured by
 * @param rank how many of the clean scores were {@code value} or more; at least 1
 * @param examples how many clean scores there were
 */
public record Threshold(float value, float spread, int rank, int examples) {
  private static final float NARROWEST = 1e-6f; // of the value, where all clean scores are the same

  /**
   * The threshold for what a detector says of clean inputs, as {@link #of} sets it.
   *
   * @param heldOut clean inputs that neither model nor detector has seen; at least {@code 1 / rate
   *     - 1}
   * @param falsePositiveRate above 0, below 1
   */
  public static Threshold calibrate(
      EvasionDetector detector, Batch heldOut, double falsePositiveRate) {
    return of(detector.scores(heldOut), falsePositiveRate);
  }

  /**
   * The threshold of split conformal prediction: the k-th largest of n clean scores with {@code k =
   * floor(rate * (n + 1))}. A clean input drawn like those is refused with a probability of {@code
   * rate} at most.
   *
   * @param cleanScores shape (rows, 1); at least {@code 1 / rate - 1} rows
   * @param falsePositiveRate above 0, below 1
   * @throws IllegalArgumentException if there are too few
   * @throws ModelException if one is not finite
   */
  public static Threshold of(Batch cleanScores, double falsePositiveRate) {
    int rank = (int) Math.floor(checkRate(falsePositiveRate) * (cleanScores.rows() + 1));
    if (rank < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a false positive rate of %s needs at least %d clean inputs, but had %d",
              falsePositiveRate,
              (int) Math.ceil(1 / falsePositiveRate) - 1,
              cleanScores.rows()));
    }
    float[] sorted = sorted(cleanScores);
    float value = sorted[sorted.length - rank];
    float spread = value - sorted[sorted.length / 2];
    float narrowest = NARROWEST * Math.max(1, Math.abs(value));
    return new Threshold(value, Math.max(spread, narrowest), rank, sorted.length);
  }

  private static double checkRate(double rate) {
    if (rate > 0 && rate < 1) {
      return rate;
    }
    throw new IllegalArgumentException(
        "falsePositiveRate must be above 0 and below 1, but was " + rate);
  }

  private static float[] sorted(Batch scores) {
    float[] sorted = new float[scores.rows()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = scores.get(i, 0);
      if (!Float.isFinite(sorted[i])) {
        throw new ModelException(
            "every score must be finite, but that of example %s was %s"
                .formatted(scores.example(i), sorted[i]));
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }

  /** Whether a score is above the threshold. */
  public boolean refuses(float score) {
    return score > value;
  }

  /**
   * Where the probability of refusing a clean input lies, given the scores that set the threshold.
   * Of continuous scores it has a beta distribution, that of the k-th largest of n uniform numbers,
   * so that Clopper and Pearson's lower end for k of n and their upper end for k - 1 of n are
   * exact; with ties it may lie below.
   *
   * @param confidence in (0, 1)
   */
  public Interval falsePositiveRate(double confidence) {
    return new Interval(
        Interval.clopperPearson(rank, examples, confidence).lower(),
        Interval.clopperPearson(rank - 1, examples, confidence).upper(),
        confidence);
  }
}
