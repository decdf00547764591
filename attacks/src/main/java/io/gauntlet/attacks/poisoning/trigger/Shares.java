package io.gauntlet.attacks.poisoning.trigger;

/** Checks of hyperparameters that are shares of a whole. */
final class Shares {
  private Shares() {}

  static void requireShare(float value, String name) {
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(
          "%s must be above 0 and at most 1, but was %s".formatted(name, value));
    }
  }
}
