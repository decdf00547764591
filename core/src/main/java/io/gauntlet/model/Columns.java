package io.gauntlet.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sums of weighted rows, each row one coefficient for every linear form. Four rows are added at a
 * time: then the sum is loaded and stored once for four products, and the loop runs as wide as the
 * processor is.
 */
final class Columns {
  private static final int BLOCK = 4;

  private Columns() {}

  /** Which of some rows are there, in blocks that are added together. */
  static int[][] blocks(double[] @Nullable [] rows, int first, int stride, int count) {
    int[] there = new int[count];
    int found = 0;
    for (int i = 0; i < count; i++) {
      if (rows[first + i * stride] != null) {
        there[found++] = i;
      }
    }
    int[][] blocks = new int[(found + BLOCK - 1) / BLOCK][];
    for (int b = 0; b < blocks.length; b++) {
      blocks[b] = Arrays.copyOfRange(there, b * BLOCK, Math.min((b + 1) * BLOCK, found));
    }
    return blocks;
  }

  /**
   * Adds the weighted rows of one block.
   *
   * @param block rows of the weights
   * @param weight column of the weights
   * @param forms the row that goes with each row of the weights
   * @param at the sum to add to
   */
  static void add(
      Batch weights,
      int[] block,
      int weight,
      double[][] forms,
      double[] @Nullable [] sums,
      int at) {
    double[] sum = sums[at];
    if (sum == null) {
      sum = new double[forms[0].length];
      sums[at] = sum;
    }
    if (block.length == BLOCK) {
      add(
          weights.get(block[0], weight),
          forms[0],
          weights.get(block[1], weight),
          forms[1],
          weights.get(block[2], weight),
          forms[2],
          weights.get(block[3], weight),
          forms[3],
          sum);
    } else {
      for (int i = 0; i < block.length; i++) {
        add(weights.get(block[i], weight), forms[i], sum);
      }
    }
  }

  private static void add(
      double weight0,
      double[] row0,
      double weight1,
      double[] row1,
      double weight2,
      double[] row2,
      double weight3,
      double[] row3,
      double[] sum) {
    for (int f = 0; f < sum.length; f++) { // auto-vectorises
      sum[f] += weight0 * row0[f] + weight1 * row1[f] + weight2 * row2[f] + weight3 * row3[f];
    }
  }

  private static void add(double weight, double[] row, double[] sum) {
    for (int f = 0; f < sum.length; f++) {
      sum[f] += weight * row[f];
    }
  }

  static Batch absolute(Batch weights) {
    return weights.editRows(
        (i, row) -> {
          for (int j = 0; j < row.length; j++) {
            row[j] = Math.abs(row[j]);
          }
        });
  }
}
