package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Questions about a piecewise linear victim: values, and Jacobians from differences. What it calls
 * equal is equal up to the rounding of scores that are floats.
 */
final class Probe {
  /** Share of the largest score that rounding inside the victim may change a score by. */
  private static final double ROUNDING = 2e-6;

  private static final int HALVINGS = 6;
  private static final int STARTS = 20;

  private final Oracle oracle;
  private final Box box;
  private double largest;

  /** Value and derivative at an input: all a linear function is. */
  static final class Tangent {
    final float[] at;
    final double[] scaledAt;
    final double[] value;

    /** Shape [classes][features], by the scaled input, so that units of measurement fall out. */
    final double[][] jacobian;

    /** Whether every step was long enough to drown rounding, and in one linear piece. */
    final boolean isSharp;

    Tangent(Box box, float[] at, double[] value, double[][] jacobian, boolean isSharp) {
      this.at = at;
      scaledAt = box.scaled(at);
      this.value = value;
      this.jacobian = jacobian;
      this.isSharp = isSharp;
    }

    /** That of the function that is zero everywhere. */
    static Tangent zero(Box box, int classes) {
      return new Tangent(
          box, box.centre(), new double[classes], new double[classes][box.features()], true);
    }
  }

  Probe(Oracle oracle) {
    this.oracle = oracle;
    box = Box.of(oracle);
  }

  Box box() {
    return box;
  }

  /** Size of the largest centred score seen. */
  double largest() {
    return largest;
  }

  /** Centred scores, [rows][classes]. */
  double[][] ask(Batch inputs) {
    double[][] scores = CentredScores.of(oracle.ask(inputs));
    for (double[] row : scores) {
      for (double score : row) {
        largest = Math.max(largest, Math.abs(score));
      }
    }
    return scores;
  }

  /** Whether {@code difference} is zero, or a sum of {@code terms} scores' rounding. */
  boolean isRounding(double[] difference, double terms) {
    for (double value : difference) {
      if (Math.abs(value) > terms * ROUNDING * largest) {
        return false;
      }
    }
    return true;
  }

  /** The tangent at a random input that does not lie near a kink, if one is found soon. */
  Tangent sharpTangent(RandomGenerator random) {
    Tangent tangent = jacobian(box.uniform(random));
    for (int trial = 1; trial < STARTS && !tangent.isSharp; trial++) {
      tangent = jacobian(box.uniform(random));
    }
    return tangent;
  }

  /** Along each feature the longest step is taken in which the victim is linear. */
  Tangent jacobian(float[] x) {
    double[] value = ask(Batch.of(x))[0];
    double[][] byFeature = new double[x.length][];
    double[] steps = new double[x.length];
    List<Integer> open = new ArrayList<>();
    for (int j = 0; j < x.length; j++) {
      double up = box.domain().upper(j) - (double) x[j];
      double down = x[j] - (double) box.domain().lower(j);
      steps[j] = up >= down ? up : -down;
      open.add(j);
    }
    double[][] far = ask(stepped(x, open, steps));
    for (int halving = 0; !open.isEmpty() && halving <= HALVINGS; halving++) {
      for (int j : open) {
        steps[j] /= 2;
      }
      double[][] near = ask(stepped(x, open, steps));
      List<Integer> bent = new ArrayList<>();
      List<double[]> nextFar = new ArrayList<>();
      for (int i = 0; i < open.size(); i++) {
        int j = open.get(i);
        double reach = length(x, j, 2 * steps[j]);
        double half = length(x, j, steps[j]);
        double[] bend = new double[value.length];
        byFeature[j] = new double[value.length];
        for (int k = 0; k < value.length; k++) {
          byFeature[j][k] = (far[i][k] - value[k]) / reach;
          bend[k] = near[i][k] - value[k] - byFeature[j][k] * half;
        }
        if (!isRounding(bend, 2)) {
          bent.add(j);
          nextFar.add(near[i]);
        }
      }
      open = bent;
      far = nextFar.toArray(double[][]::new);
    }
    return new Tangent(box, x, value, transposed(byFeature), open.isEmpty());
  }

  /** What of a step along a feature is left once its end is a float, as a share of the range. */
  private double length(float[] x, int j, double step) {
    return ((float) (x[j] + step) - (double) x[j]) / box.width(j);
  }

  private Batch stepped(float[] x, List<Integer> features, double[] steps) {
    return Batch.wrap(x.length, new float[features.size() * x.length])
        .editRows(
            (i, row) -> {
              System.arraycopy(x, 0, row, 0, x.length);
              int j = features.get(i);
              row[j] = box.domain().clip(j, (float) (x[j] + steps[j]));
            });
  }

  private static double[][] transposed(double[][] matrix) {
    double[][] transposed = new double[matrix[0].length][matrix.length];
    for (int j = 0; j < matrix.length; j++) {
      for (int k = 0; k < transposed.length; k++) {
        transposed[k][j] = matrix[j][k];
      }
    }
    return transposed;
  }
}
