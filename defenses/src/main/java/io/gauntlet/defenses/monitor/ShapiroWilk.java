package io.gauntlet.defenses.monitor;

import java.util.Arrays;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * The statistic W of Shapiro and Wilk: 1 for a sample in perfect normal order, less otherwise.
 *
 * <p>Follows Royston: Remark AS R94: A Remark on Algorithm AS 181: The W-test for Normality, JRSS C
 * 1995; W only, without its p-value.
 */
final class ShapiroWilk {
  private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);

  private ShapiroWilk() {}

  /** W of at least 6 values; 0 where all are equal. */
  static double of(double[] sample) {
    return of(sample, weights(sample.length));
  }

  /** The same with the {@link #weights} of its size, which take longer than the rest. */
  static double of(double[] sample, double[] weights) {
    double[] x = sample.clone();
    Arrays.sort(x);
    double mean = Arrays.stream(x).average().orElse(Double.NaN);
    double squares = 0;
    for (double value : x) {
      squares += (value - mean) * (value - mean);
    }
    if (squares == 0) {
      return 0;
    }
    double ordered = 0;
    for (int i = 0; i < x.length; i++) {
      ordered += weights[i] * x[i];
    }
    return ordered * ordered / squares;
  }

  /** What the sorted values of a sample of this size are weighed with. */
  static double[] weights(int n) {
    double[] scores = new double[n];
    double squares = 0;
    for (int i = 0; i < n; i++) {
      scores[i] = NORMAL.inverseCumulativeProbability((i + 1 - 0.375) / (n + 0.25));
      squares += scores[i] * scores[i];
    }
    double u = 1 / Math.sqrt(n);
    double last =
        scores[n - 1] / Math.sqrt(squares)
            + u * (0.221157 + u * (-0.147981 + u * (-2.071190 + u * (4.434685 - 2.706056 * u))));
    double nextToLast =
        scores[n - 2] / Math.sqrt(squares)
            + u * (0.042981 + u * (-0.293762 + u * (-1.752461 + u * (5.682633 - 3.582633 * u))));
    double inner =
        (squares - 2 * (scores[n - 1] * scores[n - 1] + scores[n - 2] * scores[n - 2]))
            / (1 - 2 * (last * last + nextToLast * nextToLast));
    double[] weights = new double[n];
    for (int i = 2; i < n - 2; i++) {
      weights[i] = scores[i] / Math.sqrt(inner);
    }
    weights[n - 1] = last;
    weights[n - 2] = nextToLast;
    weights[0] = -last;
    weights[1] = -nextToLast;
    return weights;
  }
}
