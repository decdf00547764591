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
 * sigma-zero: descends a smooth stand-in for the number of changed features together with the
 * margin, and after every step drops the changes that are too small to matter.
 *
 * <p>Follows Cinà, Villani, Pintor, Schönherr, Biggio, Pelillo: <a
 * href="https://arxiv.org/abs/2402.01879">sigma-zero: Gradient-based Optimization of L0-norm
 * Adversarial Examples</a>, ICLR 2025. Differs from it in two ways: changes are measured in widths
 * of each feature's range, so that no unit of the inputs is assumed; and it works towards targets
 * too. An example whose changes have all been dropped starts anew from the next step.
 *
 * @param steps gradient steps; at least 1; one more forward pass looks at the last point
 * @param step length of the first step as a share of a feature's range, annealed to a tenth;
 *     finite, positive
 * @param sigma squared change, in widths of a feature's range, that counts as half a changed
 *     feature; finite, positive
 * @param threshold change below which a feature is restored at first, in widths of its range;
 *     finite, not negative
 * @param thresholdStep by how much the threshold rises after a success and falls after a failure,
 *     as a share of the current step; finite, positive
 */
public record SigmaZero(int steps, float step, float sigma, float threshold, float thresholdStep)
    implements Attack<DifferentiableModel> {
  /** Checks the hyperparameters. */
  public SigmaZero {
    Check.atLeast(1, steps, "steps");
    Check.positive(step, "step");
    Check.positive(sigma, "sigma");
    Check.nonNegative(threshold, "threshold");
    Check.positive(thresholdStep, "thresholdStep");
  }

  /** A thousand steps of at most a feature's range, sigma 0.001, threshold 0.3 by 0.01. */
  public static SigmaZero standard() {
    return new SigmaZero(1000, 1, 0.001f, 0.3f, 0.01f);
  }

  /** Same attack with another number of steps. */
  public SigmaZero withSteps(int newSteps) {
    return new SigmaZero(newSteps, step, sigma, threshold, thresholdStep);
  }

  /** Same attack with longer or shorter steps. */
  public SigmaZero withStep(float newStep) {
    return new SigmaZero(steps, newStep, sigma, threshold, thresholdStep);
  }

  /** Same attack with a sharper or softer count of features. */
  public SigmaZero withSigma(float newSigma) {
    return new SigmaZero(steps, step, newSigma, threshold, thresholdStep);
  }

  /** Same attack that restores more or fewer features at first. */
  public SigmaZero withThreshold(float newThreshold) {
    return new SigmaZero(steps, step, sigma, newThreshold, thresholdStep);
  }

  /** Same attack whose threshold adapts faster or slower. */
  public SigmaZero withThresholdStep(float newThresholdStep) {
    return new SigmaZero(steps, step, sigma, threshold, newThresholdStep);
  }

  @Override
  public List<Norm> norms() {
    return List.of(Norm.l0());
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    LogitLoss margin = goal.loss(Objective.MARGIN);
    Closest closest = new Closest(allowed, goal);
    SparseDescent descent = new SparseDescent(this, allowed.clean(), model.domain());
    Batch x = allowed.clean();
    for (int i = 0; i < steps && x.rows() > 0; i++) {
      Gradient gradient = model.gradient(x, margin);
      boolean[] reached = closest.offer(x, gradient.logits());
      x = closest.unsettled(descent.step(i, x, gradient, reached));
    }
    if (x.rows() > 0) {
      closest.offer(x, model.logits(x));
    }
    return closest.batch();
  }

  @Override
  public String title() {
    return "sigma-zero-" + steps;
  }
}
