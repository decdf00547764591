package io.gauntlet.defenses.train;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Labels;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import java.util.Arrays;

/**
 * Adversarial training: the batch is attacked, and the step is on what the attack made of it.
 *
 * <p>Follows Madry, Makelov, Schmidt, Tsipras, Vladu: <a
 * href="https://arxiv.org/abs/1706.06083">Towards Deep Learning Models Resistant to Adversarial
 * Attacks</a>, ICLR 2018; with a share of clean examples Goodfellow, Shlens, Szegedy: <a
 * href="https://arxiv.org/abs/1412.6572">Explaining and Harnessing Adversarial Examples</a>, ICLR
 * 2015. Differs from the first in one way: the attack sees the model in evaluation mode (batch norm
 * on its running statistics, no dropout), only the step is in training mode.
 *
 * @param attack what to train against; a model is robust against no more than that
 * @param cleanShare share of each batch that stays clean, drawn anew for every batch; from 0 to
 *     below 1
 * @param <M> what the attack must know about the model
 */
public record AdversarialTraining<M extends TrainableModel>(
    Attack<? super M> attack, float cleanShare) implements Recipe<M> {
  /** Checks the share. */
  public AdversarialTraining {
    if (!(cleanShare >= 0 && cleanShare < 1)) {
      throw new IllegalArgumentException(
          "cleanShare must be at least 0 and below 1, but was " + cleanShare);
    }
  }

  /** Against {@link ProjectedAscent#standard}, the whole batch attacked. */
  public static AdversarialTraining<TrainableModel> standard() {
    return against(ProjectedAscent.standard());
  }

  /** Against this attack, the whole batch attacked. */
  public static <M extends TrainableModel> AdversarialTraining<M> against(
      Attack<? super M> attack) {
    return new AdversarialTraining<>(attack, 0);
  }

  /** The same with this share of every batch left clean. */
  public AdversarialTraining<M> withCleanShare(float newShare) {
    return new AdversarialTraining<>(attack, newShare);
  }

  @Override
  public double step(M model, Neighbourhood allowed, Labels labels, Seed seed) {
    Batch attacked = Pieces.perturb(attack, model, allowed, new Goal.Untargeted(labels), seed);
    return model.train(mixed(allowed.clean(), attacked, seed.derive(0)), new CrossEntropy(labels));
  }

  private Batch mixed(Batch clean, Batch attacked, Seed seed) {
    int kept = Math.round(cleanShare * clean.rows());
    if (kept == 0) {
      return attacked;
    }
    boolean[] isKept = new boolean[clean.rows()];
    Arrays.stream(seed.permutation(clean.rows())).limit(kept).forEach(row -> isKept[row] = true);
    return attacked.editRows(
        (row, x) -> {
          if (isKept[row]) {
            clean.copyRow(row, x);
          }
        });
  }
}
