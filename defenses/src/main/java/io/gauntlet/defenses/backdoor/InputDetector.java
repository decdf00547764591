package io.gauntlet.defenses.backdoor;

import io.gauntlet.model.Batch;

/**
 * Tells triggered inputs from clean ones when they arrive, by what one model makes of them.
 *
 * <p>The threshold is a quantile of the scores of clean inputs that were held out: a clean input
 * drawn like those is suspected with at most the probability that was asked for, whatever the
 * distribution of the scores.
 */
public interface InputDetector {
  /**
   * How suspicious each input is.
   *
   * @param inputs shape (rows, features), in the model's domain
   * @return shape (rows, 1), the larger the more suspicious
   */
  Batch scores(Batch inputs);

  /** The score above which an input is suspected. */
  float threshold();

  /** The rows that are suspected, ascending. */
  default int[] suspects(Batch inputs) {
    Batch scores = scores(inputs);
    return scores.rowsWhere(row -> scores.get(row, 0) > threshold());
  }
}
