package io.gauntlet.attacks.spatial;

import io.gauntlet.model.Check;

/** Which turns and shifts are tried. */
public sealed interface Search {
  /**
   * Every combination of evenly spaced turns and shifts, both ends included, the widest ones first.
   *
   * @param angles turns; at least 1; of one, no turn at all
   * @param shifts places along each axis; at least 1; of one, no shift at all
   */
  record Grid(int angles, int shifts) implements Search {
    /** Checks that there is a point. */
    public Grid {
      Check.atLeast(1, angles, "angles");
      Check.atLeast(1, shifts, "shifts");
    }
  }

  /**
   * Turns and shifts drawn uniformly, for each example its own.
   *
   * @param draws how many; at least 1
   */
  record WorstOf(int draws) implements Search {
    /** Checks that there is a draw. */
    public WorstOf {
      Check.atLeast(1, draws, "draws");
    }
  }
}
