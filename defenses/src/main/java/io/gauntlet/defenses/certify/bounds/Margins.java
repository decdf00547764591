package io.gauntlet.defenses.certify.bounds;

/** Lower bounds of the logit of a claim's label minus that of every class. */
public final class Margins {
  private final int label;
  private final double[] lower;
  private final double[] drifts;

  Margins(int label, double[] lower, double[] drifts) {
    this.label = label;
    this.lower = lower;
    this.drifts = drifts;
  }

  /** How much larger the label's logit is than that of a class, at least, in exact arithmetic. */
  public double lower(int against) {
    return against == label ? 0 : lower[against];
  }

  /**
   * How much of that an engine may lose by computing in 32 bits; 0 unless the claim is {@link
   * Claims#asEvaluated}.
   */
  public double drift(int against) {
    return against == label ? 0 : drifts[label] + drifts[against];
  }

  /** The least of all margins, drift subtracted: the claim is certified if it is positive. */
  public double least() {
    double least = Double.POSITIVE_INFINITY;
    for (int c = 0; c < lower.length; c++) {
      if (c != label) {
        least = Math.min(least, lower(c) - drift(c));
      }
    }
    return least;
  }
}
