package io.gauntlet.defenses.repair;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.backdoor.ReconstructedTrigger;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.Arrays;

/**
 * Trains the model on clean examples some of which bear a reconstructed trigger and their right
 * label, so that it unlearns what the trigger meant.
 *
 * <p>Follows section VI-C of Wang, Yao, Shan, Li, Viswanath, Zheng, Zhao: <a
 * href="https://people.cs.uchicago.edu/~ravenben/publications/pdf/backdoor-sp19.pdf">Neural
 * Cleanse: Identifying and Mitigating Backdoor Attacks in Neural Networks</a>, IEEE S&amp;P 2019:
 * one epoch over a tenth of the training data, a fifth of which is stamped. The caller chooses the
 * data; where a tenth is a handful of batches, one epoch is too few.
 *
 * <p>Only what the reconstructed trigger shares with the true one is unlearned: a second backdoor
 * stays, and so does one that the reconstruction found a way around.
 *
 * @param share of the examples that are stamped; above 0, at most 1
 * @param fit how the model is trained
 */
public record Unlearning(double share, Fit fit) {
  /** Checks the share. */
  public Unlearning {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be above 0 and at most 1, but was " + share);
    }
  }

  /** A fifth of the examples, one epoch in batches of 64. */
  public static Unlearning standard() {
    return new Unlearning(0.2, Fit.standard().withEpochs(1));
  }

  /** Same with another share of stamped examples. */
  public Unlearning withShare(double newShare) {
    return new Unlearning(newShare, fit);
  }

  /** Same with another way to train. */
  public Unlearning withFit(Fit newFit) {
    return new Unlearning(share, newFit);
  }

  /**
   * Changes {@code model}, which is also the one in the result.
   *
   * @param clean examples without poison, such as a tenth of the training data; at least 1
   * @param seed draws which of them are stamped, and the order of training
   * @throws IllegalArgumentException if there is no clean example, or the trigger has another shape
   */
  public <M extends TrainableModel> Repair<M> repair(
      M model, Examples clean, ReconstructedTrigger trigger, Trial trial, Seed seed) {
    Check.atLeast(1, clean.count(), "number of clean examples");
    Behaviour before = trial.of(model);
    fit.train(model, stamped(clean, trigger, seed.derive(0)), seed.derive(1));
    return new Repair<>(model, before, trial.of(model), clean.count(), fit.epochs(), 0);
  }

  private Examples stamped(Examples clean, ReconstructedTrigger trigger, Seed seed) {
    int count = Math.max(1, (int) Math.round(share * clean.count()));
    boolean[] chosen = new boolean[clean.count()];
    Arrays.stream(seed.permutation(clean.count())).limit(count).forEach(row -> chosen[row] = true);
    Batch patched = trigger.stamp(clean.inputs());
    Batch mixed =
        clean
            .inputs()
            .editRows(
                (row, x) -> {
                  if (chosen[row]) {
                    patched.copyRow(row, x);
                  }
                });
    return new Examples(clean.shape(), mixed, clean.labels(), clean.classNames());
  }
}
