package io.gauntlet.model;

import org.jspecify.annotations.Nullable;

/**
 * One step of a {@link ReluNetwork}: either linear, so that its weights can be read and run both
 * ways, or one of the few others that bounds are known for. Features are flattened, images in
 * channels-height-width order, so that flattening is no step.
 */
public sealed interface Layer {
  /** {@code max(x, 0)}, feature by feature. */
  record Relu() implements Layer {}

  /** The sum of two values of one size, as a residual connection ends in. */
  record Add() implements Layer {}

  /** {@code weights * x + bias}, computed in 64 bits. */
  sealed interface Linear extends Layer permits Mlp.Dense, Conv2d, Scale {
    /** Number of features that enter. */
    int inputs();

    /** Number of features that leave. */
    int outputs();

    /** What one output is where every input is zero. */
    double bias(int output);

    /** Products added up for one feature, at most, going either way. */
    int terms();

    /**
     * What leaves.
     *
     * @param x one value for each input
     */
    double[] apply(double[] x);

    /**
     * Several linear forms at once, in the inputs instead of in the outputs: {@code weights^T *
     * forms}, added to what {@code byInput} holds.
     *
     * @param byOutput coefficients of each output, one for each form; {@code null} for all zero
     * @param byInput the same for each input; rows that are {@code null} are made when needed
     */
    void addTransposed(double[] @Nullable [] byOutput, double[] @Nullable [] byInput);

    /** The layer with the absolute values of the weights, and no bias. */
    Linear absolute();
  }
}
