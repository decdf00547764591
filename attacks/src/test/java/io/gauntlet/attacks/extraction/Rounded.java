package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Model;

/** Rounds logits to multiples of a unit. */
record Rounded(Model behind, float unit) implements FrontModel {
  @Override
  public Batch logits(Batch inputs) {
    return behind
        .logits(inputs)
        .editRows(
            (i, z) -> {
              for (int k = 0; k < z.length; k++) {
                z[k] = unit * Math.round(z[k] / unit);
              }
            });
  }
}
