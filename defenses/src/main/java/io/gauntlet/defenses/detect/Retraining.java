package io.gauntlet.defenses.detect;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Fresh models trained on chosen rows, and what they then make of rows that are held out. */
record Retraining(Supplier<? extends TrainableModel> models, Fit fit) {
  /** Cross-entropy of each held-out row after training. */
  double[] losses(Examples training, Examples heldOut, Seed seed) {
    Batch losses = new CrossEntropy(heldOut.labels()).values(logits(training, heldOut, seed));
    return IntStream.range(0, losses.rows()).mapToDouble(row -> losses.get(row, 0)).toArray();
  }

  /** Whether each held-out row gets its label after training. */
  boolean[] right(Examples training, Examples heldOut, Seed seed) {
    Batch logits = logits(training, heldOut, seed);
    boolean[] right = new boolean[logits.rows()];
    for (int row = 0; row < right.length; row++) {
      right[row] = logits.argmax(row) == heldOut.labels().atRow(row);
    }
    return right;
  }

  private Batch logits(Examples training, Examples heldOut, Seed seed) {
    TrainableModel model = models.get();
    try {
      fit.train(model, training, seed);
      return Activations.of(model, heldOut.inputs());
    } finally {
      close(model);
    }
  }

  private static void close(TrainableModel model) {
    if (model instanceof AutoCloseable open) {
      try {
        open.close();
      } catch (Exception e) {
        throw new ModelException("the model must close, but failed: " + e.getMessage(), e);
      }
    }
  }

  /** All rows of both, numbered afresh. */
  static Examples joined(Examples first, Examples second) {
    Batch inputs = Batch.concat(List.of(first.inputs(), second.inputs()));
    int[] labels = new int[inputs.rows()];
    for (int row = 0; row < labels.length; row++) {
      labels[row] =
          row < first.count()
              ? first.labels().atRow(row)
              : second.labels().atRow(row - first.count());
    }
    long[] positions = new long[labels.length];
    Arrays.setAll(positions, row -> row);
    return Examples.of(inputs.standingFor(positions), labels).as(first.shape());
  }
}
