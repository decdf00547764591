package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Gradient;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;

/**
 * Fast gradient sign method: one step of the full radius along the gradient of the loss.
 *
 * <p>Follows Goodfellow, Shlens, Szegedy: <a href="https://arxiv.org/abs/1412.6572">Explaining and
 * Harnessing Adversarial Examples</a>, ICLR 2015. Under other norms than Linf the step is the
 * steepest one of that norm inside the domain: for L1 and L0 the whole budget goes to the features
 * with the largest gradient that can still move.
 *
 * @param objective loss to climb; the paper's is cross-entropy
 */
public record Fgsm(Objective objective) implements Attack<DifferentiableModel> {
  /** The paper's: cross-entropy. */
  public static Fgsm standard() {
    return new Fgsm(Objective.CROSS_ENTROPY);
  }

  /** Same attack on another loss. */
  public Fgsm withObjective(Objective newObjective) {
    return new Fgsm(newObjective);
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    Batch clean = allowed.clean();
    Gradient gradient = model.gradient(clean, goal.loss(objective));
    return allowed.project(
        clean.plus(allowed.steepest(clean, gradient.byInput(), allowed.radius())));
  }

  @Override
  public String title() {
    return "FGSM";
  }
}
