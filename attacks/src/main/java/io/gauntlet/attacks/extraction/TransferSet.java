package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.SoftLabels;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.Arrays;
import java.util.List;

/** Inputs with the victim's answers: what the thief has paid for. Confined to one extraction. */
final class TransferSet {
  private Batch inputs;
  private Batch probabilities;

  /** Starts with nothing. */
  TransferSet(int features, int classes) {
    inputs = Batch.wrap(features, new float[0]);
    probabilities = Batch.wrap(classes, new float[0]);
  }

  void add(Batch asked, Batch answers) {
    inputs = renumbered(Batch.concat(List.of(inputs, asked)));
    probabilities =
        renumbered(Batch.concat(List.of(probabilities, Guesses.probabilities(answers))));
  }

  Batch inputs() {
    return inputs;
  }

  /** The victim's probabilities, for the same rows. */
  Batch probabilities() {
    return probabilities;
  }

  /** Trains for as many epochs as are scheduled. */
  void teach(TrainableModel surrogate, Schedule schedule, Seed seed) {
    new Fit(schedule.epochs(), schedule.batch())
        .train(surrogate, inputs, new SoftLabels(probabilities), seed, epoch -> {});
  }

  private static Batch renumbered(Batch batch) {
    long[] examples = new long[batch.rows()];
    Arrays.setAll(examples, i -> i);
    return batch.standingFor(examples);
  }
}
