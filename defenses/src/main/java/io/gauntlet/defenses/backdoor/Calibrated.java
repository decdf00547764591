package io.gauntlet.defenses.backdoor;

import io.gauntlet.defenses.evasion.Threshold;
import io.gauntlet.model.Batch;
import java.util.function.UnaryOperator;

/** A score, and the threshold that clean inputs gave it. */
record Calibrated(UnaryOperator<Batch> score, float threshold) implements InputDetector {
  static Calibrated at(double rate, UnaryOperator<Batch> score, Batch clean) {
    return new Calibrated(score, Threshold.of(score.apply(clean), rate).value());
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
