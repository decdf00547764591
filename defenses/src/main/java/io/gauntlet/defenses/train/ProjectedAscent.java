package io.gauntlet.defenses.train;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;

/**
 * The inner maximisation of adversarial training: steps of one length up the cross-entropy from a
 * random start, the last iterate returned whether it fools or not.
 *
 * <p>Follows Madry, Makelov, Schmidt, Tsipras, Vladu: <a
 * href="https://arxiv.org/abs/1706.06083">Towards Deep Learning Models Resistant to Adversarial
 * Attacks</a>, ICLR 2018. To train with, not to judge by: an attack that stops at the first success
 * or returns the best iterate finds more, which training does not need.
 *
 * @param steps gradient steps; at least 1
 * @param stepSize length of a step in radii; finite, positive
 */
public record ProjectedAscent(int steps, float stepSize) implements Attack<DifferentiableModel> {
  /** Checks the hyperparameters. */
  public ProjectedAscent {
    Check.atLeast(1, steps, "steps");
    Check.positive(stepSize, "stepSize");
  }

  /** Seven steps of a quarter of the radius, the paper's values for CIFAR-10. */
  public static ProjectedAscent standard() {
    return new ProjectedAscent(7, 0.25f);
  }

  /** The same with another number of steps. */
  public ProjectedAscent withSteps(int newSteps) {
    return new ProjectedAscent(newSteps, stepSize);
  }

  /** The same with steps of another length. */
  public ProjectedAscent withStepSize(float newStepSize) {
    return new ProjectedAscent(steps, newStepSize);
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    LogitLoss loss = goal.loss(Objective.CROSS_ENTROPY);
    Batch x = allowed.sample(seed);
    for (int step = 0; step < steps; step++) {
      Gradient gradient = model.gradient(x, loss);
      x = allowed.ascended(x, gradient.byInput(), stepSize * allowed.radius());
    }
    return x;
  }

  @Override
  public String title() {
    return "PGD-" + steps;
  }
}
