package io.gauntlet.attacks.universal;

import io.gauntlet.model.Batch;
import io.gauntlet.model.LogitLoss;
import java.util.Arrays;

/** A loss that rises no higher than {@code cap}: there its gradient is zero. */
record Capped(LogitLoss loss, float cap) implements LogitLoss {
  @Override
  public Batch values(Batch logits) {
    return loss.values(logits).editRows((i, value) -> value[0] = Math.min(cap, value[0]));
  }

  @Override
  public Batch gradient(Batch logits) {
    Batch values = loss.values(logits);
    return loss.gradient(logits)
        .editRows(
            (i, slope) -> {
              if (values.get(i, 0) >= cap) {
                Arrays.fill(slope, 0);
              }
            });
  }
}
