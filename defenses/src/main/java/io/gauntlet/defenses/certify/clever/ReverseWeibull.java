package io.gauntlet.defenses.certify.clever;

import java.util.Arrays;
import org.apache.commons.math3.analysis.UnivariateFunction;
import org.apache.commons.math3.analysis.solvers.BrentSolver;
import org.apache.commons.math3.distribution.WeibullDistribution;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.univariate.BrentOptimizer;
import org.apache.commons.math3.optim.univariate.SearchInterval;
import org.apache.commons.math3.optim.univariate.UnivariateObjectiveFunction;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;

/**
 * How the largest of many bounded numbers is distributed: {@code P(X <= x) = exp(-((location - x) /
 * scale)^shape)} below the location, which no number exceeds.
 *
 * @param location the upper end
 * @param scale how far below it the numbers lie; 0 where all are the same
 * @param shape from 1, where the upper end is the likeliest number, to {@link #LARGEST_SHAPE}
 */
record ReverseWeibull(double location, double scale, double shape) {
  /** The larger, the more like a distribution without an upper end: its location is on its way. */
  static final double LARGEST_SHAPE = 100;

  private static final double IMPROBABLE = 0.001;
  private static final double NEAREST = 1e-6; // a location to the largest number, in their range
  private static final int STEPS = 32; // between the nearest location and the farthest
  private static final int EVALUATIONS = 1000;
  private static final double TOLERANCE = 1e-9;
  private static final double OF_SHAPE = 1e-6; // the likelihood is flat there

  /**
   * The likeliest among those with a shape of at least 1: below, the likelihood has no largest
   * value (Smith 1985, <a href="https://doi.org/10.1093/biomet/72.1.67">Maximum likelihood
   * estimation in a class of nonregular cases</a>). Given a location, the other two follow by an
   * equation in one unknown; the location is searched on a grid, then by Brent's method.
   *
   * @param maxima at least one, finite
   */
  static ReverseWeibull fit(double[] maxima) {
    double largest = StatUtils.max(maxima);
    double range = largest - StatUtils.min(maxima);
    if (range == 0) {
      return new ReverseWeibull(largest, 0, 1);
    }
    ReverseWeibull atLargest = new ReverseWeibull(largest, largest - StatUtils.mean(maxima), 1);
    ReverseWeibull beyond = likeliestBeyond(largest, range, maxima);
    return beyond.likelihood(maxima) > atLargest.likelihood(maxima) ? beyond : atLargest;
  }

  /** The likeliest of those with a location above the largest number. */
  private static ReverseWeibull likeliestBeyond(double largest, double range, double[] maxima) {
    double first = Math.log(NEAREST * range);
    double step = (Math.log(LARGEST_SHAPE * range) - first) / STEPS;
    UnivariateFunction profile =
        logarithm -> at(largest + Math.exp(logarithm), maxima).likelihood(maxima);
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i <= STEPS; i++) {
      double likelihood = profile.value(first + i * step);
      if (likelihood > most) {
        most = likelihood;
        best = i;
      }
    }
    double logarithm =
        new BrentOptimizer(TOLERANCE, TOLERANCE)
            .optimize(
                new MaxEval(EVALUATIONS),
                new UnivariateObjectiveFunction(profile),
                GoalType.MAXIMIZE,
                new SearchInterval(first + (best - 1) * step, first + (best + 1) * step))
            .getPoint();
    return at(largest + Math.exp(logarithm), maxima);
  }

  /** The likeliest with this location, which lies above all numbers. */
  private static ReverseWeibull at(double location, double[] maxima) {
    double farthest = location - StatUtils.min(maxima);
    double[] logs = Arrays.stream(maxima).map(x -> Math.log((location - x) / farthest)).toArray();
    double mean = StatUtils.mean(logs);
    double shape = shape(logs, mean);
    double powers = Arrays.stream(logs).map(log -> Math.exp(shape * log)).sum() / logs.length;
    return new ReverseWeibull(location, farthest * Math.pow(powers, 1 / shape), shape);
  }

  /** Where the derivative of the likelihood by the shape, which only falls, is zero. */
  private static double shape(double[] logs, double mean) {
    UnivariateFunction fall =
        shape -> {
          double powers = 0;
          double weighted = 0;
          for (double log : logs) {
            double power = Math.exp(shape * log);
            powers += power;
            weighted += power * log;
          }
          return weighted / powers - 1 / shape - mean;
        };
    if (fall.value(1) >= 0) {
      return 1;
    }
    if (fall.value(LARGEST_SHAPE) <= 0) {
      return LARGEST_SHAPE;
    }
    return new BrentSolver(OF_SHAPE).solve(EVALUATIONS, fall, 1, LARGEST_SHAPE);
  }

  /** Mean of the logarithm of the density. */
  double likelihood(double[] maxima) {
    double sum = 0;
    for (double x : maxima) {
      double away = (location - x) / scale;
      double slope = shape == 1 ? 0 : (shape - 1) * Math.log(away); // the end itself has a density
      sum += slope - Math.pow(away, shape);
    }
    return Math.log(shape / scale) + sum / maxima.length;
  }

  /**
   * Whether the numbers it was fitted to look like its own, and have an end at all: false where its
   * shape is the largest, or a test by Kolmogorov and Smirnov rejects it.
   */
  boolean isFollowedBy(double[] maxima) {
    if (scale == 0) {
      return true;
    }
    double[] away = Arrays.stream(maxima).map(x -> location - x).toArray();
    double pValue =
        new KolmogorovSmirnovTest()
            .kolmogorovSmirnovTest(new WeibullDistribution(null, shape, scale), away, false);
    return shape < LARGEST_SHAPE && pValue >= IMPROBABLE;
  }
}
