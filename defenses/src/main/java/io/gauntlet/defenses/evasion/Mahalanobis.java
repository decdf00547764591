package io.gauntlet.defenses.evasion;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.Labels;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.exception.MathIllegalArgumentException;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Mahalanobis distance: an input whose features lie far from those of every class is suspicious.
 *
 * <p>Follows Lee, Lee, Lee, Shin: <a href="https://arxiv.org/abs/1807.03888">A Simple Unified
 * Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks</a>, NeurIPS 2018: a
 * normal distribution for each class with one covariance for all; the score is the squared distance
 * from the nearest mean. Differs from it in three ways. It looks at the penultimate layer alone:
 * the paper weights all layers by a regression that has seen attacks. Inputs are not moved towards
 * the nearest class first. The covariance is drawn towards a multiple of the identity, for units
 * that never fire make it singular.
 *
 * <p>Attackers follow the exact gradient. Blind to inputs whose features are those of another
 * class, which is what an attack without bounds on its effort reaches.
 *
 * @param shrinkage share of the identity, times the mean variance, in the covariance; from 0 to 1
 */
public record Mahalanobis(float shrinkage) {
  private static final double SINGULAR = 1e-12;

  /** Checks the range. */
  public Mahalanobis {
    if (!(shrinkage >= 0 && shrinkage <= 1)) {
      throw new IllegalArgumentException("shrinkage must be from 0 to 1, but was " + shrinkage);
    }
  }

  /** One percent of the identity. */
  public static Mahalanobis standard() {
    return new Mahalanobis(0.01f);
  }

  /**
   * A detector that has seen clean examples.
   *
   * @param model whose features are looked at; they must be differentiable
   * @param clean at least two; every class that has one gets a distribution
   * @throws IllegalArgumentException if the covariance is singular, as it may be without shrinkage
   * @throws io.gauntlet.model.ModelException if the model's features cannot be differentiated
   */
  public EvasionDetector fit(FeatureModel model, Examples clean) {
    Check.atLeast(2, clean.count(), "number of clean examples");
    DifferentiableModel layer = Features.of(model);
    double[][] features = Features.of(layer, clean.inputs());
    double[][] means = means(features, clean.labels());
    RealMatrix whitening = whitening(covariance(features, clean.labels(), means));
    List<double[]> whitened =
        Arrays.stream(means).filter(mean -> mean.length > 0).map(whitening::operate).toList();
    return new TiedGaussians(this, layer, whitening, whitened);
  }

  /** Of each class; nothing for a class without examples. */
  private static double[][] means(double[][] features, Labels labels) {
    double[][] means = new double[labels.classes()][];
    for (int label = 0; label < means.length; label++) {
      int wanted = label;
      int[] rows = labels.rowsWhere(other -> other == wanted);
      means[label] =
          rows.length == 0
              ? new double[0]
              : IntStream.range(0, features[0].length)
                  .mapToDouble(k -> Arrays.stream(rows).mapToDouble(i -> features[i][k]).sum())
                  .map(sum -> sum / rows.length)
                  .toArray();
    }
    return means;
  }

  /** Of all features about the mean of their class. */
  private static RealMatrix covariance(double[][] features, Labels labels, double[][] means) {
    double[][] centred = new double[features.length][];
    for (int row = 0; row < centred.length; row++) {
      double[] mean = means[labels.atRow(row)];
      double[] x = features[row];
      centred[row] = IntStream.range(0, x.length).mapToDouble(k -> x[k] - mean[k]).toArray();
    }
    RealMatrix rows = new Array2DRowRealMatrix(centred, false);
    return rows.transpose().multiply(rows).scalarMultiply(1.0 / centred.length);
  }

  /** The matrix that takes the shrunk covariance to the identity. */
  private RealMatrix whitening(RealMatrix covariance) {
    int width = covariance.getColumnDimension();
    double mean = covariance.getTrace() / width;
    RealMatrix shrunk =
        covariance
            .scalarMultiply(1 - shrinkage)
            .add(MatrixUtils.createRealIdentityMatrix(width).scalarMultiply(shrinkage * mean));
    try {
      RealMatrix root = new CholeskyDecomposition(shrunk, SINGULAR * mean, SINGULAR * mean).getL();
      return MatrixUtils.inverse(root);
    } catch (MathIllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the features' covariance must not be singular, but was with a shrinkage of %s"
              .formatted(shrinkage),
          e);
    }
  }
}
