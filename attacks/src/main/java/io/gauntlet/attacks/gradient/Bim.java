package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;

/**
 * Basic iterative method: FGSM in small steps from the clean example.
 *
 * <p>Follows Kurakin, Goodfellow, Bengio: <a href="https://arxiv.org/abs/1607.02533">Adversarial
 * Examples in the Physical World</a>, 2017. It is {@link Pgd} with one run from the clean example,
 * and that is how it is written; the number of steps does not grow with epsilon as the paper's
 * does.
 *
 * @param steps gradient steps; at least 1
 * @param relativeStep size of one step as a share of the radius; finite, positive
 */
public record Bim(int steps, float relativeStep) implements Attack<DifferentiableModel> {
  /** Checks the hyperparameters. */
  public Bim {
    Check.atLeast(1, steps, "steps");
    Check.positive(relativeStep, "relativeStep");
  }

  /** Ten steps of a fifth of the radius. */
  public static Bim standard() {
    return new Bim(10, 0.2f);
  }

  /** Same attack with another number of steps. */
  public Bim withSteps(int newSteps) {
    return new Bim(newSteps, relativeStep);
  }

  /** Same attack with steps of another share of the radius. */
  public Bim withRelativeStep(float newRelativeStep) {
    return new Bim(steps, newRelativeStep);
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    float travel = steps * relativeStep;
    return new Pgd(steps, travel, 1, Start.CLEAN, Objective.CROSS_ENTROPY, Effort.UNTIL_FOOLED)
        .perturb(model, allowed, goal, seed);
  }

  @Override
  public String title() {
    return "BIM-" + steps;
  }
}
