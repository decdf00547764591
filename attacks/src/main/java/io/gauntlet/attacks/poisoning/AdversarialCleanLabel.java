package io.gauntlet.attacks.poisoning;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.attacks.gradient.Effort;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.poisoning.trigger.PatchTrigger;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;

/**
 * A clean-label backdoor whose examples are made hard to learn first, so that the model holds on to
 * the trigger.
 *
 * <p>Follows Turner, Tsipras, Madry: <a href="https://arxiv.org/abs/1912.02771">Label-Consistent
 * Backdoor Attacks</a>, 2019, the variant of adversarial perturbations (not the one of latent
 * interpolation): each chosen example moves away from its class by an attack on a proxy, then gets
 * the trigger.
 *
 * @param plan trigger, target class and rate
 * @param attack what moves them
 * @param threat how far
 */
public record AdversarialCleanLabel(
    CleanLabel plan, Attack<DifferentiableModel> attack, ThreatModel threat) implements Poisoning {
  /**
   * Patches at all four corners on a third of the target class, which a hundred steps up the
   * proxy's cross-entropy moved by 0.3 under Linf.
   */
  public static AdversarialCleanLabel standard(int target) {
    return new AdversarialCleanLabel(
        new CleanLabel(PatchTrigger.standard().atAllCorners(), target, 0.33),
        Pgd.standard()
            .withSteps(100)
            .withRestarts(1)
            .withObjective(Objective.CROSS_ENTROPY)
            .withEffort(Effort.ALL_STEPS),
        ThreatModel.linf(0.3f));
  }

  /** Same attack with another trigger or rate. */
  public AdversarialCleanLabel withPlan(CleanLabel newPlan) {
    return new AdversarialCleanLabel(newPlan, attack, threat);
  }

  /** Same attack, the examples moved by something else. */
  public AdversarialCleanLabel withAttack(Attack<DifferentiableModel> newAttack) {
    return new AdversarialCleanLabel(plan, newAttack, threat);
  }

  /** Same attack, the examples moved more or less. */
  public AdversarialCleanLabel withThreat(ThreatModel newThreat) {
    return new AdversarialCleanLabel(plan, attack, newThreat);
  }

  /**
   * Poisons, inside the domain of the proxy.
   *
   * @param proxy a model that was trained on like data
   * @throws IllegalArgumentException if the trigger does not fit
   */
  public Poisoned<Examples> poison(Examples training, DifferentiableModel proxy, Seed seed) {
    int[] rows = plan.rows(training, seed);
    Batch moved = training.inputs().select(rows);
    if (rows.length > 0) {
      moved =
          attack.perturb(
              proxy,
              threat.around(moved, proxy.domain()),
              new Goal.Untargeted(training.labels().select(rows)),
              seed.derive(1));
    }
    Batch triggered = plan.trigger().on(moved, training.shape(), proxy.domain());
    return new Poisoned<>(
        Planting.replaced(training, rows, triggered),
        training.labels(),
        Draw.positions(training.labels(), rows),
        this,
        seed);
  }

  /**
   * What to ask a backdoored model: the test examples of all other classes, triggered, not moved,
   * and labelled with the target.
   */
  public Examples triggered(Examples test, Domain domain) {
    return plan.triggered(test, domain);
  }
}
