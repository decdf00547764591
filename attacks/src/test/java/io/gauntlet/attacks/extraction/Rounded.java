package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;

/** Rounds logits to multiples of a unit. */
record Rounded(Model model, float unit) implements Model {
  @Override
  public Shape inputShape() {
    return model.inputShape();
  }

  @Override
  public Domain domain() {
    return model.domain();
  }

  @Override
  public int classes() {
    return model.classes();
  }

  @Override
  public Batch logits(Batch inputs) {
    return model
        .logits(inputs)
        .editRows(
            (i, z) -> {
              for (int k = 0; k < z.length; k++) {
                z[k] = unit * Math.round(z[k] / unit);
              }
            });
  }
}
