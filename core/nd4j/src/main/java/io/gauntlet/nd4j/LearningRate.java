package io.gauntlet.nd4j;

import io.gauntlet.model.ModelException;
import java.util.List;
import java.util.stream.DoubleStream;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * The learning rate of updaters that belong to one network: the largest of theirs, to which the
 * others keep their proportion.
 */
final class LearningRate {
  private final List<IUpdater> updaters;
  private final List<Double> shares;
  private float chosen = Float.NaN;

  private LearningRate(List<IUpdater> updaters, List<Double> shares) {
    this.updaters = updaters;
    this.shares = shares;
  }

  /** As the updaters have it at an iteration and epoch; those that have none are left alone. */
  static LearningRate of(List<IUpdater> all, int iteration, int epoch) {
    List<IUpdater> updaters = all.stream().filter(IUpdater::hasLearningRate).toList();
    double largest = rates(updaters, iteration, epoch).max().orElse(1);
    List<Double> shares =
        rates(updaters, iteration, epoch)
            .mapToObj(rate -> largest == 0 ? 1 : rate / largest)
            .toList();
    return new LearningRate(updaters, shares);
  }

  private static DoubleStream rates(List<IUpdater> updaters, int iteration, int epoch) {
    return updaters.stream().mapToDouble(updater -> updater.getLearningRate(iteration, epoch));
  }

  /** What was set, else what the updaters themselves say; 1 if none of them has any. */
  float at(int iteration, int epoch) {
    return Float.isNaN(chosen) ? (float) rates(updaters, iteration, epoch).max().orElse(1) : chosen;
  }

  /** What was set; NaN if nothing was. */
  float chosen() {
    return chosen;
  }

  /** Replaces the updaters' own rates and schedules. */
  void set(float learningRate) {
    if (updaters.isEmpty()) {
      throw new ModelException(
          "a learning rate of %s needs an updater that has one, but this network's have none"
              .formatted(learningRate));
    }
    for (int i = 0; i < updaters.size(); i++) {
      updaters.get(i).setLrAndSchedule(learningRate * shares.get(i), null);
    }
    chosen = learningRate;
  }

  /** Goes to what {@link #chosen} gave; this is new. */
  void restore(float remembered) {
    if (!Float.isNaN(remembered)) {
      set(remembered);
    }
  }
}
