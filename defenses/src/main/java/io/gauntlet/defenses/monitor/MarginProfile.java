package io.gauntlet.defenses.monitor;

import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.Monitor;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import java.util.Arrays;
import java.util.Optional;

/**
 * Suspects clients whose answers are surer or less sure than those of honest traffic: uncertainty
 * sampling, boundary search and synthetic inputs shift the margin between the two largest
 * probabilities.
 *
 * <p>The margin is cut into ten bins that honest traffic fills evenly, and their shares are tested
 * by betting (see {@link Sensitivity}); state per client is one count for each bin.
 *
 * <p><b>An adaptive thief</b> mixes in sure queries until the mix looks honest: about one for each
 * of his own, which doubles his cost; or steals with natural inputs, whose margins are honest.
 */
public final class MarginProfile implements Monitor {
  private static final int BINS = 10;

  private final float[] cuts;
  private final Profile profile;

  private MarginProfile(float[] cuts, Profile profile) {
    this.cuts = cuts;
    this.profile = profile;
  }

  /**
   * Learns the margins.
   *
   * @param honest probabilities that the model gave honest traffic, shape (rows, classes); at least
   *     10 rows, better several times the horizon
   */
  public static MarginProfile of(Batch honest, Sensitivity sensitivity) {
    Check.atLeast(BINS, honest.rows(), "honest rows");
    float[] margins = new float[honest.rows()];
    for (int i = 0; i < margins.length; i++) {
      margins[i] = margin(honest, i);
    }
    float[] sorted = margins.clone();
    Arrays.sort(sorted);
    float[] cuts = new float[BINS - 1];
    for (int c = 0; c < cuts.length; c++) {
      cuts[c] = sorted[(int) ((c + 1L) * sorted.length / BINS)];
    }
    int[] counts = new int[BINS];
    for (float margin : margins) {
      counts[bin(cuts, margin)]++;
    }
    return new MarginProfile(cuts, new Profile("MarginProfile", counts, sensitivity, bin -> true));
  }

  @Override
  public Optional<Alarm> observe(Query query, Batch probabilities) {
    return profile.observe(query, row -> bin(cuts, margin(probabilities, row)));
  }

  /** Values equal to a cut are above it, so that many sure answers of exactly 1 share one bin. */
  private static int bin(float[] cuts, float margin) {
    int bin = 0;
    while (bin < cuts.length && margin >= cuts[bin]) {
      bin++;
    }
    return bin;
  }

  private static float margin(Batch probabilities, int row) {
    int top = probabilities.argmax(row);
    float second = 0;
    for (int k = 0; k < probabilities.width(); k++) {
      if (k != top) {
        second = Math.max(second, probabilities.get(row, k));
      }
    }
    return probabilities.get(row, top) - second;
  }
}
