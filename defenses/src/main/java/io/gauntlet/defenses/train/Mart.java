package io.gauntlet.defenses.train;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;

/**
 * MART: the model learns to be right about the attacked examples by a margin, and to answer them as
 * it answers the clean ones; the second counts for as much as the clean example is misclassified.
 *
 * <p>Follows Wang, Zou, Yi, Bailey, Ma, Gu: <a
 * href="https://openreview.net/forum?id=rklOg6EFwS">Improving Adversarial Robustness Requires
 * Revisiting Misclassified Examples</a>, ICLR 2020: with {@code p} and {@code q} the probabilities
 * of the clean and of the attacked example the loss is {@code -log q[y] - log(1 - max other q) +
 * lambda * KL(p || q) * (1 - p[y])}. Differs from the authors' code in two ways: nothing is added
 * under the logarithms, which are taken without cancellation instead; and clean and attacked
 * examples go through the network as one batch, which batch norm sees as one.
 *
 * @param lambda weight of the divergence; finite, not negative
 * @param attack what to train against
 */
public record Mart(float lambda, Attack<? super TrainableModel> attack)
    implements Recipe<TrainableModel> {
  /** Checks the weight. */
  public Mart {
    Check.nonNegative(lambda, "lambda");
  }

  /**
   * Lambda 6 and ten steps of a quarter of the radius, the authors' values for CIFAR-10, from a
   * random start all over the ball.
   */
  public static Mart standard() {
    return new Mart(6, new ProjectedAscent(10, 0.25f));
  }

  /** The same with the divergence counting more or less. */
  public Mart withLambda(float newLambda) {
    return new Mart(newLambda, attack);
  }

  /** The same against another attack. */
  public Mart withAttack(Attack<? super TrainableModel> newAttack) {
    return new Mart(lambda, newAttack);
  }

  @Override
  public double step(TrainableModel model, Neighbourhood allowed, Labels labels, Seed seed) {
    Batch attacked = Pieces.perturb(attack, model, allowed, new Goal.Untargeted(labels), seed);
    return Pairs.train(model, allowed.clean(), attacked, labels, this::loss);
  }

  PairLoss.Slope loss(Softmax clean, Softmax attacked, int label) {
    int rival = attacked.rivalOf(label);
    double logNotRival = attacked.logAllBut(rival);
    double wrong = Math.exp(clean.logAllBut(label));
    double divergence = clean.divergence(attacked);
    double[] byClean = new double[clean.classes()];
    double[] byAttacked = new double[clean.classes()];
    for (int k = 0; k < byClean.length; k++) {
      double amongOthers = k == rival ? 0 : Math.exp(attacked.log(k) - logNotRival);
      byAttacked[k] =
          attacked.crossEntropyBy(k, label)
              + (attacked.of(k) - amongOthers)
              + lambda * wrong * clean.divergenceByOther(k, attacked);
      double wrongBy = clean.of(label) * clean.crossEntropyBy(k, label);
      byClean[k] =
          lambda * (wrong * clean.divergenceBy(k, attacked, divergence) + wrongBy * divergence);
    }
    double margin = -attacked.log(label) - logNotRival;
    return new PairLoss.Slope(margin + lambda * wrong * divergence, byClean, byAttacked);
  }
}
