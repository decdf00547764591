package io.gauntlet.defenses.train;

import io.gauntlet.model.Batch;

/**
 * Exponential moving average of the weights: every step it keeps {@code decay} of itself and takes
 * the rest from the weights.
 *
 * <p>Follows Gowal, Qin, Uesato, Mann, Kohli: <a href="https://arxiv.org/abs/2010.03593">Uncovering
 * the Limits of Adversarial Training against Norm-Bounded Adversarial Examples</a>, 2020; as in the
 * authors' code a young average forgets faster, keeping {@code (1 + n) / (10 + n)} of itself after
 * {@code n} steps while that is less, so that the first weights are soon forgotten.
 *
 * @param decay what it keeps of itself in one step; at least 0, below 1
 */
public record ExponentialAverage(double decay) implements WeightAverage {
  /** Checks the decay. */
  public ExponentialAverage {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("decay must be at least 0 and below 1, but was " + decay);
    }
  }

  /** A decay of 0.995, the paper's. */
  public static ExponentialAverage standard() {
    return new ExponentialAverage(0.995);
  }

  @Override
  public Batch next(Batch average, Batch weights, long steps) {
    double kept = Math.min(decay, (1.0 + steps) / (10.0 + steps));
    return average.plus(weights.minus(average).times((float) (1 - kept)));
  }
}
