package io.gauntlet.attacks.universal;

import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The examples that one perturbation has to fool together while it is crafted.
 *
 * @param inputs shape (rows, features)
 * @param goal what the model should answer to them
 */
public record TrainingSet(Batch inputs, Goal goal) {
  /**
   * Examples that fit the model.
   *
   * @param target class that all of them are to be taken for; empty for any wrong one
   * @throws IllegalArgumentException if there is no example, or examples or target do not fit
   */
  public static TrainingSet of(Model model, Examples examples, OptionalInt target) {
    Check.atLeast(1, examples.count(), "number of training examples");
    if (examples.inputs().width() != model.inputShape().size()) {
      throw new IllegalArgumentException(
          "the model takes inputs of shape %s, but the examples have shape %s"
              .formatted(model.inputShape(), examples.shape()));
    }
    Batch inputs = model.domain().check(examples.inputs());
    Labels labels = examples.labels().check(model.classes());
    if (target.isEmpty()) {
      return new TrainingSet(inputs, new Goal.Untargeted(labels));
    }
    if (target.getAsInt() >= model.classes()) {
      throw new IllegalArgumentException(
          "target must be below the model's %s classes, but was %s"
              .formatted(model.classes(), target.getAsInt()));
    }
    int[] targets = new int[inputs.rows()];
    Arrays.fill(targets, target.getAsInt());
    return new TrainingSet(inputs, new Goal.Targeted(labels, Labels.of(inputs, targets)));
  }

  /**
   * The loss to climb: cross-entropy, or minus that of the target. An example counts until its own
   * loss is above {@code cap}; towards a target, always.
   */
  public LogitLoss loss(float cap) {
    return new Capped(goal.loss(Objective.CROSS_ENTROPY), cap);
  }

  /** The inputs in random order, cut into batches of {@code size}; the last may be smaller. */
  public List<Batch> shuffled(int size, Seed seed) {
    int[] order = seed.permutation(inputs.rows());
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from < order.length; from += size) {
      int to = from + Math.min(size, order.length - from);
      batches.add(inputs.select(Arrays.copyOfRange(order, from, to)));
    }
    return batches;
  }
}
