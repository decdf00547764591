package io.gauntlet.evaluate;

import io.gauntlet.model.Check;
import org.apache.commons.math3.distribution.BetaDistribution;

/**
 * Confidence interval of a share.
 *
 * @param lower in [0, 1]
 * @param upper in [0, 1], at least {@code lower}
 * @param confidence probability that an interval made this way contains the true share, in (0, 1)
 */
public record Interval(double lower, double upper, double confidence) {
  private static final double ACCURACY = 1e-14; // the default 1e-9 leaves 2e-5 relative error

  /** Checks order and confidence. */
  public Interval {
    if (!(0 <= lower && lower <= upper && upper <= 1)) {
      throw new IllegalArgumentException(
          "an interval must satisfy 0 <= lower <= upper <= 1, but was [%s, %s]"
              .formatted(lower, upper));
    }
    checkConfidence(confidence);
  }

  /**
   * The exact two-sided interval of a binomial share (Clopper, Pearson: The Use of Confidence or
   * Fiducial Limits Illustrated in the Case of the Binomial, Biometrika 1934). Never too narrow,
   * also at 0 and at 1.
   *
   * @param successes from 0 to {@code trials}
   * @param trials at least 1
   */
  public static Interval clopperPearson(int successes, int trials, double confidence) {
    Check.atLeast(1, trials, "trials");
    if (successes < 0 || successes > trials) {
      throw new IllegalArgumentException(
          "successes must be from 0 to %s, but was %s".formatted(trials, successes));
    }
    double tail = (1 - checkConfidence(confidence)) / 2;
    int failures = trials - successes;
    double lower = successes == 0 ? 0 : beta(successes, failures + 1, tail);
    double upper = failures == 0 ? 1 : beta(successes + 1, failures, 1 - tail);
    return new Interval(lower, upper, confidence);
  }

  private static double beta(double alpha, double beta, double probability) {
    return new BetaDistribution(null, alpha, beta, ACCURACY)
        .inverseCumulativeProbability(probability);
  }

  /** Upper minus lower end. */
  public double width() {
    return upper - lower;
  }

  static double checkConfidence(double confidence) {
    if (confidence > 0 && confidence < 1) {
      return confidence;
    }
    throw new IllegalArgumentException(
        "confidence must lie between 0 and 1, such as 0.95, but was " + confidence);
  }
}
