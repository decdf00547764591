package io.gauntlet.defenses.backdoor;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ModelException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** A score, and the threshold that clean inputs gave it. */
record Calibrated(UnaryOperator<Batch> score, float threshold) implements InputDetector {
  /**
   * The threshold of split conformal prediction: the k-th largest of n clean scores with {@code k =
   * floor(rate * (n + 1))}.
   */
  static Calibrated at(double rate, UnaryOperator<Batch> score, Batch clean) {
    int exceeding = (int) Math.floor(rate * (clean.rows() + 1));
    if (exceeding < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a false rejection rate of %s needs at least %d clean inputs to set the threshold,"
                  + " but had %d",
              rate,
              (int) Math.ceil(1 / rate) - 1,
              clean.rows()));
    }
    Batch scores = score.apply(clean);
    float[] sorted = new float[scores.rows()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = scores.get(i, 0);
      if (Float.isNaN(sorted[i])) {
        throw new ModelException(
            "the model must answer with numbers, but the score of example %s was NaN"
                .formatted(scores.example(i)));
      }
    }
    Arrays.sort(sorted);
    return new Calibrated(score, sorted[sorted.length - exceeding]);
  }

  /** Returns {@code rate}, which must lie strictly between 0 and 1. */
  static double checkRate(double rate) {
    if (rate > 0 && rate < 1) {
      return rate;
    }
    throw new IllegalArgumentException(
        "falseRejectionRate must be above 0 and below 1, but was " + rate);
  }

  @Override
  public Batch scores(Batch inputs) {
    return score.apply(inputs);
  }
}
