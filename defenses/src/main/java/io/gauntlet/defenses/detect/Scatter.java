package io.gauntlet.defenses.detect;

import io.gauntlet.model.Batch;
import java.util.Arrays;
import java.util.List;

/**
 * How rows scatter about their means: the matrix of centred rows, transposed, times itself.
 *
 * <p>Up to {@value #WIDEST} units it is made in one pass over the rows; above, or with fewer rows
 * than units, it never is, and every product passes over the rows. Time is linear in the rows
 * either way, and memory does not grow with them.
 */
final class Scatter {
  private static final int WIDEST = 1024;

  private final Batch all;
  private final List<int[]> groups;
  private final double[][] means;
  private final double[][] gram; // empty where it is never made

  private Scatter(Batch all, List<int[]> groups) {
    this.all = all;
    this.groups = groups;
    means = new double[groups.size()][];
    Arrays.setAll(means, group -> mean(all, groups.get(group)));
    boolean narrow = all.width() <= WIDEST && all.width() <= rows();
    gram = narrow ? gram() : new double[0][];
  }

  /** Of the rows of each group about the mean of the group, added up. */
  static Scatter of(Batch all, List<int[]> groups) {
    return new Scatter(all, List.copyOf(groups));
  }

  /** Rows in all groups. */
  int rows() {
    return groups.stream().mapToInt(group -> group.length).sum();
  }

  private static double[] mean(Batch all, int[] rows) {
    double[] mean = new double[all.width()];
    float[] x = new float[mean.length];
    for (int row : rows) {
      all.copyRow(row, x);
      for (int j = 0; j < x.length; j++) {
        mean[j] += x[j];
      }
    }
    for (int j = 0; j < mean.length; j++) {
      mean[j] /= rows.length;
    }
    return mean;
  }

  /** Four rows at a time: the matrix is read and written a quarter as often. */
  private double[][] gram() {
    int width = all.width();
    double[][] sums = new double[width][width];
    double[][] four = new double[4][width];
    for (int group = 0; group < means.length; group++) {
      int[] rows = groups.get(group);
      for (int from = 0; from < rows.length; from += 4) {
        for (int k = 0; k < 4; k++) {
          if (from + k < rows.length) {
            centre(group, rows[from + k], four[k]);
          } else {
            Arrays.fill(four[k], 0);
          }
        }
        for (int i = 0; i < width; i++) {
          addProducts(sums[i], i, four[0], four[1], four[2], four[3]);
        }
      }
    }
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < i; j++) {
        sums[i][j] = sums[j][i];
      }
    }
    return sums;
  }

  private static void addProducts(
      double[] sum, int i, double[] a, double[] b, double[] c, double[] d) {
    double ai = a[i];
    double bi = b[i];
    double ci = c[i];
    double di = d[i];
    for (int j = i; j < sum.length; j++) { // auto-vectorises
      sum[j] += ai * a[j] + bi * b[j] + ci * c[j] + di * d[j];
    }
  }

  private void centre(int group, int row, double[] into) {
    double[] mean = means[group];
    for (int j = 0; j < into.length; j++) {
      into[j] = all.get(row, j) - mean[j];
    }
  }

  /** Its product with each vector of a block. */
  double[][] times(double[][] block) {
    int width = all.width();
    double[][] image = new double[block.length][width];
    if (gram.length > 0) {
      for (int k = 0; k < block.length; k++) {
        for (int i = 0; i < width; i++) {
          plus(image[k], block[k][i], gram[i]);
        }
      }
      return image;
    }
    double[] x = new double[width];
    for (int group = 0; group < means.length; group++) {
      for (int row : groups.get(group)) {
        centre(group, row, x);
        for (int k = 0; k < block.length; k++) {
          plus(image[k], dot(block[k], x), x);
        }
      }
    }
    return image;
  }

  /** Where the rows of a group lie along each of some directions, from their mean. */
  double[][] coordinates(int group, double[][] directions) {
    int[] rows = groups.get(group);
    double[] x = new double[all.width()];
    double[][] coordinates = new double[rows.length][directions.length];
    for (int i = 0; i < rows.length; i++) {
      centre(group, rows[i], x);
      for (int k = 0; k < directions.length; k++) {
        coordinates[i][k] = dot(directions[k], x);
      }
    }
    return coordinates;
  }

  static double dot(double[] a, double[] b) {
    double even = 0;
    double odd = 0;
    int j = 0;
    for (; j + 1 < a.length; j += 2) { // two sums, or each addition waits for the one before
      even += a[j] * b[j];
      odd += a[j + 1] * b[j + 1];
    }
    return j < a.length ? even + odd + a[j] * b[j] : even + odd;
  }

  static void plus(double[] sum, double factor, double[] vector) {
    for (int j = 0; j < sum.length; j++) {
      sum[j] += factor * vector[j];
    }
  }
}
