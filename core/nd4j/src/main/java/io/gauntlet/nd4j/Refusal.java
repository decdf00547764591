package io.gauntlet.nd4j;

import io.gauntlet.model.ModelException;

/** Says no to what ND4J is known to get wrong. */
final class Refusal {
  private Refusal() {}

  static void check(boolean sound, String rule) {
    if (!sound) {
      throw new ModelException(rule);
    }
  }
}
