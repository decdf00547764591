package io.gauntlet.attacks.extraction;

import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Row numbers in random order. */
final class Order {
  private Order() {}

  static int[] shuffled(int count, Seed seed) {
    int[] order = new int[count];
    Arrays.setAll(order, i -> i);
    RandomGenerator random = seed.forExample(0);
    for (int i = count - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int row = order[i];
      order[i] = order[other];
      order[other] = row;
    }
    return order;
  }
}
