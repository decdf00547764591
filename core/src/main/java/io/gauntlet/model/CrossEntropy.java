package io.gauntlet.model;

/**
 * Cross-entropy of the softmax against one label per example: {@code log sum exp(z) - z[y]}.
 *
 * <p>Value and gradient {@code softmax(z) - onehot(y)} are computed without cancellation, so that a
 * confident model's small numbers stay small instead of becoming zero; below about 1e-45 they are
 * zero in float all the same, which is what {@link Margin} and {@link Dlr} are for.
 *
 * @param labels class of each example
 */
public record CrossEntropy(Labels labels) implements LogitLoss {
  @Override
  public Batch values(Batch logits) {
    float[] losses = new float[logits.rows()];
    for (int i = 0; i < losses.length; i++) {
      double[] shifted = shifted(logits, i);
      int best = logits.argmax(i);
      double others = 0;
      for (int k = 0; k < shifted.length; k++) {
        others += k == best ? 0 : Math.exp(shifted[k]);
      }
      losses[i] = (float) (Math.log1p(others) - shifted[label(logits, i)]);
    }
    return logits.withValues(1, losses);
  }

  @Override
  public Batch gradient(Batch logits) {
    return logits.editRows(
        (i, z) -> {
          double[] p = shifted(logits, i);
          double sum = 0;
          for (int k = 0; k < p.length; k++) {
            p[k] = Math.exp(p[k]);
            sum += p[k];
          }
          int label = label(logits, i);
          double others = 0;
          for (int k = 0; k < p.length; k++) {
            if (k != label) {
              z[k] = (float) (p[k] / sum);
              others += p[k] / sum;
            }
          }
          z[label] = (float) -others; // p[label] - 1 would lose every digit of a confident answer
        });
  }

  private int label(Batch logits, int row) {
    return labels.classOf(logits.example(row), logits.width());
  }

  private static double[] shifted(Batch logits, int row) {
    double max = logits.get(row, logits.argmax(row));
    double[] shifted = new double[logits.width()];
    for (int k = 0; k < shifted.length; k++) {
      shifted[k] = logits.get(row, k) - max;
    }
    return shifted;
  }
}
