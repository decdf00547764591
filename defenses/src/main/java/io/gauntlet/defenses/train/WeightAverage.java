package io.gauntlet.defenses.train;

import io.gauntlet.model.Batch;

/**
 * A second set of weights that follows those being trained. It is what is validated, kept and left
 * in the model at the end; the steps go on from the weights themselves. The running statistics of
 * batch norm are not averaged.
 */
public interface WeightAverage {
  /**
   * The average after one more step.
   *
   * @param average after the steps before; the first is of the weights themselves
   * @param weights after this step, shape (1, parameters)
   * @param steps so far, this one counted; at least 2
   */
  Batch next(Batch average, Batch weights, long steps);
}
