package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import java.util.ArrayList;
import java.util.List;

/** What a model makes of many inputs, asked in batches of its own preferred size. */
final class Guesses {
  private Guesses() {}

  /** Shape (rows, classes); at least one row. */
  static Batch logits(Model model, Batch inputs) {
    int size = model.concurrency().preferredBatch();
    List<Batch> parts = new ArrayList<>();
    for (int from = 0; from < inputs.rows(); from += size) {
      Batch part = inputs.slice(from, Math.min(inputs.rows(), from + size));
      parts.add(part.answeredBy(model.logits(part)));
    }
    return Batch.concat(parts);
  }

  /** The softmax of the logits. */
  static Batch probabilities(Model model, Batch inputs) {
    return probabilities(new Disclosure.Scores().reveal(logits(model, inputs)));
  }

  /** Every value's exponential. */
  static Batch probabilities(Batch logarithms) {
    return logarithms.editRows(
        (i, row) -> {
          for (int k = 0; k < row.length; k++) {
            row[k] = (float) Math.exp(row[k]);
          }
        });
  }
}
