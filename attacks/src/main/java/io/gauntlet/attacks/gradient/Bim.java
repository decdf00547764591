package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Incumbent;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;

/**
 * Basic iterative method: FGSM in small steps from the clean example.
 *
 * <p>Follows Kurakin, Goodfellow, Bengio: <a href="https://arxiv.org/abs/1607.02533">Adversarial
 * Examples in the Physical World</a>, 2017. Differs from it in three ways: the number of steps does
 * not grow with epsilon; an example that is fooled is not attacked further; and of all iterates the
 * one with the widest margin is returned.
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
    LogitLoss loss = goal.loss(Objective.CROSS_ENTROPY);
    float length = relativeStep * allowed.radius();
    Incumbent best = new Incumbent(allowed.clean(), goal);
    Batch x = allowed.clean();
    for (int step = 0; step < steps && x.rows() > 0; step++) {
      Gradient gradient = model.gradient(x, loss);
      best.offer(x, gradient.logits());
      x = allowed.ascended(x, gradient.byInput(), length);
      x = best.unsettled(x);
    }
    if (x.rows() > 0) {
      best.offer(x, model.logits(x));
    }
    return best.batch();
  }

  @Override
  public String title() {
    return "BIM-" + steps;
  }
}
