package io.gauntlet.defenses.detect;

import io.gauntlet.model.Batch;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;

/**
 * Finds poisoned rows by how a network that was trained on them represents them.
 *
 * <p>For rows that need no network, such as those of a table, the inputs themselves will do.
 */
@FunctionalInterface
public interface ActivationDetector {
  /**
   * Judges every row, or says why it does not.
   *
   * @param activations what a layer makes of each row, shape (rows, units); finite
   * @param labels those the rows came with, in the order of the rows
   * @param seed of all random choices: the same seed gives the same answer
   * @throws IllegalArgumentException if there are not as many labels as rows, or an activation is
   *     not finite
   */
  Suspicion detect(Batch activations, Labels labels, Seed seed);

  /**
   * Looks at the penultimate layer of {@code model}, which should have been trained on the rows to
   * be judged. The activations of all rows are held in memory: 4 bytes for each row and unit.
   */
  default PoisonDetector on(FeatureModel model) {
    return (training, seed) ->
        detect(Activations.of(model.features(), training.inputs()), training.labels(), seed);
  }
}
