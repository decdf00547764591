package io.gauntlet.defenses.monitor;

import java.util.Arrays;

/**
 * Bets against the claim that bins are drawn from known frequencies: before each draw the wealth is
 * spread over the bins in the proportions seen so far, at the odds of the claim. If the claim
 * holds, the wealth reaches 1 / alpha with probability alpha at most, however long the game (Ville
 * 1939).
 *
 * <p>Follows Shafer: Testing by Betting, JRSS A 2021; the bets are the Dirichlet-multinomial's
 * predictions, whose prior is the claim with the weight of one draw for each bin.
 */
final class Evidence {
  private final double[] claimed;
  private final int[] counts;
  private int draws;
  private double logWealth;

  /** Starts with wealth 1 against these frequencies, all positive, summing to one. */
  Evidence(double[] claimed) {
    this.claimed = claimed;
    counts = new int[claimed.length];
  }

  void draw(int bin) {
    double prior = claimed.length;
    double predicted = (counts[bin] + prior * claimed[bin]) / (draws + prior);
    logWealth += Math.log(predicted / claimed[bin]);
    counts[bin]++;
    draws++;
  }

  double logWealth() {
    return logWealth;
  }

  int draws() {
    return draws;
  }

  double share(int bin) {
    return counts[bin] / (double) draws;
  }

  /** The bin whose share is furthest above what is claimed. */
  int mostOverdrawn() {
    int most = 0;
    for (int bin = 1; bin < counts.length; bin++) {
      if (share(bin) - claimed[bin] > share(most) - claimed[most]) {
        most = bin;
      }
    }
    return most;
  }

  void startAgain() {
    Arrays.fill(counts, 0);
    draws = 0;
    logWealth = 0;
  }
}
