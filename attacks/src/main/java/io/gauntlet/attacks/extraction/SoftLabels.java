package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.LogitLoss;

/**
 * Cross-entropy against the probabilities that a victim answered: {@code log sum exp(z) - sum p z}.
 *
 * @param probabilities one row per example, in example order, each adding up to 1
 */
record SoftLabels(Batch probabilities) implements LogitLoss {
  @Override
  public Batch values(Batch logits) {
    Batch own = new Disclosure.Scores().reveal(logits);
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
    Batch own = probabilities(new Disclosure.Scores().reveal(logits));
    return own.editRows(
        (i, p) -> {
          int row = probabilities.rowOf(logits.example(i));
          for (int k = 0; k < p.length; k++) {
            p[k] -= probabilities.get(row, k);
          }
        });
  }

  /** Every value's exponential. */
  static Batch probabilities(Batch logarithms) {
    return logarithms.editRows(
        (i, row) -> {
          for (int k = 0; k < row.length; k++) {
            row[k] = (float) Math.exp(row[k]);
          }
        });
  }
}
