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
 * @param successPass forward passes about the example up to the first that answered as the attack
 *     wants; 0 if none did
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
    boolean blind,
    long successPass) {

  /** Refuses what no evaluation can find, such as what a damaged checkpoint says. */
  Finding {
    boolean fits =
        switch (result) {
          case RIGHT, WRONG -> phase == 0;
          case SURVIVED, FOOLED -> phase > 0;
          case UNFINISHED -> true;
        };
    if (!fits || (adversarial != null) != (result == Result.FOOLED)) {
      throw new IllegalArgumentException(
          "phase %s cannot end as %s, %s an adversarial example"
              .formatted(phase, result, adversarial == null ? "without" : "with"));
    }
  }

  enum Result {
    RIGHT,
    WRONG,
    SURVIVED,
    FOOLED,
    UNFINISHED
  }

  /** Whether the example is out: wrong from the start, or fooled. */
  boolean isFall() {
    return result == Result.WRONG || result == Result.FOOLED;
  }

  static Finding clean(long example, boolean right, int prediction) {
    Result result = right ? Result.RIGHT : Result.WRONG;
    return new Finding(0, example, result, prediction, Double.NaN, null, 0, 0, false, 0);
  }

  static Finding unfinished(int phase, long example, long forward, long gradient) {
    return new Finding(
        phase, example, Result.UNFINISHED, -1, Double.NaN, null, forward, gradient, false, 0);
  }
}
