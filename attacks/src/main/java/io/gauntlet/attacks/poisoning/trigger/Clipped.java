package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;

/** Edits that end inside the domain. */
final class Clipped {
  private Clipped() {}

  static Batch edit(Batch clean, Shape shape, Domain domain, Batch.RowEdit edit) {
    if (clean.width() != shape.size() && clean.rows() > 0) {
      throw new IllegalArgumentException(
          "examples of shape %s have %s features, but the rows have %s"
              .formatted(shape, shape.size(), clean.width()));
    }
    return clean.editRows(
        (row, x) -> {
          edit.apply(row, x);
          for (int j = 0; j < x.length; j++) {
            x[j] = domain.clip(j, x[j]);
          }
        });
  }
}
