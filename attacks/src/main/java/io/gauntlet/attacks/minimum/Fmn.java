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

/**
 * Fast minimum norm: climbs the margin inside a ball that shrinks after a success and grows after a
 * failure, so that the iterates run along the decision boundary.
 *
 * <p>Follows Pintor, Roli, Brendel, Biggio: <a href="https://arxiv.org/abs/2102.12827">Fast
 * Minimum-norm Adversarial Attacks through Adaptive Norm Constraints</a>, NeurIPS 2021. Differs
 * from it in three ways. Steps are measured by the ball instead of in pixels: along the gradient,
 * as long as the steepest step that uses up the radius and stays in the domain. The linearised
 * distance, which respects the domain too, is a first guess of the radius only; from there it grows
 * faster and faster until the first success, where repeated linearisation may never get there. The
 * projection is onto ball and domain at once, also under L1.
 *
 * @param steps gradient steps; at least 1; one more forward pass looks at the last point
 * @param gamma share of its radius by which a ball shrinks and grows, annealed to a fiftieth;
 *     positive, below 1
 * @param relativeStep length of the first step in Euclidean lengths of the steepest step of the
 *     ball, annealed to a hundredth; finite, positive
 */
public record Fmn(int steps, float gamma, float relativeStep)
    implements Attack<DifferentiableModel> {
  /** Checks the hyperparameters. */
  public Fmn {
    Check.atLeast(1, steps, "steps");
    Radii.checkShare(gamma, "gamma");
    Check.positive(relativeStep, "relativeStep");
  }

  /** A hundred steps, gamma 0.05, the first step three times the ball. */
  public static Fmn standard() {
    return new Fmn(100, 0.05f, 3);
  }

  /** Same attack with another number of steps. */
  public Fmn withSteps(int newSteps) {
    return new Fmn(newSteps, gamma, relativeStep);
  }

  /** Same attack whose balls change by another share. */
  public Fmn withGamma(float newGamma) {
    return new Fmn(steps, newGamma, relativeStep);
  }

  /** Same attack with longer or shorter steps. */
  public Fmn withRelativeStep(float newRelativeStep) {
    return new Fmn(steps, gamma, newRelativeStep);
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    LogitLoss margin = goal.loss(Objective.MARGIN);
    Closest closest = new Closest(allowed, goal);
    Radii radii = new Radii(allowed);
    Batch x = allowed.clean();
    for (int step = 0; step < steps && x.rows() > 0; step++) {
      Gradient gradient = model.gradient(x, margin);
      boolean[] reached = closest.offer(x, gradient.logits());
      if (step == 0) {
        radii.guess(x, gradient.byInput(), missing(gradient.losses()));
      } else {
        radii.adapt(x, reached, closest, Cosine.at(step, steps, gamma, gamma / 50));
      }
      float[] radius = radii.of(x);
      Batch steepest = allowed.steepest(x, gradient.byInput(), radius);
      double share = Cosine.at(step, steps, relativeStep, relativeStep / 100);
      Batch ascent = Ascent.along(gradient.byInput(), euclidean(steepest, share));
      x = allowed.project(x.plus(ascent), radius);
      x = closest.unsettled(x);
    }
    if (x.rows() > 0) {
      closest.offer(x, model.logits(x));
    }
    return closest.batch();
  }

  private static double[] missing(Batch margins) {
    double[] missing = new double[margins.rows()];
    for (int i = 0; i < missing.length; i++) {
      missing[i] = Math.abs(margins.get(i, 0));
    }
    return missing;
  }

  private static double[] euclidean(Batch steps, double share) {
    double[] lengths = new double[steps.rows()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = share * Norm.l2().of(steps.row(i));
    }
    return lengths;
  }

  @Override
  public String title() {
    return "FMN-" + steps;
  }
}
