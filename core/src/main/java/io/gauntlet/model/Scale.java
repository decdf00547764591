package io.gauntlet.model;

import org.jspecify.annotations.Nullable;

/**
 * Every feature times a weight of its own, plus a bias: what a normalisation of pixels or of
 * batches is once the network has been trained.
 *
 * @param weights shape (1, features), finite
 * @param bias shape (1, features), finite
 */
public record Scale(Batch weights, Batch bias) implements Layer.Linear {
  private static final int[] FIRST = {0};

  /** Checks that the two fit. */
  public Scale {
    if (weights.rows() != 1 || bias.rows() != 1 || weights.width() != bias.width()) {
      throw new IllegalArgumentException(
          "a scale needs one row of weights and one as long of biases, but had %s and %s"
              .formatted(weights, bias));
    }
  }

  @Override
  public int inputs() {
    return weights.width();
  }

  @Override
  public int outputs() {
    return weights.width();
  }

  @Override
  public double bias(int output) {
    return bias.get(0, output);
  }

  @Override
  public int terms() {
    return 1;
  }

  @Override
  public double[] apply(double[] x) {
    double[] y = new double[x.length];
    for (int j = 0; j < y.length; j++) {
      y[j] = (double) weights.get(0, j) * x[j] + bias.get(0, j);
    }
    return y;
  }

  @Override
  public void addTransposed(double[] @Nullable [] byOutput, double[] @Nullable [] byInput) {
    for (int j = 0; j < byOutput.length; j++) {
      double[] forms = byOutput[j];
      if (forms != null) {
        Columns.add(weights, FIRST, j, new double[][] {forms}, byInput, j);
      }
    }
  }

  @Override
  public Layer.Linear absolute() {
    return new Scale(Columns.absolute(weights), bias.times(0));
  }
}
