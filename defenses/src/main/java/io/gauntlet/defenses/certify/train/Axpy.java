package io.gauntlet.defenses.certify.train;

/**
 * Adds weighted rows to a row, four at a time: then the sum is loaded and stored once for four
 * products, and the loop runs as wide as the processor is. With more at a time it does not.
 */
final class Axpy {
  static final int BLOCK = 4;

  private Axpy() {}

  static void add(float[] sum, float weight, float[] row) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * row[i];
    }
  }

  static void add(
      float[] sum,
      float weight0,
      float[] row0,
      float weight1,
      float[] row1,
      float weight2,
      float[] row2,
      float weight3,
      float[] row3) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight0 * row0[i] + weight1 * row1[i] + weight2 * row2[i] + weight3 * row3[i];
    }
  }
}
