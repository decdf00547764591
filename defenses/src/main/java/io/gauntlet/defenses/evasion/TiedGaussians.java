package io.gauntlet.defenses.evasion;

import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import java.util.List;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * What {@link Mahalanobis} has fitted.
 *
 * @param features layer looked at
 * @param whitening takes the covariance to the identity, so that distances are Euclidean
 * @param means of the classes, whitened
 */
record TiedGaussians(
    Mahalanobis settings, DifferentiableModel features, RealMatrix whitening, List<double[]> means)
    implements EvasionDetector {
  @Override
  public ForwardPass forward(Batch inputs) {
    return new FeaturePass(features.forward(inputs), this::nearest);
  }

  private double nearest(double[] x, double[] slope) {
    double[] white = whitening.operate(x);
    double[] nearest = white;
    double least = Double.POSITIVE_INFINITY;
    for (double[] mean : means) {
      double[] away = new double[white.length];
      double squares = 0;
      for (int k = 0; k < white.length; k++) {
        away[k] = white[k] - mean[k];
        squares += away[k] * away[k];
      }
      if (squares < least) {
        least = squares;
        nearest = away;
      }
    }
    double[] half = whitening.preMultiply(nearest);
    for (int k = 0; k < slope.length; k++) {
      slope[k] = 2 * half[k];
    }
    return least;
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
