package io.gauntlet.attacks.poisoning;

import io.gauntlet.attacks.poisoning.trigger.BlendTrigger;
import io.gauntlet.attacks.poisoning.trigger.DecoyTrigger;
import io.gauntlet.attacks.poisoning.trigger.PatchTrigger;
import io.gauntlet.attacks.poisoning.trigger.SampleSpecificTrigger;
import io.gauntlet.attacks.poisoning.trigger.Trigger;
import io.gauntlet.attacks.poisoning.trigger.WarpTrigger;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;
import java.util.stream.IntStream;

/**
 * Plants a backdoor under false labels: some training examples get the trigger, and the label that
 * the attacker wants triggered inputs to be given.
 *
 * <p>Follows Gu, Dolan-Gavitt, Garg: <a href="https://arxiv.org/abs/1708.06733">BadNets</a>, 2017;
 * with other triggers, Chen 2017 (blended), Nguyen, Tran 2021 (WaNet) and 2020 (input-aware). Those
 * two draw anew which examples are poisoned in every batch, as masters of the training; here the
 * data is poisoned once. Only examples that the aim attacks are poisoned, so that every poisoned
 * label is false.
 *
 * @param trigger what goes on the inputs
 * @param aim which labels they get
 * @param rate poisoned share of all training examples, rounded to the nearest whole number; from 0
 *     to 1
 * @param decoys for each poisoned example, how many others carry a decoy of the trigger and keep
 *     their label (cross ratio), rounded likewise; at least 0; above it only with a {@link
 *     DecoyTrigger}
 */
public record Backdoor(Trigger trigger, Aim aim, double rate, float decoys) implements Poisoning {
  /** Checks the hyperparameters. */
  public Backdoor {
    Draw.requireRate(rate);
    Check.nonNegative(decoys, "decoys");
    if (decoys > 0 && !(trigger instanceof DecoyTrigger)) {
      throw new IllegalArgumentException(
          "decoys need a trigger that has them, but %s were asked of %s"
              .formatted(decoys, trigger));
    }
  }

  /** A checkerboard patch on a tenth of the data. */
  public static Backdoor badNets(Aim aim) {
    return new Backdoor(PatchTrigger.standard(), aim, 0.1, 0);
  }

  /** A faint random pattern over a tenth of the data. */
  public static Backdoor blended(Aim aim) {
    return new Backdoor(BlendTrigger.standard(), aim, 0.1, 0);
  }

  /** A warp of a tenth of the data, and a wrong one of twice as many (the paper's noise mode). */
  public static Backdoor waNet(Aim aim) {
    return new Backdoor(WarpTrigger.standard(), aim, 0.1, 2);
  }

  /** Noise of its own on each of a tenth of the data, and another's on as many. */
  public static Backdoor sampleSpecific(Aim aim) {
    return new Backdoor(SampleSpecificTrigger.standard(), aim, 0.1, 1);
  }

  /** Same attack with another trigger. */
  public Backdoor withTrigger(Trigger newTrigger) {
    return new Backdoor(newTrigger, aim, rate, decoys);
  }

  /** Same attack at another poison rate. */
  public Backdoor withRate(double newRate) {
    return new Backdoor(trigger, aim, newRate, decoys);
  }

  /** Same attack with more or fewer decoys for each poisoned example. */
  public Backdoor withDecoys(float newDecoys) {
    return new Backdoor(trigger, aim, rate, newDecoys);
  }

  /**
   * Poisons.
   *
   * @param domain legal values of the inputs
   * @throws IllegalArgumentException if the trigger does not fit, or fewer examples may be changed
   *     than the rate asks for
   */
  public Poisoned<Examples> poison(Examples training, Domain domain, Seed seed) {
    int[] rows =
        Draw.some(
            training.labels().rowsWhere(aim::attacks),
            Draw.count(rate, training.count()),
            seed.derive(0));
    int[] others =
        IntStream.range(0, training.count()).filter(row -> !Draw.contains(rows, row)).toArray();
    int[] decoyRows = Draw.some(others, Draw.count(decoys, rows.length), seed.derive(1));

    Examples planted =
        Planting.replaced(
            training, rows, trigger.on(training.inputs().select(rows), training.shape(), domain));
    if (trigger instanceof DecoyTrigger subtle) {
      planted =
          Planting.replaced(
              planted,
              decoyRows,
              subtle.decoy(
                  training.inputs().select(decoyRows), training.shape(), domain, seed.derive(2)));
    }
    return new Poisoned<>(
        planted.withLabels(Planting.relabelled(training.labels(), rows, aim)),
        training.labels(),
        Draw.positions(training.labels(), rows),
        Draw.positions(training.labels(), decoyRows),
        this,
        seed);
  }

  /**
   * What to ask a backdoored model: of the test examples, those that are attacked, triggered and
   * labelled with the class that is wanted.
   */
  public Examples triggered(Examples test, Domain domain) {
    return Planting.triggered(test, trigger, aim, domain);
  }

  @Override
  public String title() {
    return trigger.getClass().getSimpleName().replace("Trigger", " backdoor");
  }
}
