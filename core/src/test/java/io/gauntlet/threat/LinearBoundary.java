package io.gauntlet.threat;

import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import java.util.SplittableRandom;

/**
 * A two-class linear model and its exact truth: the distance of a point to the boundary is the
 * margin divided by the dual norm of the difference of the two rows of weights, as long as the
 * domain does not get in the way.
 */
final class LinearBoundary {
  final Mlp model;
  private final float[] difference;
  private final float bias;

  LinearBoundary(int features, SplittableRandom random) {
    float[][] weights = new float[2][features];
    difference = new float[features];
    for (int j = 0; j < features; j++) {
      weights[0][j] = random.nextFloat() - 0.5f;
      weights[1][j] = random.nextFloat() - 0.5f;
      difference[j] = weights[0][j] - weights[1][j];
    }
    bias = random.nextFloat() - 0.5f;
    model = Mlp.linear(Domain.of(-1e6f, 1e6f), weights, new float[] {bias, 0});
  }

  /** Score of class 0 minus score of class 1. */
  double margin(float[] x) {
    return bias + Boxed.inner(difference, x);
  }

  double distance(Norm norm, float[] x) {
    Norm dual = norm == Norm.linf() ? Norm.l1() : norm == Norm.l1() ? Norm.linf() : Norm.l2();
    return Math.abs(margin(x)) / dual.of(difference);
  }
}
