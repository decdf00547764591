package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Check;

/**
 * How many of some examples something holds for.
 *
 * @param count from 0 to {@code total}
 * @param total at least 0
 */
public record Share(int count, int total) {
  /** Checks that the numbers fit. */
  public Share {
    Check.atLeast(0, count, "count");
    Check.atLeast(count, total, "total");
  }

  /** {@code count / total}, in [0, 1]; NaN where there was no example. */
  public double rate() {
    return (double) count / total;
  }

  @Override
  public String toString() {
    return count + " of " + total;
  }
}
