package io.gauntlet.defenses.train;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import java.util.List;

/**
 * Ensemble adversarial training: some batches are attacked on the model itself, others on models
 * that do not learn, so that the model cannot get away with hiding its own gradients. The step is
 * on the clean examples and the attacked ones, half and half.
 *
 * <p>Follows Tramer, Kurakin, Papernot, Goodfellow, Boneh, McDaniel: <a
 * href="https://arxiv.org/abs/1705.07204">Ensemble Adversarial Training: Attacks and Defenses</a>,
 * ICLR 2018. Differs from it in one way: which model a batch is attacked on is drawn at random,
 * each as likely as any other, where the paper takes turns; a step then depends on its batch and
 * seed alone. It is a defense against transferred attacks: an attacker who has the gradients of the
 * model gets through.
 *
 * @param others trained models that stay as they are, with the inputs and classes of the one that
 *     learns; at least 1
 * @param attack what to train against
 */
public record EnsembleTraining(
    List<DifferentiableModel> others, Attack<? super DifferentiableModel> attack)
    implements Recipe<TrainableModel> {
  /** Checks that there is another model. */
  public EnsembleTraining {
    others = List.copyOf(others);
    Check.atLeast(1, others.size(), "number of other models");
  }

  /** Against one step of one radius from a random start. */
  public static EnsembleTraining with(List<? extends DifferentiableModel> others) {
    return new EnsembleTraining(List.copyOf(others), new ProjectedAscent(1, 1));
  }

  /** The same against another attack. */
  public EnsembleTraining withAttack(Attack<? super DifferentiableModel> newAttack) {
    return new EnsembleTraining(others, newAttack);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if another model has other inputs or classes than this one
   */
  @Override
  public double step(TrainableModel model, Neighbourhood allowed, Labels labels, Seed seed) {
    others.forEach(other -> checkFits(other, model));
    DifferentiableModel source = source(model, seed.derive(0));
    Goal goal = new Goal.Untargeted(labels);
    Batch attacked = Pieces.perturb(attack, source, allowed, goal, seed.derive(1));
    Batch both = Batch.concat(List.of(allowed.clean(), attacked));
    return model.train(both, new CrossEntropy(labels));
  }

  private DifferentiableModel source(TrainableModel model, Seed seed) {
    int drawn = seed.forExample(0).nextInt(others.size() + 1);
    return drawn == others.size() ? model : others.get(drawn);
  }

  private static void checkFits(Model other, Model model) {
    if (!other.inputShape().equals(model.inputShape()) || other.classes() != model.classes()) {
      throw new IllegalArgumentException(
          "other models must map %s to %s classes like the one that learns, but %s maps %s to %s"
              .formatted(
                  model.inputShape(), model.classes(), other, other.inputShape(), other.classes()));
    }
  }

  /** The models by their fingerprints, as a checkpoint needs them. */
  @Override
  public String toString() {
    return "EnsembleTraining[others=%s, attack=%s]"
        .formatted(others.stream().map(Model::fingerprint).toList(), attack);
  }
}
