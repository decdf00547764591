package io.gauntlet.threat;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** Features in descending order of a key, the lower position first among equals. */
final class SteepestFirst {
  private SteepestFirst() {}

  static int[] order(float[] values, DoubleUnaryOperator key) {
    double[] keys = new double[values.length];
    Arrays.setAll(keys, j -> key.applyAsDouble(values[j]));
    return order(keys);
  }

  /** Positions of {@code keys}, the largest first; keys must not be negative or NaN. */
  static int[] order(double[] keys) {
    long[] packed = new long[keys.length]; // sorting longs: no boxes, no comparator
    for (int j = 0; j < keys.length; j++) {
      long descending = 0x7fffffffL - Float.floatToIntBits((float) keys[j]);
      packed[j] = descending << 32 | j;
    }
    Arrays.sort(packed);
    int[] order = new int[keys.length];
    Arrays.setAll(order, i -> (int) packed[i]);
    return order;
  }
}
