package io.gauntlet.defenses.train;

import java.util.Optional;

/**
 * One pass over the training examples.
 *
 * @param number from 1 on
 * @param of how many there may be
 * @param loss mean over the examples of what was stepped down; over those until a collapse, if
 *     there was one
 * @param learningRate of the last step; NaN if the model does not tell
 * @param epsilon that the last step was against
 * @param accuracy on the validation examples after the epoch, if there are any
 * @param collapse what the {@link Guard} saw, if training ended with it
 * @param seconds wall-clock time, validation and all
 */
public record Epoch(
    int number,
    int of,
    double loss,
    float learningRate,
    float epsilon,
    Optional<Validation.Accuracy> accuracy,
    Optional<Collapse> collapse,
    double seconds) {

  /**
   * A sudden fall of the accuracy under PGD, which the weights were put back behind.
   *
   * @param step of the epoch after which it showed, from 1 on
   * @param before accuracy at the check before, whose weights the model has again
   * @param after accuracy at that step
   */
  public record Collapse(int step, double before, double after) {}
}
