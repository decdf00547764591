package io.gauntlet.attack;

import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Dlr;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Margin;

/** What the attacker wants the model to answer. */
public sealed interface Goal {
  /**
   * Any class but the true one.
   *
   * @param labels true class of each example
   */
  record Untargeted(Labels labels) implements Goal {
    @Override
    public boolean isReachedBy(int prediction, long example) {
      return prediction != labels.classOf(example);
    }

    @Override
    public LogitLoss loss(Objective objective) {
      return switch (objective) {
        case CROSS_ENTROPY -> new CrossEntropy(labels);
        case MARGIN -> new Margin(labels);
        case DLR -> new Dlr(labels);
      };
    }

    @Override
    public String toString() {
      return "untargeted";
    }
  }

  /**
   * One chosen class.
   *
   * @param labels true class of each example
   * @param targets class wanted instead
   */
  record Targeted(Labels labels, Labels targets) implements Goal {
    @Override
    public boolean isReachedBy(int prediction, long example) {
      return prediction == targets.classOf(example);
    }

    @Override
    public LogitLoss loss(Objective objective) {
      return switch (objective) {
        case CROSS_ENTROPY -> new CrossEntropy(targets).negated();
        case MARGIN -> new Margin(targets).negated();
        case DLR -> new Dlr(labels, targets);
      };
    }

    @Override
    public String toString() {
      return "targeted";
    }
  }

  /** True class of each example. */
  Labels labels();

  /** Whether this prediction is what the attacker wants for this example. */
  boolean isReachedBy(int prediction, long example);

  /** The loss that is large where the goal is near. */
  LogitLoss loss(Objective objective);

  /** Whether the example in {@code row} reaches the goal under these logits. */
  default boolean isReached(Batch logits, int row) {
    return isReachedBy(logits.argmax(row), logits.example(row));
  }
}
