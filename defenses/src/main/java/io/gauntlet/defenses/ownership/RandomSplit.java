package io.gauntlet.defenses.ownership;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Check;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * The owner's data, cut by lot: nothing but training tells the two parts apart.
 *
 * @param members what the owner's model was trained on, or a random part of it; at least one
 * @param heldOut what it was not trained on, and nobody else was given; at least one
 */
public record RandomSplit(Examples members, Examples heldOut) {
  /** Checks that the parts fit; that they were drawn by lot is the owner's word. */
  public RandomSplit {
    Check.atLeast(1, members.count(), "members");
    Check.atLeast(1, heldOut.count(), "held-out examples");
    if (!members.shape().equals(heldOut.shape())) {
      throw new IllegalArgumentException(
          "both parts must have one shape, but had %s and %s"
              .formatted(members.shape(), heldOut.shape()));
    }
  }

  /**
   * Draws the members.
   *
   * @param members how many of {@code examples} to train on; from 1 to all but one
   */
  public static RandomSplit of(Examples examples, int members, Seed seed) {
    int count = examples.count();
    Check.atLeast(1, members, "members");
    Check.atLeast(1, count - (long) members, "held-out examples");
    int[] lots = IntStream.range(0, count).toArray();
    RandomGenerator random = seed.forExample(0);
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int drawn = lots[j];
      lots[j] = lots[i];
      lots[i] = drawn;
    }
    return new RandomSplit(
        chosen(examples, Arrays.copyOf(lots, members)),
        chosen(examples, Arrays.copyOfRange(lots, members, count)));
  }

  private static Examples chosen(Examples examples, int[] rows) {
    Arrays.sort(rows);
    return examples.select(rows);
  }

  @Override
  public String toString() {
    return "%s members, %s held out".formatted(members.count(), heldOut.count());
  }
}
