package io.gauntlet.defenses.detect;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import java.util.stream.IntStream;

/** What a layer makes of training rows. */
final class Activations {
  private Activations() {}

  /** Reads them batch by batch into one block. */
  static Batch of(Model features, Batch inputs) {
    int units = features.classes();
    int step = features.concurrency().preferredBatch();
    float[] all = new float[Math.multiplyExact(inputs.rows(), units)];
    for (int from = 0; from < inputs.rows(); from += step) {
      Batch part = inputs.slice(from, Math.min(inputs.rows(), from + step));
      Batch answer = part.answeredBy(features.logits(part));
      if (answer.width() != units) {
        throw new ModelException(
            "a layer of %s units must answer as many numbers, but answered %s"
                .formatted(units, answer.width()));
      }
      answer.buffer().get(all, from * units, part.rows() * units);
    }
    Batch read = inputs.withValues(units, all);
    int row = firstNotFinite(read);
    if (row >= 0) {
      throw new ModelException(
          "every activation must be finite, but one of example %s is not"
              .formatted(read.example(row)));
    }
    return read;
  }

  /** Returns the activations, which must be finite and as many as the labels. */
  static Batch check(Batch activations, Labels labels) {
    if (activations.rows() != labels.count()) {
      throw new IllegalArgumentException(
          "every row needs one label, but there were %s rows and %s labels"
              .formatted(activations.rows(), labels.count()));
    }
    int row = firstNotFinite(activations);
    if (row >= 0) {
      throw new IllegalArgumentException(
          "every activation must be finite, but one of row %s is not".formatted(row));
    }
    return activations;
  }

  private static int firstNotFinite(Batch activations) {
    float[] row = new float[activations.width()];
    for (int i = 0; i < activations.rows(); i++) {
      activations.copyRow(i, row);
      for (float value : row) {
        if (!Float.isFinite(value)) {
          return i;
        }
      }
    }
    return -1;
  }

  /** The rows that came with this label, ascending. */
  static int[] rowsOf(int label, Labels labels) {
    return IntStream.range(0, labels.count()).filter(i -> labels.atRow(i) == label).toArray();
  }
}
