package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Check;

/**
 * How asking and training take turns.
 *
 * @param rounds equal parts that the questions are asked in, the surrogate being trained after
 *     each; at least 1
 * @param epochs passes over everything asked so far, after each round; at least 1
 * @param batch inputs in one training step; at least 1
 */
public record Schedule(int rounds, int epochs, int batch) {
  /** Checks the numbers. */
  public Schedule {
    Check.atLeast(1, rounds, "rounds");
    Check.atLeast(1, epochs, "epochs");
    Check.atLeast(1, batch, "batch");
  }

  /** Ten rounds, ten epochs after each, 32 inputs in a step. */
  public static Schedule standard() {
    return new Schedule(10, 10, 32);
  }

  /** The same in another number of rounds. */
  public Schedule withRounds(int newRounds) {
    return new Schedule(newRounds, epochs, batch);
  }

  /** The same with another number of epochs after each round. */
  public Schedule withEpochs(int newEpochs) {
    return new Schedule(rounds, newEpochs, batch);
  }

  /** The same with another number of inputs in a step. */
  public Schedule withBatch(int newBatch) {
    return new Schedule(rounds, epochs, newBatch);
  }
}
