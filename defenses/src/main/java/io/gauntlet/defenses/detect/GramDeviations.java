package io.gauntlet.defenses.detect;

import io.gauntlet.model.Batch;
import java.util.Arrays;

/** How far the Gram matrices of activations leave the ranges that trusted ones keep. */
final class GramDeviations {
  private static final double WIDTH = 10; // median absolute deviations to either side

  private final Batch trusted;
  private final int positions;
  private final int orders;
  private final int channels;

  /**
   * Ranges of trusted rows.
   *
   * @param trusted shape (rows, channels times positions)
   */
  GramDeviations(Batch trusted, int positions, int orders) {
    this.trusted = trusted;
    this.positions = positions;
    this.orders = orders;
    channels = trusted.width() / positions;
  }

  /** Of each row, added up over all entries: one entry at a time, so that none is kept. */
  double[] of(Batch rows) {
    double[] sums = new double[rows.rows()];
    double[] usual = new double[trusted.rows()];
    for (int order = 1; order <= orders; order++) {
      double scale = scale(order);
      for (int a = 0; a < channels && scale > 0; a++) {
        for (int b = a; b < channels; b++) {
          for (int i = 0; i < usual.length; i++) {
            usual[i] = entry(trusted, i, a, b, order);
          }
          double median = median(usual);
          for (int i = 0; i < usual.length; i++) {
            usual[i] = Math.abs(usual[i] - median);
          }
          double spread = WIDTH * median(usual);
          double least = median - spread;
          double most = median + spread;
          for (int i = 0; i < sums.length; i++) {
            double value = entry(rows, i, a, b, order);
            sums[i] += Math.max(0, least - value) / (Math.abs(least) + scale);
            sums[i] += Math.max(0, value - most) / (Math.abs(most) + scale);
          }
        }
      }
    }
    return sums;
  }

  /** The mean size of the entries on the diagonal. */
  private double scale(int order) {
    double sum = 0;
    for (int i = 0; i < trusted.rows(); i++) {
      for (int a = 0; a < channels; a++) {
        sum += Math.abs(entry(trusted, i, a, a, order));
      }
    }
    return sum / ((double) trusted.rows() * channels);
  }

  /** The root of the sum of products of powers, with the sign of the sum. */
  private double entry(Batch rows, int row, int a, int b, int order) {
    double sum = 0;
    for (int p = 0; p < positions; p++) {
      double x = rows.get(row, a * positions + p);
      double y = rows.get(row, b * positions + p);
      sum += power(x, order) * power(y, order);
    }
    return order == 1 ? sum : Math.signum(sum) * Math.pow(Math.abs(sum), 1.0 / order);
  }

  private static double power(double x, int order) {
    double power = x;
    for (int i = 1; i < order; i++) {
      power *= x;
    }
    return power;
  }

  private static double median(double[] numbers) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
