package io.gauntlet.defenses.repair;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import java.util.ArrayList;
import java.util.List;

/** A model's answers to any number of inputs, asked in batches of the size that it prefers. */
final class Answers {
  private Answers() {}

  static Batch of(Model model, Batch inputs) {
    int size = model.concurrency().preferredBatch();
    List<Batch> parts = new ArrayList<>();
    for (int from = 0; from < inputs.rows(); from += size) {
      Batch part = inputs.slice(from, (int) Math.min(inputs.rows(), (long) from + size));
      parts.add(part.answeredBy(model.logits(part)));
    }
    return Batch.concat(parts);
  }
}
