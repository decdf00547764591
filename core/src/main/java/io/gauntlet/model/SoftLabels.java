package io.gauntlet.model;

/**
 * Cross-entropy of the softmax against a probability for each class instead of one label: {@code
 * log sum exp(z) - sum p z}. What a model is trained on that learns from the answers of another.
 *
 * @param probabilities one row per example, in example order, each adding up to 1
 */
public record SoftLabels(Batch probabilities) implements LogitLoss {
  /** The softmax of a teacher's logits, which stand for distinct examples in order. */
  public static SoftLabels of(Batch logits) {
    return new SoftLabels(exponentials(logarithms(logits)));
  }

  @Override
  public Batch values(Batch logits) {
    Batch own = logarithms(logits);
    float[] losses = new float[logits.rows()];
    for (int i = 0; i < losses.length; i++) {
      int row = probabilities.rowOf(logits.example(i));
      double loss = 0;
      for (int k = 0; k < logits.width(); k++) {
        loss -= probabilities.get(row, k) * own.get(i, k);
      }
      losses[i] = (float) loss;
    }
    return logits.withValues(1, losses);
  }

  @Override
  public Batch gradient(Batch logits) {
    return exponentials(logarithms(logits))
        .editRows(
            (i, p) -> {
              int row = probabilities.rowOf(logits.example(i));
              for (int k = 0; k < p.length; k++) {
                p[k] -= probabilities.get(row, k);
              }
            });
  }

  /** Logarithms of the softmax. */
  private static Batch logarithms(Batch logits) {
    return logits.editRows(
        (i, z) -> {
          double max = logits.get(i, logits.argmax(i));
          double sum = 0;
          for (float logit : z) {
            sum += Math.exp(logit - max);
          }
          for (int k = 0; k < z.length; k++) {
            z[k] = (float) (z[k] - max - Math.log(sum));
          }
        });
  }

  private static Batch exponentials(Batch logarithms) {
    return logarithms.editRows(
        (i, row) -> {
          for (int k = 0; k < row.length; k++) {
            row[k] = (float) Math.exp(row[k]);
          }
        });
  }
}
