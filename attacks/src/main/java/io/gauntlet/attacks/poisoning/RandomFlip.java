package io.gauntlet.attacks.poisoning;

import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.stream.IntStream;

/**
 * Gives some examples a wrong label at random, each other class as likely: the attacker, or the
 * careless annotator, who knows nothing.
 *
 * @param rate share of all examples, rounded to the nearest whole number; from 0 to 1
 */
public record RandomFlip(double rate) implements Poisoning {
  /** Checks the rate. */
  public RandomFlip {
    Draw.requireRate(rate);
  }

  /**
   * Flips labels, of whatever they belong to.
   *
   * @param classes how many there are; at least 2
   */
  public Poisoned<Labels> poison(Labels training, int classes, Seed seed) {
    Check.atLeast(2, classes, "number of classes");
    training.check(classes);
    int[] rows =
        Draw.some(
            IntStream.range(0, training.count()).toArray(),
            Draw.count(rate, training.count()),
            seed.derive(0));
    Labels flipped =
        training.relabelled(
            (row, label) -> {
              if (!Draw.contains(rows, row)) {
                return label;
              }
              int shift = 1 + seed.derive(1).forExample(training.example(row)).nextInt(classes - 1);
              return (label + shift) % classes;
            });
    return new Poisoned<>(flipped, training, Draw.positions(training, rows), this, seed);
  }
}
