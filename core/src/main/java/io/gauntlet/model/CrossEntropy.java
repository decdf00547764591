package io.gauntlet.model;

/**
 * Cross-entropy of the softmax against one label per example: {@code log sum exp(z) - z[y]}.
 *
 * <p>Its gradient {@code softmax(z) - onehot(y)} is computed without cancellation, so that a
 * confident model's small gradient stays a small number instead of becoming zero; below about 1e-38
 * it is zero in float all the same, which is what {@link Margin} and {@link Dlr} are for.
 *
 * @param labels class of each example
 */
public record CrossEntropy(Labels labels) implements LogitLoss {
  @Override
  public Batch values(Batch logits) {
    float[] losses = new float[logits.rows()];
    for (int i = 0; i < losses.length; i++) {
      double[] shifted = shifted(logits, i);
      double sum = 0;
      for (double z : shifted) {
        sum += Math.exp(z);
      }
      losses[i] = (float) (Math.log(sum) - shifted[labels.classOf(logits.example(i))]);
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
          int label = labels.classOf(logits.example(i));
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

  private static double[] shifted(Batch logits, int row) {
    double max = logits.get(row, logits.argmax(row));
    double[] shifted = new double[logits.width()];
    for (int k = 0; k < shifted.length; k++) {
      shifted[k] = logits.get(row, k) - max;
    }
    return shifted;
  }
}
