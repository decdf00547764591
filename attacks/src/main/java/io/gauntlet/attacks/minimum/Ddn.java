package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Closest;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.List;

/**
 * Decoupled direction and norm: climbs the cross-entropy for the direction, and sets the size of
 * the perturbation apart from it, a little smaller after a success and larger after a failure.
 *
 * <p>Follows Rony, Hafemann, Oliveira, Ben Ayed, Sabourin, Granger: <a
 * href="https://arxiv.org/abs/1811.09600">Decoupling Direction and Norm for Efficient
 * Gradient-Based L2 Adversarial Attacks and Defenses</a>, CVPR 2019. Differs from it in four ways.
 * The first size is the linearised distance to the boundary instead of 1, and steps are shares of
 * the current size, so that no unit of the inputs is assumed. The share by which the size changes
 * anneals like the steps, which settles closer to the boundary. The projection is onto ball and
 * domain at once. Nothing is rounded to 256 levels.
 *
 * <p>Where the softmax is saturated beyond float the cross-entropy has no gradient, and the example
 * stays where it is; {@link Fmn} climbs the margin, which has.
 *
 * @param steps gradient steps; at least 1; one more forward pass looks at the last point
 * @param gamma share of its size by which a perturbation shrinks and grows, annealed to a fiftieth;
 *     positive, below 1
 * @param relativeStep length of the first step as a share of the size, annealed to a hundredth;
 *     finite, positive
 */
public record Ddn(int steps, float gamma, float relativeStep)
    implements Attack<DifferentiableModel> {
  /** Checks the hyperparameters. */
  public Ddn {
    Check.atLeast(1, steps, "steps");
    Radii.checkShare(gamma, "gamma");
    Check.positive(relativeStep, "relativeStep");
  }

  /** A hundred steps, gamma 0.05, first step as long as the perturbation. */
  public static Ddn standard() {
    return new Ddn(100, 0.05f, 1);
  }

  /** Same attack with another number of steps. */
  public Ddn withSteps(int newSteps) {
    return new Ddn(newSteps, gamma, relativeStep);
  }

  /** Same attack whose sizes change by another share. */
  public Ddn withGamma(float newGamma) {
    return new Ddn(steps, newGamma, relativeStep);
  }

  /** Same attack with longer or shorter steps. */
  public Ddn withRelativeStep(float newRelativeStep) {
    return new Ddn(steps, gamma, newRelativeStep);
  }

  @Override
  public List<Norm> norms() {
    return List.of(Norm.l2());
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    LogitLoss loss = goal.loss(Objective.CROSS_ENTROPY);
    Closest closest = new Closest(allowed, goal);
    Radii radii = new Radii(allowed);
    Batch x = allowed.clean();
    for (int step = 0; step < steps && x.rows() > 0; step++) {
      Gradient gradient = model.gradient(x, loss);
      boolean[] reached = closest.offer(x, gradient.logits());
      if (step == 0) {
        radii.guess(x, gradient.byInput(), climb(gradient, goal));
      } else {
        radii.adapt(x, reached, closest, Cosine.at(step, steps, gamma, gamma / 50));
      }
      float[] radius = radii.of(x);
      double share = Cosine.at(step, steps, relativeStep, relativeStep / 100);
      double[] length = new double[radius.length];
      for (int i = 0; i < length.length; i++) {
        length[i] = share * radius[i];
      }
      x = allowed.project(x.plus(Ascent.along(gradient.byInput(), length)), radius);
      x = closest.unsettled(x);
    }
    if (x.rows() > 0) {
      closest.offer(x, model.logits(x));
    }
    return closest.batch();
  }

  /**
   * What the linearised cross-entropy lacks to the boundary: with two classes its slope is that of
   * the margin times the probability that the label does not have.
   */
  private static double[] climb(Gradient gradient, Goal goal) {
    Batch margins = goal.loss(Objective.MARGIN).values(gradient.logits());
    double[] climb = new double[margins.rows()];
    for (int i = 0; i < climb.length; i++) {
      double missing = -Math.expm1(-Math.abs(gradient.losses().get(i, 0)));
      climb[i] = Math.abs(margins.get(i, 0)) * missing;
    }
    return climb;
  }

  @Override
  public String title() {
    return "DDN-" + steps;
  }
}
