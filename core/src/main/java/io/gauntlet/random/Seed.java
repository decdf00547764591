package io.gauntlet.random;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A derivable source of randomness: one seed and one example of the data set always give the same
 * numbers, whatever the batch size, the order, the thread or the machine.
 *
 * @param root 64 bits that identify the stream
 */
public record Seed(long root) {
  private static final RandomGeneratorFactory<RandomGenerator> FACTORY =
      RandomGeneratorFactory.of("L64X128MixRandom");

  /** The seed a test writes down. */
  public static Seed of(long root) {
    return new Seed(root);
  }

  /** Independent stream of one restart, one target class, or one attack of a suite. */
  public Seed derive(int number) {
    return new Seed(mix(root, number));
  }

  /** Fresh generator for the example at this position of the data set. */
  public RandomGenerator forExample(long position) {
    return FACTORY.create(mix(root, ~position));
  }

  /** The numbers from 0 to {@code count - 1} in random order. */
  public int[] permutation(int count) {
    int[] order = new int[count];
    Arrays.setAll(order, i -> i);
    RandomGenerator random = forExample(0);
    for (int i = count - 1; i > 0; i--) { // Fisher-Yates
      int other = random.nextInt(i + 1);
      int number = order[i];
      order[i] = order[other];
      order[other] = number;
    }
    return order;
  }

  private static long mix(long root, long salt) { // SplitMix64 finaliser, Steele et al. 2014
    long z = root + 0x9E3779B97F4A7C15L * (salt + 1);
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
