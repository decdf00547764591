package io.gauntlet.model;

/**
 * Closed interval that an input feature must stay inside, in the model's own input units.
 *
 * @param lower smallest legal feature value; finite
 * @param upper largest legal feature value; finite, greater than {@code lower}
 */
public record Range(float lower, float upper) {
  /** Pixels scaled to [0, 1]. */
  public static final Range UNIT = new Range(0f, 1f);

  /** Rejects NaN, infinite ends and empty intervals. */
  public Range {
    if (!(lower < upper) || Float.isInfinite(lower) || Float.isInfinite(upper)) {
      throw new IllegalArgumentException(
          "range must be finite with lower < upper, but was [" + lower + ", " + upper + "]");
    }
  }

  @Override
  public String toString() {
    return "[" + lower + ", " + upper + "]";
  }
}
