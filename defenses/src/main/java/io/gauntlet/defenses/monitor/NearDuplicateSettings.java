package io.gauntlet.defenses.monitor;

import io.gauntlet.model.Check;

/**
 * Hyperparameters of {@link NearDuplicates}.
 *
 * @param step width of the levels that features are rounded to, in input units; finite, positive
 * @param window neighbouring features under one hash; at least 1
 * @param hashes hashes kept of each input; at least 1
 * @param similarity share of an input's hashes that another must have to be its near-duplicate;
 *     above 0, at most 1
 * @param tolerated near-duplicates a client may ask before there is alarm; not negative
 * @param queries latest inputs of all clients that are remembered; at least 1
 * @param clients how many clients are watched at once; at least 1
 */
public record NearDuplicateSettings(
    float step, int window, int hashes, float similarity, int tolerated, int queries, int clients) {
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
    Check.atLeast(1, clients, "clients");
  }

  /**
   * The authors' values for ImageNet, levels of 50/255, windows of 50, half of 50 hashes; five
   * repeats tolerated, because honest clients retry; the latest 5,000 inputs of all. Their windows
   * of 20 for MNIST find near-duplicates among different digits.
   */
  public static NearDuplicateSettings standard() {
    return new NearDuplicateSettings(50 / 255f, 50, 50, 0.5f, 5, 5_000, 10_000);
  }

  /** Same with another number of tolerated repeats. */
  public NearDuplicateSettings withTolerated(int newTolerated) {
    return new NearDuplicateSettings(
        step, window, hashes, similarity, newTolerated, queries, clients);
  }

  /** Same with another number of remembered inputs. */
  public NearDuplicateSettings withQueries(int newQueries) {
    return new NearDuplicateSettings(
        step, window, hashes, similarity, tolerated, newQueries, clients);
  }

  /** Same with other windows. */
  public NearDuplicateSettings withWindow(int newWindow) {
    return new NearDuplicateSettings(
        step, newWindow, hashes, similarity, tolerated, queries, clients);
  }
}
