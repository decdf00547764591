package io.gauntlet.defenses.detect;

import io.gauntlet.data.Examples;
import io.gauntlet.model.ModelException;
import io.gauntlet.random.Seed;

/** Says which rows of a training set somebody may have poisoned. */
@FunctionalInterface
public interface PoisonDetector {
  /**
   * Judges every row, or says why it does not.
   *
   * @param training the rows with the labels they came with
   * @param seed of all random choices: the same seed gives the same answer
   * @throws IllegalArgumentException if the rows are not those that the detector was made for
   * @throws ModelException if a model cannot answer, or answers what is not a number
   */
  Suspicion detect(Examples training, Seed seed);
}
