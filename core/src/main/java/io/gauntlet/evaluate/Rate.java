package io.gauntlet.evaluate;

import io.gauntlet.model.Check;

/**
 * A share of some examples, and how sure it is.
 *
 * @param count examples that something holds for; from 0 to {@code total}
 * @param total examples asked; at least 1
 */
public record Rate(int count, int total) {
  /** Checks that the numbers fit. */
  public Rate {
    Check.atLeast(1, total, "total");
    Check.atLeast(0, count, "count");
    Check.atLeast(count, total, "total");
  }

  /** {@code count / total}, in [0, 1]. */
  public double value() {
    return (double) count / total;
  }

  /** The exact interval of Clopper and Pearson. */
  public Interval interval(double confidence) {
    return Interval.clopperPearson(count, total, confidence);
  }

  @Override
  public String toString() {
    return count + " of " + total;
  }
}
