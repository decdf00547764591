package io.gauntlet.attacks.poisoning;

import io.gauntlet.data.Examples;
import java.util.ArrayList;
import java.util.List;

/** Points of two classes, in 64 bits, each with a 1 at its end that the bias goes with. */
final class TwoClasses {
  private final List<double[]> points;
  private final List<Integer> signs;

  private TwoClasses(List<double[]> points, List<Integer> signs) {
    this.points = points;
    this.signs = signs;
  }

  /** Class 1 is the positive one. */
  static TwoClasses of(Examples examples) {
    List<double[]> points = new ArrayList<>();
    List<Integer> signs = new ArrayList<>();
    for (int row = 0; row < examples.count(); row++) {
      int label = examples.labels().atRow(row);
      if (label > 1) {
        throw new IllegalArgumentException(
            "a linear SVM is of classes 0 and 1, but row %s has class %s".formatted(row, label));
      }
      points.add(point(examples.inputs().row(row)));
      signs.add(label == 1 ? 1 : -1);
    }
    return new TwoClasses(points, signs);
  }

  static double[] point(float[] features) {
    double[] point = new double[features.length + 1];
    for (int j = 0; j < features.length; j++) {
      point[j] = features[j];
    }
    point[features.length] = 1;
    return point;
  }

  TwoClasses with(double[] point, int sign) {
    List<double[]> more = new ArrayList<>(points);
    List<Integer> moreSigns = new ArrayList<>(signs);
    more.add(point);
    moreSigns.add(sign);
    return new TwoClasses(more, moreSigns);
  }

  int count() {
    return points.size();
  }

  private double slack(int i, double[] weights) {
    return 1 - signs.get(i) * LinearSvm.dot(weights, points.get(i));
  }

  /** Mean of half the squared hinge. */
  double loss(double[] weights) {
    double sum = 0;
    for (int i = 0; i < count(); i++) {
      double slack = Math.max(0, slack(i, weights));
      sum += slack * slack / 2;
    }
    return sum / count();
  }

  double objective(double[] weights, double lambda) {
    return lambda / 2 * LinearSvm.dot(weights, weights) + loss(weights);
  }

  /** Derivative of the objective; of the loss alone where {@code lambda} is 0. */
  double[] slope(double[] weights, double lambda) {
    double[] slope = new double[weights.length];
    for (int i = 0; i < count(); i++) {
      double slack = slack(i, weights);
      if (slack > 0) {
        double factor = -signs.get(i) * slack / count();
        double[] point = points.get(i);
        for (int j = 0; j < slope.length; j++) {
          slope[j] += factor * point[j];
        }
      }
    }
    for (int j = 0; j < slope.length; j++) {
      slope[j] += lambda * weights[j];
    }
    return slope;
  }

  /** Second derivative of the objective: of the points within the margin. */
  double[][] curvature(double[] weights, double lambda) {
    double[][] curvature = new double[weights.length][weights.length];
    for (int i = 0; i < count(); i++) {
      if (slack(i, weights) > 0) {
        double[] point = points.get(i);
        for (int j = 0; j < point.length; j++) {
          double factor = point[j] / count();
          for (int k = 0; k < point.length && factor != 0; k++) {
            curvature[j][k] += factor * point[k];
          }
        }
      }
    }
    for (int j = 0; j < weights.length; j++) {
      curvature[j][j] += lambda;
    }
    return curvature;
  }
}
