package io.gauntlet.defenses.repair;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Check;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ParametricModel;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;

/**
 * Prunes the units that clean data leaves dormant, which are those that a backdoor can live in, and
 * trains on from there.
 *
 * <p>Follows Liu, Dolan-Gavitt, Garg: <a href="https://arxiv.org/abs/1805.12185">Fine-Pruning:
 * Defending Against Backdooring Attacks on Deep Neural Networks</a>, RAID 2018: units go in the
 * order of their mean activation on clean data, the most dormant first, until the accuracy on that
 * data has fallen by a tolerance; then the model is fine-tuned on it. Differs from it in two ways:
 * units of the penultimate layer are pruned, instead of channels of the last convolution; and
 * pruned units are pruned again after every epoch of fine-tuning, should the optimiser have woken
 * them.
 *
 * <p>A unit is pruned by setting to zero what the last layer makes of it. That layer's parameters
 * must be the last ones of the model, the weights of each class in turn and then the biases, as in
 * a DJL {@code SequentialBlock} that ends in {@code Linear}; the answers are compared before
 * anything is changed.
 *
 * <p>Blind to a backdoor that uses the units clean data uses: pruning-aware attackers see to that,
 * and narrow layers leave no other. What pruning misses is left to fine-tuning, which forgets weak
 * backdoors only.
 *
 * @param tolerance by how much the accuracy on the clean examples may fall while pruning, as a
 *     share of them; from 0, below 1
 * @param fineTuning how the pruned model is trained
 */
public record FinePruning(double tolerance, Fit fineTuning) {
  /** Checks the tolerance. */
  public FinePruning {
    if (!(tolerance >= 0 && tolerance < 1)) {
      throw new IllegalArgumentException(
          "tolerance must be at least 0 and below 1, but was " + tolerance);
    }
  }

  /** Four points of accuracy, then ten epochs in batches of 64. */
  public static FinePruning standard() {
    return new FinePruning(0.04, Fit.standard());
  }

  /** Same with another tolerance. */
  public FinePruning withTolerance(double newTolerance) {
    return new FinePruning(newTolerance, fineTuning);
  }

  /** Same with another way to train afterwards. */
  public FinePruning withFineTuning(Fit newFit) {
    return new FinePruning(tolerance, newFit);
  }

  /**
   * Changes {@code model}, which is also the one in the result.
   *
   * @param clean examples without poison that say which units are dormant, how far the accuracy
   *     falls, and what to train on afterwards; at least 1
   * @param seed draws the order of training
   * @throws ModelException if the model's last parameters are not those of its last layer
   * @throws IllegalArgumentException if there is no clean example, or a label is not one of the
   *     model's classes
   */
  public <M extends ParametricModel & FeatureModel> Repair<M> repair(
      M model, Examples clean, Trial trial, Seed seed) {
    Check.atLeast(1, clean.count(), "number of clean examples");
    clean.labels().check(model.classes());
    Behaviour before = trial.of(model);
    LastLayer layer = LastLayer.of(model, clean.inputs());
    int[] dormant = layer.dormantUnits(clean.labels(), tolerance);
    model.setParameters(layer.without(dormant, model.parameters()));
    fineTuning.train(
        model,
        clean,
        seed,
        epoch -> model.setParameters(layer.without(dormant, model.parameters())));
    return new Repair<>(
        model, before, trial.of(model), clean.count(), fineTuning.epochs(), dormant.length);
  }
}
