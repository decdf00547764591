package io.gauntlet.defenses.evasion;

import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;

/** What {@link LocalIntrinsicDimensionality} looks at: the features of clean references. */
final class Surroundings implements EvasionDetector {
  private static final double TINY = 1e-12; // of a squared distance, where a reference is met

  private final LocalIntrinsicDimensionality settings;
  private final DifferentiableModel features;
  private final double[][] references;

  Surroundings(
      LocalIntrinsicDimensionality settings, DifferentiableModel features, double[][] references) {
    this.settings = settings;
    this.features = features;
    this.references = references;
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    return new FeaturePass(features.forward(inputs), this::dimensionality);
  }

  /** With s, the sum of log(r_i / r_k), the estimate -k / s, and its derivative k / s^2 * ds. */
  private double dimensionality(double[] x, double[] slope) {
    double[] squares = new double[references.length];
    for (int i = 0; i < squares.length; i++) {
      for (int k = 0; k < x.length; k++) {
        double part = x[k] - references[i][k];
        squares[i] += part * part;
      }
      squares[i] = Math.max(squares[i], TINY);
    }
    int[] nearest = nearest(squares);
    int last = nearest[nearest.length - 1];
    double sum = 0;
    for (int i : nearest) {
      sum += (Math.log(squares[i]) - Math.log(squares[last])) / 2;
    }
    sum = Math.min(sum, -TINY); // all at one distance
    double steepness = nearest.length / (sum * sum);
    for (int i : nearest) {
      for (int k = 0; k < x.length; k++) {
        slope[k] +=
            steepness
                * ((x[k] - references[i][k]) / squares[i]
                    - (x[k] - references[last][k]) / squares[last]);
      }
    }
    return -nearest.length / sum;
  }

  /** The neighbours, nearest first. */
  private int[] nearest(double[] squares) {
    int[] nearest = new int[settings.neighbours()];
    for (int i = 0; i < squares.length; i++) {
      int place = Math.min(i, nearest.length);
      while (place > 0 && squares[nearest[place - 1]] > squares[i]) {
        if (place < nearest.length) {
          nearest[place] = nearest[place - 1];
        }
        place--;
      }
      if (place < nearest.length) {
        nearest[place] = i;
      }
    }
    return nearest;
  }

  @Override
  public String route() {
    return "exact gradient";
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}
