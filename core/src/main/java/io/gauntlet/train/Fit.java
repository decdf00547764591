package io.gauntlet.train;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Plain training: every epoch goes once through all examples in a fresh random order. The optimiser
 * is the model's own.
 *
 * @param epochs passes over the examples; at least 1
 * @param batch examples in one step, the last step of an epoch having what is left; at least 1
 */
public record Fit(int epochs, int batch) {
  /**
   * One pass over the examples.
   *
   * @param number from 1 on
   * @param of how many there will be
   * @param loss mean over the examples of the loss before the step that each was in
   */
  public record Epoch(int number, int of, double loss) {}

  /** Checks the numbers. */
  public Fit {
    Check.atLeast(1, epochs, "epochs");
    Check.atLeast(1, batch, "batch");
  }

  /** Ten epochs in batches of 64. */
  public static Fit standard() {
    return new Fit(10, 64);
  }

  /** The same with another number of epochs. */
  public Fit withEpochs(int newEpochs) {
    return new Fit(newEpochs, batch);
  }

  /** The same with another number of examples in a step. */
  public Fit withBatch(int newBatch) {
    return new Fit(epochs, newBatch);
  }

  /**
   * Trains on the cross-entropy of the examples' labels.
   *
   * @return the epochs, first to last
   * @throws IllegalArgumentException if there are no examples, or a label is not one of the model's
   *     classes
   */
  public List<Epoch> train(TrainableModel model, Examples examples, Seed seed) {
    return train(model, examples, seed, epoch -> {});
  }

  /** As above, telling {@code progress} of every epoch that is over. */
  public List<Epoch> train(
      TrainableModel model, Examples examples, Seed seed, Consumer<Epoch> progress) {
    CrossEntropy loss = new CrossEntropy(examples.labels().check(model.classes()));
    return train(model, examples.inputs(), loss, seed, progress);
  }

  /** Trains on any loss of the inputs' logits. */
  public List<Epoch> train(
      TrainableModel model, Batch inputs, LogitLoss loss, Seed seed, Consumer<Epoch> progress) {
    Check.atLeast(1, inputs.rows(), "number of examples to train on");
    List<Epoch> history = new ArrayList<>();
    for (int number = 1; number <= epochs; number++) {
      int[] order = seed.derive(number - 1).permutation(inputs.rows());
      double sum = 0;
      for (int from = 0; from < order.length; from += batch) {
        int[] rows = Arrays.copyOfRange(order, from, Math.min(order.length, from + batch));
        Arrays.sort(rows); // what is drawn is a set; memory is read forwards
        sum += rows.length * model.train(inputs.select(rows), loss);
      }
      Epoch epoch = new Epoch(number, epochs, sum / order.length);
      history.add(epoch);
      progress.accept(epoch);
    }
    return List.copyOf(history);
  }
}
