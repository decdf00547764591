package io.gauntlet.defenses.ownership;

import io.gauntlet.model.Check;

/**
 * How much DAWN lies and remembers. Memory is at most {@code clients * marks * (1 + controls)}
 * inputs.
 *
 * @param share of inputs that get a wrong class: what it costs honest clients; in (0, 1)
 * @param grid inputs that round to the same multiples of this are answered rightly or wrongly
 *     together, in input units; finite, not negative; 0 tells all floats apart
 * @param marks wrong answers that are remembered of each client, a random choice where it was given
 *     more; at least 1
 * @param controls right answers that are remembered beside each wrong one; at least 1, and {@code
 *     share * (1 + controls)} at most 1
 * @param clients remembered; at least 1
 */
public record DawnSettings(double share, float grid, int marks, int controls, int clients) {
  /** Checks the numbers. */
  public DawnSettings {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException("share must lie between 0 and 1, but was " + share);
    }
    Check.nonNegative(grid, "grid");
    Check.atLeast(1, marks, "marks");
    Check.atLeast(1, controls, "controls");
    Check.atLeast(1, clients, "clients");
    if (share * (1 + controls) > 1) {
      throw new IllegalArgumentException(
          "share * (1 + controls) must be at most 1, but was %s * (1 + %s)"
              .formatted(share, controls));
    }
  }

  /**
   * One answer in 200 is wrong, as in the paper; 64 of them are remembered with ten controls each,
   * of 256 clients.
   */
  public static DawnSettings standard() {
    return new DawnSettings(0.005, 0, 64, 10, 256);
  }

  /** The same with another share of wrong answers. */
  public DawnSettings withShare(double newShare) {
    return new DawnSettings(newShare, grid, marks, controls, clients);
  }

  /** The same on another grid. */
  public DawnSettings withGrid(float newGrid) {
    return new DawnSettings(share, newGrid, marks, controls, clients);
  }

  /** The same with another number of wrong answers remembered. */
  public DawnSettings withMarks(int newMarks) {
    return new DawnSettings(share, grid, newMarks, controls, clients);
  }

  /** The same with another number of controls. */
  public DawnSettings withControls(int newControls) {
    return new DawnSettings(share, grid, marks, newControls, clients);
  }

  /** The same for another number of clients. */
  public DawnSettings withClients(int newClients) {
    return new DawnSettings(share, grid, marks, controls, newClients);
  }
}
