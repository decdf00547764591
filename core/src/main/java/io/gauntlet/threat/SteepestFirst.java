package io.gauntlet.threat;

import java.util.Arrays;

/** Features in descending order of their gradient's size, the lower position first among equals. */
final class SteepestFirst {
  private SteepestFirst() {}

  /** Positions of {@code gradient}, steepest first; NaN comes before all others. */
  static int[] order(float[] gradient) {
    long[] packed = new long[gradient.length]; // sorting longs: no boxes, no comparator
    for (int j = 0; j < gradient.length; j++) {
      long descending = 0x7fffffffL - Float.floatToIntBits(Math.abs(gradient[j]));
      packed[j] = descending << 32 | j;
    }
    Arrays.sort(packed);
    int[] order = new int[gradient.length];
    Arrays.setAll(order, i -> (int) packed[i]);
    return order;
  }
}
