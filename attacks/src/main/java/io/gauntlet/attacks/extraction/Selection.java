package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import java.util.Arrays;

/** Which inputs of a pool to ask about next, none of them twice. Confined to one extraction. */
interface Selection {
  /**
   * Chooses.
   *
   * @param count how many; no more than were not chosen yet
   * @param surrogate as trained on the answers so far
   * @return rows of the pool
   */
  int[] next(int count, Model surrogate);

  /**
   * Learns from what the last choice brought.
   *
   * @param rows of the pool
   * @param answers the victim's log-probabilities, for those rows
   * @param guesses the surrogate's logits before it was trained on them
   */
  default void observe(int[] rows, Batch answers, Batch guesses) {}

  /** The rows in a random order that was drawn beforehand. */
  static Selection inOrder(int[] order) {
    return new Selection() {
      private int asked;

      @Override
      public int[] next(int count, Model surrogate) {
        asked += count;
        return Arrays.copyOfRange(order, asked - count, asked);
      }
    };
  }
}
