package io.gauntlet.evaluate;

import io.gauntlet.model.Batch;
import org.jspecify.annotations.Nullable;

/**
 * What one phase of the evaluation, the clean predictions (phase 0) or attack number {@code phase},
 * found out about one example. Checkpoints are made of these.
 *
 * @param prediction on the clean input in phase 0, on the candidate otherwise; -1 if unknown
 * @param distance size of the successful perturbation; NaN if there was none
 * @param adversarial the successful candidate, one row
 * @param blind whether the attack saw nothing but zero gradients
 */
record Finding(
    int phase,
    long example,
    Result result,
    int prediction,
    double distance,
    @Nullable Batch adversarial,
    long forwardQueries,
    long gradientQueries,
    boolean blind) {

  enum Result {
    RIGHT,
    WRONG,
    SURVIVED,
    FOOLED,
    UNFINISHED
  }

  static Finding clean(long example, boolean right, int prediction) {
    Result result = right ? Result.RIGHT : Result.WRONG;
    return new Finding(0, example, result, prediction, Double.NaN, null, 0, 0, false);
  }

  static Finding unasked(long example) {
    return new Finding(0, example, Result.UNFINISHED, -1, Double.NaN, null, 0, 0, false);
  }
}
