package io.gauntlet.attacks.poisoning;

import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Which rows an attack changes. */
final class Draw {
  private Draw() {}

  static void requireRate(double rate) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException("the rate must be from 0 to 1, but was " + rate);
    }
  }

  /** The nearest whole number, halves up. */
  static int count(double rate, int total) {
    return (int) Math.round(rate * total);
  }

  /** So many of the candidates, ascending; a larger number draws the same and more. */
  static int[] some(int[] candidates, int count, Seed seed) {
    requireEnough(count, candidates);
    int[] order = seed.permutation(candidates.length);
    return IntStream.range(0, count).map(i -> candidates[order[i]]).sorted().toArray();
  }

  static void requireEnough(int count, int[] candidates) {
    if (count > candidates.length) {
      throw new IllegalArgumentException(
          "%s examples were to be changed, but only %s may be".formatted(count, candidates.length));
    }
  }

  static boolean contains(int[] ascending, int row) {
    return Arrays.binarySearch(ascending, row) >= 0;
  }

  static List<Long> positions(Labels labels, int[] rows) {
    return Arrays.stream(rows).mapToObj(labels::example).toList();
  }
}
