package io.gauntlet.defenses;

import io.gauntlet.model.Batch;

/** Changes what a client is told, so that the answers teach less. */
public non-sealed interface OutputGuard extends Guard {
  /**
   * The answer that leaves in place of another.
   *
   * @param probabilities shape (rows, classes), each in [0, 1]
   * @return the same shape and range, for the same examples; rows need not sum to one
   */
  Batch apply(Query query, Batch probabilities);
}
