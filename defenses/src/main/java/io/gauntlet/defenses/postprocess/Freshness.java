package io.gauntlet.defenses.postprocess;

import io.gauntlet.model.Check;

/** When the noise of an answer is drawn anew. */
public sealed interface Freshness {
  /** For every query: who asks n times and averages has the noise of one n-th of the variance. */
  record PerQuery() implements Freshness {}

  /**
   * Once for each input, whoever asks: asking again, under any name, gives the same answer.
   *
   * @param grid inputs that round to the same multiples of this share their noise, in input units;
   *     finite, not negative; 0 tells all floats apart but the two zeros
   */
  record PerInput(float grid) implements Freshness {
    /** Checks the grid. */
    public PerInput {
      Check.nonNegative(grid, "grid");
    }
  }

  /** Fresh noise for every query. */
  static Freshness perQuery() {
    return new PerQuery();
  }

  /** The same noise for the same input. */
  static Freshness perInput() {
    return new PerInput(0);
  }
}
