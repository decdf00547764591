package io.gauntlet.attacks.poisoning;

import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.MatrixUtils;

/**
 * A linear support vector machine with the squared hinge: the {@code w, b} that minimise {@code
 * lambda/2 |(w, b)|^2 + mean of max(0, 1 - y (w x + b))^2 / 2}.
 *
 * <p>Found by Newton's method (Chapelle: <a href="https://doi.org/10.1162/neco.2007.19.5.1155">
 * Training a Support Vector Machine in the Primal</a>, Neural Computation 2007), which is at the
 * minimum as soon as a step changes no support vector.
 */
final class LinearSvm {
  private static final int MOST_STEPS = 200;
  private static final double FLAT = 1e-9;

  private final double[] weights; // the bias comes last
  private final DecompositionSolver curvature;

  private LinearSvm(double[] weights, DecompositionSolver curvature) {
    this.weights = weights;
    this.curvature = curvature;
  }

  /** Trains, beginning at some weights. */
  static LinearSvm train(TwoClasses sample, double lambda, double[] start) {
    double[] weights = start;
    for (int step = 0; step < MOST_STEPS; step++) {
      double[] slope = sample.slope(weights, lambda);
      DecompositionSolver curvature = solver(sample.curvature(weights, lambda));
      if (length(slope) <= FLAT) {
        return new LinearSvm(weights, curvature);
      }
      weights = descended(sample, lambda, weights, slope, solve(curvature, slope));
    }
    return new LinearSvm(weights, solver(sample.curvature(weights, lambda)));
  }

  /** Goes against {@code newton}, half as far until the objective falls as its slope promises. */
  private static double[] descended(
      TwoClasses sample, double lambda, double[] from, double[] slope, double[] newton) {
    double here = sample.objective(from, lambda);
    double promise = dot(slope, newton);
    double share = 1;
    double[] to = moved(from, newton, share);
    while (share > 1e-9 && sample.objective(to, lambda) > here - 1e-4 * share * promise) {
      share /= 2;
      to = moved(from, newton, share);
    }
    return to;
  }

  private static double[] moved(double[] from, double[] newton, double share) {
    double[] to = from.clone();
    for (int j = 0; j < to.length; j++) {
      to[j] -= share * newton[j];
    }
    return to;
  }

  private static DecompositionSolver solver(double[][] matrix) {
    return new CholeskyDecomposition(MatrixUtils.createRealMatrix(matrix), 1e-6, 0).getSolver();
  }

  private static double[] solve(DecompositionSolver solver, double[] right) {
    return solver.solve(new ArrayRealVector(right, false)).toArray();
  }

  static double dot(double[] one, double[] other) {
    double sum = 0;
    for (int j = 0; j < one.length; j++) {
      sum += one[j] * other[j];
    }
    return sum;
  }

  private static double length(double[] vector) {
    return Math.sqrt(dot(vector, vector));
  }

  double[] weights() {
    return weights.clone();
  }

  /**
   * How a smooth function of the weights changes with one training point, which moves the weights
   * that are trained on it: the implicit function theorem at the minimum.
   *
   * @param point the bias's 1 last
   * @param sign 1 or -1
   * @param count points of the training sample, this one included
   * @param byWeights the function's derivative by the weights
   */
  double[] byPoint(double[] point, int sign, int count, double[] byWeights) {
    double[] change = new double[point.length - 1];
    double score = dot(weights, point);
    if (sign * score >= 1) {
      return change; // no support vector: the weights do not feel it
    }
    double[] pull = solve(curvature, byWeights);
    double along = dot(pull, point);
    for (int j = 0; j < change.length; j++) {
      change[j] = -(along * weights[j] + (score - sign) * pull[j]) / count;
    }
    return change;
  }

  /** The same decision, as a model of two classes. */
  Mlp model(Domain domain) {
    float[] plus = new float[weights.length - 1];
    float[] minus = new float[weights.length - 1];
    for (int j = 0; j < plus.length; j++) {
      plus[j] = (float) weights[j] / 2;
      minus[j] = -plus[j];
    }
    float bias = (float) weights[weights.length - 1] / 2;
    return Mlp.linear(domain, new float[][] {minus, plus}, new float[] {-bias, bias});
  }
}
