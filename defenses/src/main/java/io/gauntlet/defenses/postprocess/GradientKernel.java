package io.gauntlet.defenses.postprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;

/**
 * How a thief's training steps on one input relate, class by class: entry (k, l) is the inner
 * product of the gradients of {@code log p[k]} and {@code log p[l]} by the weights of the network
 * that the thief trains.
 */
@FunctionalInterface
public interface GradientKernel {
  /**
   * The kernel of every input.
   *
   * @return shape (rows, classes * classes), symmetric, for the same inputs
   */
  Batch of(Batch inputs);

  /**
   * The weights of the last layer of {@code surrogate} only: {@code (e[k] - p) . (e[l] - p)} up to
   * a factor for each input, which no angle depends on. The paper takes all weights, which a {@link
   * Model} does not show.
   *
   * @param surrogate what the thief's network is taken to be; untrained in the paper
   */
  static GradientKernel lastLayer(Model surrogate) {
    return inputs -> {
      Batch logits = inputs.answeredBy(surrogate.logits(inputs));
      int classes = logits.width();
      float[] kernels = new float[inputs.rows() * classes * classes];
      for (int i = 0; i < inputs.rows(); i++) {
        double[] p = softmax(logits.row(i));
        double squares = 0;
        for (double value : p) {
          squares += value * value;
        }
        for (int k = 0; k < classes; k++) {
          for (int l = 0; l < classes; l++) {
            kernels[(i * classes + k) * classes + l] =
                (float) ((k == l ? 1 : 0) - p[k] - p[l] + squares);
          }
        }
      }
      return inputs.withValues(classes * classes, kernels);
    };
  }

  private static double[] softmax(float[] z) {
    double max = z[Rows.argmax(z)];
    double[] p = new double[z.length];
    double sum = 0;
    for (int k = 0; k < z.length; k++) {
      p[k] = Math.exp(z[k] - max);
      sum += p[k];
    }
    for (int k = 0; k < z.length; k++) {
      p[k] /= sum;
    }
    return p;
  }
}
