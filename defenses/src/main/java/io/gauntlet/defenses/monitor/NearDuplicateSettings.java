package io.gauntlet.defenses.monitor;

import io.gauntlet.model.Check;

/**
 * Hyperparameters of {@link NearDuplicates}.
 *
 * @param step width of the levels that features are rounded to, in input units; finite, positive
 * @param window neighbouring features under one hash; at least 1
 * @param anchored whether a hash is of a window at its place: the columns of a table and the words
 *     of a vocabulary have theirs, pixels move
 * @param hashes hashes kept of each input; at least 1
 * @param similarity share of an input's hashes that another must have to be its near-duplicate;
 *     above 0, at most 1
 * @param tolerated near-duplicates a client may ask before there is alarm; not negative; of no
 *     concern to a calibrated monitor
 * @param queries latest inputs of all clients that are remembered; at least 1. Memory is at most
 *     queries x hashes x 24 bytes, and queries x hashes at most 2^28
 * @param clients how many clients are watched at once; at least 1
 */
public record NearDuplicateSettings(
    float step,
    int window,
    boolean anchored,
    int hashes,
    float similarity,
    int tolerated,
    int queries,
    int clients) {
  private static final int MOST_HASHES = 1 << 28;

  /** Checks the ranges. */
  public NearDuplicateSettings {
    Check.positive(step, "step");
    Check.atLeast(1, window, "window");
    Check.atLeast(1, hashes, "hashes");
    if (!(similarity > 0 && similarity <= 1)) {
      throw new IllegalArgumentException(
          "similarity must be above 0 and at most 1, but was " + similarity);
    }
    Check.atLeast(0, tolerated, "tolerated");
    Check.atLeast(1, queries, "queries");
    if ((long) queries * hashes > MOST_HASHES) {
      throw new IllegalArgumentException(
          "queries x hashes must be at most %s, but was %s x %s"
              .formatted(MOST_HASHES, queries, hashes));
    }
    Check.atLeast(1, clients, "clients");
  }

  /**
   * The authors' values for ImageNet, levels of 50/255, windows of 50, half of 50 hashes; five
   * repeats tolerated, because honest clients retry; the latest 5,000 inputs of all. Their windows
   * of 20 for MNIST find near-duplicates among different digits.
   */
  public static NearDuplicateSettings standard() {
    return new NearDuplicateSettings(50 / 255f, 50, false, 50, 0.5f, 5, 5_000, 10_000);
  }

  /** Same with another number of tolerated repeats. */
  public NearDuplicateSettings withTolerated(int newTolerated) {
    return new NearDuplicateSettings(
        step, window, anchored, hashes, similarity, newTolerated, queries, clients);
  }

  /** Same with another number of remembered inputs. */
  public NearDuplicateSettings withQueries(int newQueries) {
    return new NearDuplicateSettings(
        step, window, anchored, hashes, similarity, tolerated, newQueries, clients);
  }

  /** Same with other windows. */
  public NearDuplicateSettings withWindow(int newWindow) {
    return new NearDuplicateSettings(
        step, newWindow, anchored, hashes, similarity, tolerated, queries, clients);
  }

  /** Same with windows that have a place, or none. */
  public NearDuplicateSettings withAnchored(boolean newAnchored) {
    return new NearDuplicateSettings(
        step, window, newAnchored, hashes, similarity, tolerated, queries, clients);
  }
}
