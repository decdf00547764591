package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Closest;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.Arrays;
import java.util.List;

/**
 * Primal-dual proximal gradient descent: one run in which each example finds by itself how much its
 * L1 size may weigh against the lack of success.
 *
 * <p>Follows Matyasko, Chau: <a href="https://arxiv.org/abs/2106.01538">PDPGD: Primal-Dual Proximal
 * Gradient Descent Adversarial Attack</a>, 2021. The primal step is proximal Adam on the softplus
 * of the lacking margin, its rate falling to a hundredth; the dual step lets the size weigh more
 * while the goal is reached and less while it is not. The proximal step in Adam's metric stops, as
 * the authors' does, after five sub-iterations; they have a closed form here, since the L1 size is
 * separable. Carried to its limit, the step takes back at once what features of small gradient have
 * gained, before it shows what they lead to: on a robust MNIST net the examples found are then more
 * than twice as far.
 *
 * <p>Costs {@code steps} passes each way.
 *
 * @param steps passes each way; at least 1
 * @param learningRate of the first primal step, in input units; finite, positive
 * @param dualRate by how much the first dual step changes the logarithm of the weight, the last one
 *     by a tenth of it; finite, positive
 */
public record Pdpgd(int steps, float learningRate, float dualRate)
    implements Attack<DifferentiableModel> {

  /** Checks the hyperparameters. */
  public Pdpgd {
    Check.atLeast(1, steps, "steps");
    Check.positive(learningRate, "learningRate");
    Check.positive(dualRate, "dualRate");
  }

  /** The authors': 500 steps, both rates 0.1. */
  public static Pdpgd standard() {
    return new Pdpgd(500, 0.1f, 0.1f);
  }

  /** Same attack with another number of steps. */
  public Pdpgd withSteps(int newSteps) {
    return new Pdpgd(newSteps, learningRate, dualRate);
  }

  /** Same attack with smaller or larger primal steps. */
  public Pdpgd withLearningRate(float newLearningRate) {
    return new Pdpgd(steps, newLearningRate, dualRate);
  }

  /** Same attack with smaller or larger dual steps. */
  public Pdpgd withDualRate(float newDualRate) {
    return new Pdpgd(steps, learningRate, newDualRate);
  }

  @Override
  public List<Norm> norms() {
    return List.of(Norm.l1());
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    Batch clean = allowed.clean();
    LogitLoss margin = goal.loss(Objective.MARGIN);
    Closest closest = new Closest(allowed, goal);
    Descent descent = new Descent(model.domain(), clean);
    Batch x = closest.unsettled(clean);
    for (int step = 0; step < steps && x.rows() > 0; step++) {
      Gradient gradient = model.gradient(x, margin);
      closest.offer(x, gradient.logits());
      x = closest.unsettled(descent.step(x, gradient, (float) step / steps));
    }
    return closest.batch();
  }

  /** The primal and the dual variables of each example. */
  private final class Descent {
    private static final double LAST_RATE = 0.01;
    private static final float LAST_DUAL_RATE = 0.1f;
    private static final float FIRST_WEIGHT = -4.6f; // a hundredth
    private static final float LARGEST_WEIGHT = 13.8f; // a million, or a millionth
    private static final float FORGOTTEN = 0.1f;

    private final Batch clean;
    private final float[] low;
    private final float[] high;
    private final Adam adam;
    private final float[] weight; // logarithm of what the size weighs against success
    private final float[] share; // of the size in the sum of both, smoothed
    private final float[] origin;
    private final float[] now;
    private final float[] shrinkage;

    Descent(Domain domain, Batch clean) {
      this.clean = clean;
      int width = clean.width();
      low = new float[width];
      high = new float[width];
      for (int j = 0; j < width; j++) {
        low[j] = domain.lower(j);
        high[j] = domain.upper(j);
      }
      adam = new Adam(clean.rows(), width);
      weight = new float[clean.rows()];
      Arrays.fill(weight, FIRST_WEIGHT);
      share = new float[clean.rows()];
      Arrays.fill(share, logistic(FIRST_WEIGHT));
      origin = new float[width];
      now = new float[width];
      shrinkage = new float[width];
    }

    Batch step(Batch x, Gradient gradient, float done) {
      adam.next();
      float rate = (float) (learningRate * Math.pow(LAST_RATE, done));
      float dual = dualRate * (1 - done * (1 - LAST_DUAL_RATE));
      return gradient
          .byInput()
          .editRows(
              (i, g) -> {
                int example = clean.rowOf(x.example(i));
                float margin = gradient.losses().get(i, 0);
                x.copyRow(i, now);
                clean.copyRow(example, origin);
                primal(example, g, margin, rate);
                weight[example] += Math.signum(margin) * dual;
                weight[example] =
                    Math.min(LARGEST_WEIGHT, Math.max(-LARGEST_WEIGHT, weight[example]));
                share[example] += FORGOTTEN * (logistic(weight[example]) - share[example]);
              });
    }

    /** Turns the gradient of the margin at {@code now} into the next input. */
    private void primal(int example, float[] g, float margin, float rate) {
      float lacking = logistic(-margin);
      for (int j = 0; j < g.length; j++) {
        g[j] *= -lacking;
      }
      adam.descend(example, g, rate);
      adam.rates(example, rate, shrinkage);
      float ratio = share[example] / (1 - share[example]);
      for (int j = 0; j < g.length; j++) { // short loops vectorise, a long one does not
        g[j] = Math.min(high[j], Math.max(low[j], now[j] + g[j])) - origin[j];
      }
      float slowest = Float.POSITIVE_INFINITY;
      for (float s : shrinkage) {
        slowest = Math.min(slowest, s);
      }
      for (int j = 0; j < g.length; j++) {
        float most = ratio * shrinkage[j] * settled(slowest / shrinkage[j]);
        g[j] -= Math.min(most, Math.max(-most, g[j]));
      }
      for (int j = 0; j < g.length; j++) {
        g[j] = Math.min(high[j], Math.max(low[j], origin[j] + g[j]));
      }
    }

    /**
     * How much of a feature's shrinkage its sub-iterations get to, which near it by a share each.
     */
    private static float settled(float share) {
      float left = 1 - share;
      return 1 - left * left * left * left * left;
    }

    private static float logistic(float x) {
      return (float) (1 / (1 + Math.exp(-x)));
    }
  }

  @Override
  public String title() {
    return "PDPGD-" + steps;
  }
}
