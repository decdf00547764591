package io.gauntlet.attacks.gradient;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import java.util.Arrays;

/** One logit minus another: negative where {@code from} is likelier than {@code to}. */
record Difference(Labels from, Labels to) implements LogitLoss {
  @Override
  public Batch values(Batch logits) {
    float[] losses = new float[logits.rows()];
    for (int i = 0; i < losses.length; i++) {
      long example = logits.example(i);
      losses[i] = logits.get(i, to.classOf(example)) - logits.get(i, from.classOf(example));
    }
    return logits.withValues(1, losses);
  }

  @Override
  public Batch gradient(Batch logits) {
    return logits.editRows(
        (i, z) -> {
          Arrays.fill(z, 0);
          z[to.classOf(logits.example(i))] += 1;
          z[from.classOf(logits.example(i))] -= 1;
        });
  }
}
