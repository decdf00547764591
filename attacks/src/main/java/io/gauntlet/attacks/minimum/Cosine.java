package io.gauntlet.attacks.minimum;

/** Cosine annealing: half a wave from 1 at the first step to almost 0 at the last. */
final class Cosine {
  private Cosine() {}

  /** The value at {@code step} of {@code steps} on the way from {@code first} to {@code last}. */
  static double at(int step, int steps, double first, double last) {
    return last + (first - last) * (1 + Math.cos(Math.PI * step / steps)) / 2;
  }
}
