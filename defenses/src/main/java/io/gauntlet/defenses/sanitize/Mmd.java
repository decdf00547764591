package io.gauntlet.defenses.sanitize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The unbiased estimate of the maximum mean discrepancy with a Gaussian kernel as wide as the
 * median distance, and its permutation test: Gretton, Borgwardt, Rasch, Schölkopf, Smola: <a
 * href="https://jmlr.org/papers/v13/gretton12a.html">A Kernel Two-Sample Test</a>, JMLR 2012.
 */
final class Mmd {
  /** Squared distance of two rows. */
  @FunctionalInterface
  interface SquaredDistance {
    double between(double[] a, double[] b);
  }

  private final double[][] kernel;
  private final double[] sums;
  private final double total;
  private final int first;

  Mmd(List<double[]> x, List<double[]> y, SquaredDistance distance) {
    List<double[]> all = new ArrayList<>(x);
    all.addAll(y);
    first = x.size();
    int n = all.size();
    kernel = new double[n][n];
    double[] distances = new double[n * (n - 1) / 2];
    int pair = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double squared = distance.between(all.get(i), all.get(j));
        kernel[i][j] = squared;
        distances[pair++] = squared;
      }
    }
    Arrays.sort(distances);
    double median = distances[distances.length / 2];
    double width = median > 0 ? median : 1;
    sums = new double[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        kernel[i][j] = Math.exp(-kernel[i][j] / (2 * width));
        kernel[j][i] = kernel[i][j];
        sums[i] += kernel[i][j];
        sums[j] += kernel[i][j];
      }
    }
    total = Arrays.stream(sums).sum() / 2;
  }

  /** MMD² of the samples as they are. */
  double statistic() {
    return statistic(inOrder());
  }

  /**
   * Share of permutations, the samples as they are being one, whose statistic is at least as large:
   * exact at any level, whatever the number of permutations.
   */
  double p(int permutations, RandomGenerator random) {
    int[] order = inOrder();
    double observed = statistic(order);
    int reached = 1;
    for (int permutation = 0; permutation < permutations; permutation++) {
      for (int i = order.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int kept = order[i];
        order[i] = order[j];
        order[j] = kept;
      }
      // sums in another order differ in their last bits
      reached += statistic(order) >= observed - 1e-12 ? 1 : 0;
    }
    return reached / (permutations + 1.0);
  }

  private int[] inOrder() {
    int[] order = new int[kernel.length];
    Arrays.setAll(order, i -> i);
    return order;
  }

  /** Sums the pairs of the first sample only; the others follow from the sums of its rows. */
  private double statistic(int[] order) {
    double within = 0;
    double ofRows = 0;
    for (int i = 0; i < first; i++) {
      double[] row = kernel[order[i]];
      for (int j = 0; j < i; j++) {
        within += row[order[j]];
      }
      ofRows += sums[order[i]];
    }
    double across = ofRows - 2 * within;
    double others = total - within - across;
    double m = first;
    double n = order.length - first;
    return 2 * within / (m * (m - 1)) + 2 * others / (n * (n - 1)) - 2 * across / (m * n);
  }
}
