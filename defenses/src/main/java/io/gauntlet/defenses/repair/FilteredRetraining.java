package io.gauntlet.defenses.repair;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Check;
import io.gauntlet.model.Model;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Drops the examples that a detector flagged and trains a new model on the rest.
 *
 * <p>The one repair that owes nothing to the poisoned model, and the dearest: it is as good as the
 * detector. Poison that was missed is learned again, and a few rows are enough for a patch; clean
 * rows that were flagged are lost.
 *
 * @param fit how the new model is trained; as the old one was, if the two are to be compared
 */
public record FilteredRetraining(Fit fit) {
  /** Ten epochs in batches of 64. */
  public static FilteredRetraining standard() {
    return new FilteredRetraining(Fit.standard());
  }

  /** Same with another way to train. */
  public FilteredRetraining withFit(Fit newFit) {
    return new FilteredRetraining(newFit);
  }

  /**
   * Trains a model from {@code fresh} on what was not flagged.
   *
   * @param poisoned only measured, for the comparison
   * @param fresh makes an untrained model, which becomes the caller's
   * @param flagged positions in the data set, each that of a training example
   * @throws IllegalArgumentException if a flagged example is not among the training examples, or
   *     none is left
   */
  public <M extends TrainableModel> Repair<M> repair(
      Model poisoned,
      Supplier<M> fresh,
      Examples training,
      Set<Long> flagged,
      Trial trial,
      Seed seed) {
    flagged.forEach(training.labels()::classOf); // says which example there is not
    int[] kept =
        IntStream.range(0, training.count())
            .filter(row -> !flagged.contains(training.inputs().example(row)))
            .toArray();
    Check.atLeast(1, kept.length, "number of examples that were not flagged");
    M model = fresh.get();
    fit.train(model, training.select(kept), seed);
    return new Repair<>(model, trial.of(poisoned), trial.of(model), kept.length, fit.epochs(), 0);
  }
}
