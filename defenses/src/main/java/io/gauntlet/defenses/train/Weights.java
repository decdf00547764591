package io.gauntlet.defenses.train;

import io.gauntlet.model.Batch;
import java.util.Optional;

/** The weights of a moment that one can go back to: the training state, and the average if any. */
final class Weights {
  private final byte[] state;
  private final Optional<Batch> average;

  Weights(byte[] state, Optional<Batch> average) {
    this.state = state;
    this.average = average;
  }

  byte[] state() {
    return state;
  }

  Optional<Batch> average() {
    return average;
  }
}
