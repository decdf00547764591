package io.gauntlet.attacks.poisoning;

import io.gauntlet.attacks.poisoning.trigger.SinusoidTrigger;
import io.gauntlet.attacks.poisoning.trigger.Trigger;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;

/**
 * Plants a backdoor under true labels: some examples of the target class get the trigger, and no
 * label changes.
 *
 * <p>Follows Barni, Kallas, Tondi: <a href="https://arxiv.org/abs/1902.11237">A new Backdoor Attack
 * in CNNs by training set corruption without label poisoning</a>, ICIP 2019. With it, the trigger
 * shown to the model later may be stronger than the planted one: {@code withTrigger}, then {@link
 * #triggered}.
 *
 * @param trigger what goes on the inputs
 * @param target the class whose examples are poisoned, and that others are to be taken for; at
 *     least 0
 * @param rate poisoned share of the target class, rounded to the nearest whole number; from 0 to 1
 */
public record CleanLabel(Trigger trigger, int target, double rate) implements Poisoning {
  /** Checks the hyperparameters. */
  public CleanLabel {
    Check.atLeast(0, target, "target");
    Draw.requireRate(rate);
  }

  /** SIG: stripes over three tenths of the target class. */
  public static CleanLabel sig(int target) {
    return new CleanLabel(SinusoidTrigger.standard(), target, 0.3);
  }

  /** Same attack with another trigger. */
  public CleanLabel withTrigger(Trigger newTrigger) {
    return new CleanLabel(newTrigger, target, rate);
  }

  /** Same attack on a larger or smaller share of the target class. */
  public CleanLabel withRate(double newRate) {
    return new CleanLabel(trigger, target, newRate);
  }

  /**
   * Poisons.
   *
   * @param domain legal values of the inputs
   * @throws IllegalArgumentException if the trigger does not fit
   */
  public Poisoned<Examples> poison(Examples training, Domain domain, Seed seed) {
    int[] rows = rows(training, seed);
    return new Poisoned<>(
        Planting.replaced(
            training, rows, trigger.on(training.inputs().select(rows), training.shape(), domain)),
        training.labels(),
        Draw.positions(training.labels(), rows),
        this,
        seed);
  }

  /** Rows to poison, ascending. */
  int[] rows(Examples training, Seed seed) {
    int[] members = training.labels().rowsWhere(label -> label == target);
    return Draw.some(members, Draw.count(rate, members.length), seed.derive(0));
  }

  /**
   * What to ask a backdoored model: the test examples of all other classes, triggered and labelled
   * with the target.
   */
  public Examples triggered(Examples test, Domain domain) {
    return Planting.triggered(test, trigger, Aim.at(target), domain);
  }

  @Override
  public String title() {
    return trigger.getClass().getSimpleName().replace("Trigger", " clean label");
  }
}
