package io.gauntlet.defenses.train;

import io.gauntlet.attack.Goal;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import java.util.random.RandomGenerator;

/**
 * TRADES: the model learns to be right about the clean examples, and to answer the attacked ones as
 * it answers the clean ones; {@code beta} says how much the second counts.
 *
 * <p>Follows Zhang, Yu, Jiao, Xing, El Ghaoui, Jordan: <a
 * href="https://arxiv.org/abs/1901.08573">Theoretically Principled Trade-off between Robustness and
 * Accuracy</a>, ICML 2019: the loss is {@code CE(clean) + beta * KL(clean || attacked)}, and the
 * attacker climbs the same divergence. Differs from it in two ways: clean and attacked examples go
 * through the network as one batch, which batch norm sees as one; and the attacker's first,
 * normally distributed nudge is in proportion to the radius, of which it is the authors' 0.001 at
 * 0.031.
 *
 * @param beta weight of the divergence, {@code 1 / lambda} of the paper; finite, not negative; at 0
 *     this is {@link StandardTraining}
 * @param steps of the attacker; at least 1
 * @param stepSize length of one of them in radii; finite, positive
 */
public record Trades(float beta, int steps, float stepSize) implements Recipe<TrainableModel> {
  /**
   * Standard deviation of a feature, in radii: at the clean example the divergence has no slope.
   */
  private static final float NUDGE = 0.03f;

  /** Checks the hyperparameters. */
  public Trades {
    Check.nonNegative(beta, "beta");
    Check.atLeast(1, steps, "steps");
    Check.positive(stepSize, "stepSize");
  }

  /** Beta 6 and ten steps of a quarter of the radius, the authors' values for CIFAR-10. */
  public static Trades standard() {
    return new Trades(6, 10, 0.25f);
  }

  /** Beta 1 and forty steps of a thirtieth of the radius, the authors' values for MNIST. */
  public static Trades mnist() {
    return new Trades(1, 40, 1 / 30f);
  }

  /** The same with the divergence counting more or less. */
  public Trades withBeta(float newBeta) {
    return new Trades(newBeta, steps, stepSize);
  }

  /** The same with another number of steps. */
  public Trades withSteps(int newSteps) {
    return new Trades(beta, newSteps, stepSize);
  }

  /** The same with steps of another length. */
  public Trades withStepSize(float newStepSize) {
    return new Trades(beta, steps, newStepSize);
  }

  @Override
  public double step(TrainableModel model, Neighbourhood allowed, Labels labels, Seed seed) {
    if (beta == 0) {
      return new StandardTraining().step(model, allowed, labels, seed);
    }
    Batch attacked =
        Pieces.perturb(this::ascend, model, allowed, new Goal.Untargeted(labels), seed);
    return Pairs.train(model, allowed.clean(), attacked, labels, this::loss);
  }

  /** The attacker, who looks at no label. */
  private Batch ascend(TrainableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    LogitLoss divergence = new Divergence(model.logits(allowed.clean()));
    Batch x = allowed.project(nudged(allowed, seed));
    for (int step = 0; step < steps; step++) {
      Batch slope = model.gradient(x, divergence).byInput();
      x = allowed.ascended(x, slope, stepSize * allowed.radius());
    }
    return x;
  }

  private static Batch nudged(Neighbourhood allowed, Seed seed) {
    Batch clean = allowed.clean();
    return clean.editRows(
        (i, x) -> {
          RandomGenerator random = seed.forExample(clean.example(i));
          for (int j = 0; j < x.length; j++) {
            x[j] += (float) (NUDGE * allowed.radius() * random.nextGaussian());
          }
        });
  }

  PairLoss.Slope loss(Softmax clean, Softmax attacked, int label) {
    double divergence = clean.divergence(attacked);
    double[] byClean = new double[clean.classes()];
    double[] byAttacked = new double[clean.classes()];
    for (int k = 0; k < byClean.length; k++) {
      byClean[k] =
          clean.crossEntropyBy(k, label) + beta * clean.divergenceBy(k, attacked, divergence);
      byAttacked[k] = beta * clean.divergenceByOther(k, attacked);
    }
    return new PairLoss.Slope(-clean.log(label) + beta * divergence, byClean, byAttacked);
  }
}
