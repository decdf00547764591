package io.gauntlet.defenses.train;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;

/**
 * Stochastic weight averaging: the plain mean of the weights at some steps late in the training,
 * each counting as much as any other. Until the first of them the average is the weights.
 *
 * <p>Follows Izmailov, Podoprikhin, Garipov, Vetrov, Wilson: <a
 * href="https://arxiv.org/abs/1803.05407">Averaging Weights Leads to Wider Optima and Better
 * Generalization</a>, UAI 2018. Differs from it in one way: the running statistics of batch norm
 * are not computed anew for the average; they stay those of the last weights.
 *
 * @param from the first step whose weights count; at least 1. The paper averages from three
 *     quarters of the training on
 * @param every steps from one that counts to the next; at least 1. The paper takes an epoch
 */
public record StochasticAverage(long from, long every) implements WeightAverage {
  /** Checks the steps. */
  public StochasticAverage {
    Check.atLeast(1, from, "from");
    Check.atLeast(1, every, "every");
  }

  @Override
  public Batch next(Batch average, Batch weights, long steps) {
    if (steps <= from) {
      return weights;
    }
    if ((steps - from) % every != 0) {
      return average;
    }
    long counted = (steps - from) / every + 1;
    return average.plus(weights.minus(average).times((float) (1.0 / counted)));
  }
}
