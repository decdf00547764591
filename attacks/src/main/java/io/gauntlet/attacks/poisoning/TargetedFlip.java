package io.gauntlet.attacks.poisoning;

import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;

/**
 * Gives some examples of the attacked classes the labels that the attacker wants, so that the model
 * takes one class for another.
 *
 * <p>Follows Tolpegin, Truex, Gursoy, Liu: <a href="https://arxiv.org/abs/2007.08432">Data
 * Poisoning Attacks Against Federated Learning Systems</a>, ESORICS 2020, for data in one place.
 *
 * @param aim which label becomes which
 * @param rate share of the examples that the aim attacks, rounded to the nearest whole number; from
 *     0 to 1
 */
public record TargetedFlip(Aim aim, double rate) implements Poisoning {
  /** Checks the rate. */
  public TargetedFlip {
    Draw.requireRate(rate);
  }

  /** Flips labels, of whatever they belong to. */
  public Poisoned<Labels> poison(Labels training, Seed seed) {
    int[] attacked = training.rowsWhere(aim::attacks);
    int[] rows = Draw.some(attacked, Draw.count(rate, attacked.length), seed.derive(0));
    return new Poisoned<>(
        Planting.relabelled(training, rows, aim),
        training,
        Draw.positions(training, rows),
        this,
        seed);
  }
}
