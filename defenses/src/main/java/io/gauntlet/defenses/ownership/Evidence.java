package io.gauntlet.defenses.ownership;

import io.gauntlet.model.Check;
import java.util.Locale;
import org.apache.commons.math3.distribution.HypergeometricDistribution;
import org.apache.commons.math3.special.Beta;

/**
 * How often a suspect did what a copy does, and how probable that is for a model that knows nothing
 * of the owner's secret.
 *
 * @param matches from 0 to {@code trials}
 * @param trials how often it could have; 0 shows nothing
 * @param nullRate share of trials that match without knowledge, at most or as measured on controls;
 *     in [0, 1]
 * @param pValue probability of as many matches or more without knowledge, at most; in [0, 1]
 */
public record Evidence(int matches, int trials, double nullRate, double pValue) {
  /** Checks the ranges. */
  public Evidence {
    Check.atLeast(0, matches, "matches");
    Check.atLeast(matches, trials, "trials");
    checkShare(nullRate, "nullRate");
    checkShare(pValue, "pValue");
  }

  /**
   * Matches that come independently with a probability of {@code nullRate} at most each: the upper
   * tail of the binomial distribution, as an incomplete beta function, which keeps its digits where
   * one minus the lower tail has none left.
   */
  static Evidence byChance(int matches, int trials, double nullRate) {
    double tail = matches == 0 ? 1 : Beta.regularizedBeta(nullRate, matches, trials - matches + 1);
    return new Evidence(matches, trials, nullRate, Math.min(1, tail));
  }

  /**
   * Matches among cases that were drawn at random out of cases and controls: the upper tail of the
   * hypergeometric distribution (Fisher: The Logic of Inductive Inference, JRSS 1935), whatever the
   * rate is.
   */
  static Evidence againstControls(int matches, int trials, int controlMatches, int controls) {
    double nullRate = controls == 0 ? 1 : controlMatches / (double) controls;
    if (trials == 0 || controls == 0) {
      return new Evidence(matches, trials, nullRate, 1);
    }
    double tail =
        new HypergeometricDistribution(null, trials + controls, matches + controlMatches, trials)
            .upperCumulativeProbability(matches);
    return new Evidence(matches, trials, nullRate, Math.min(1, tail));
  }

  /** {@code matches / trials}; NaN where there was no trial. */
  public double rate() {
    return (double) matches / trials;
  }

  /** The size of the effect, {@code rate() - nullRate()}; NaN where there was no trial. */
  public double effect() {
    return rate() - nullRate;
  }

  /**
   * The verdict that convicts a model without knowledge with a probability of {@code alpha} at
   * most. Who tests several suspects or claims divides it by their number (Bonferroni).
   *
   * @param alpha level of significance, such as 0.001; in (0, 1)
   */
  public Verdict verdict(double alpha) {
    if (!(alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException("alpha must lie between 0 and 1, but was " + alpha);
    }
    return pValue <= alpha ? Verdict.COPY : Verdict.NOT_SHOWN;
  }

  private static void checkShare(double value, String name) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must lie in [0, 1], but was " + value);
    }
  }

  /** Such as {@code 97 of 100, 50.0% expected, p = 1.3e-25}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d of %d, %.1f%% expected, p = %.2g",
        matches,
        trials,
        100 * nullRate,
        pValue);
  }
}
