package io.gauntlet.defenses.train;

import io.gauntlet.model.Batch;
import io.gauntlet.model.LogitLoss;

/**
 * How far the answers are from those to the clean examples, {@code KL(clean || attacked)}: what the
 * attacker of {@link Trades} climbs, who needs no label.
 *
 * @param clean logits of the clean examples, in example order
 */
record Divergence(Batch clean) implements LogitLoss {
  @Override
  public Batch values(Batch logits) {
    float[] values = new float[logits.rows()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) cleanAt(logits, i).divergence(Softmax.ofRow(logits, i));
    }
    return logits.withValues(1, values);
  }

  @Override
  public Batch gradient(Batch logits) {
    return logits.editRows(
        (i, z) -> {
          Softmax p = cleanAt(logits, i);
          Softmax q = Softmax.ofRow(logits, i);
          for (int k = 0; k < z.length; k++) {
            z[k] = (float) p.divergenceByOther(k, q);
          }
        });
  }

  private Softmax cleanAt(Batch logits, int row) {
    return Softmax.ofRow(clean, clean.rowOf(logits.example(row)));
  }
}
