package io.gauntlet.attacks.minimum;

import io.gauntlet.model.Batch;
import io.gauntlet.model.LogitLoss;

/**
 * How much margin an example still lacks: zero once it reaches its goal by {@code confidence}, so
 * that from there on only the distance is made smaller. Unlike the losses of a goal it is small
 * where the goal is near.
 *
 * @param margin by which the goal is reached
 * @param confidence margin that is enough
 */
record Hinge(LogitLoss margin, float confidence) implements LogitLoss {
  @Override
  public Batch values(Batch logits) {
    return margin.values(logits).editRows((i, v) -> v[0] = Math.max(0, confidence - v[0]));
  }

  @Override
  public Batch gradient(Batch logits) {
    Batch reached = margin.values(logits);
    return margin
        .gradient(logits)
        .editRows(
            (i, z) -> {
              float slope = reached.get(i, 0) <= confidence ? -1 : 0; // on a tie, push on
              for (int k = 0; k < z.length; k++) {
                z[k] *= slope;
              }
            });
  }
}
