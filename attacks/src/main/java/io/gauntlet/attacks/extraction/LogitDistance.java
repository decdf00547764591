package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.LogitLoss;

/**
 * The l1 distance from the logits of a victim, as the mean over the classes.
 *
 * @param logits of the victim, one row per example, in example order
 */
record LogitDistance(Batch logits) implements LogitLoss {
  /** The distance from the logits, of mean zero, that have the logarithms answered. */
  static LogitDistance to(Batch logProbabilities) {
    double[][] centred = CentredScores.of(logProbabilities);
    return new LogitDistance(
        logProbabilities.editRows(
            (i, logits) -> {
              for (int k = 0; k < logits.length; k++) {
                logits[k] = (float) centred[i][k];
              }
            }));
  }

  @Override
  public Batch values(Batch own) {
    float[] values = new float[own.rows()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value(own, i);
    }
    return own.withValues(1, values);
  }

  /** That of one row, in full precision: differences of it are taken. */
  double value(Batch own, int row) {
    int victims = logits.rowOf(own.example(row));
    double sum = 0;
    for (int k = 0; k < own.width(); k++) {
      sum += Math.abs((double) own.get(row, k) - logits.get(victims, k));
    }
    return sum / own.width();
  }

  @Override
  public Batch gradient(Batch own) {
    return own.editRows(
        (i, z) -> {
          int victims = logits.rowOf(own.example(i));
          for (int k = 0; k < z.length; k++) {
            z[k] = Math.signum(z[k] - logits.get(victims, k)) / z.length;
          }
        });
  }
}
