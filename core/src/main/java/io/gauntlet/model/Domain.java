package io.gauntlet.model;

import java.util.List;

/**
 * The legal values of every input feature: one {@link Range} for all of them, as pixels have, or
 * one for each, as the columns of a table have.
 */
public final class Domain {
  /** Pixels scaled to [0, 1]. */
  public static final Domain UNIT = Domain.of(Range.UNIT);

  private final List<Range> ranges;
  private final float[] lower;
  private final float[] upper;
  private final int stride; // 0 where one range serves every feature

  private Domain(List<Range> ranges) {
    this.ranges = ranges;
    lower = new float[ranges.size()];
    upper = new float[ranges.size()];
    for (int j = 0; j < lower.length; j++) {
      lower[j] = ranges.get(j).lower();
      upper[j] = ranges.get(j).upper();
    }
    stride = lower.length == 1 ? 0 : 1;
  }

  /** The same range for every feature. */
  public static Domain of(Range everyFeature) {
    return new Domain(List.of(everyFeature));
  }

  /** The same range, from {@code lower} to {@code upper}, for every feature. */
  public static Domain of(float lower, float upper) {
    return of(new Range(lower, upper));
  }

  /** Feature {@code j} lies in {@code ranges.get(j)}. */
  public static Domain perFeature(List<Range> ranges) {
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("a domain needs at least one range, but had none");
    }
    return new Domain(List.copyOf(ranges));
  }

  /** Legal values of one feature. */
  public Range range(int feature) {
    return ranges.get(stride * feature);
  }

  /** Smallest legal value of one feature. */
  public float lower(int feature) {
    return lower[stride * feature];
  }

  /** Largest legal value of one feature. */
  public float upper(int feature) {
    return upper[stride * feature];
  }

  /** Whether {@code value} is legal for one feature; NaN never is. */
  public boolean contains(int feature, float value) {
    return value >= lower(feature) && value <= upper(feature);
  }

  /** The legal value of one feature closest to {@code value}. */
  public float clip(int feature, float value) {
    return Math.min(upper(feature), Math.max(lower(feature), value));
  }

  /**
   * Returns {@code inputs}, all of whose values must be legal.
   *
   * @throws IllegalArgumentException naming the first value outside its range, or the width that
   *     does not fit
   */
  public Batch check(Batch inputs) {
    if (ranges.size() != 1 && inputs.width() != ranges.size()) {
      throw new IllegalArgumentException(
          "inputs must have %s features like the domain, but have %s"
              .formatted(ranges.size(), inputs.width()));
    }
    for (int i = 0; i < inputs.rows(); i++) {
      for (int j = 0; j < inputs.width(); j++) {
        float value = inputs.get(i, j);
        if (!contains(j, value)) {
          throw new IllegalArgumentException(
              "inputs must lie in the model's domain %s, but feature %s of example %s was %s"
                  .formatted(range(j), j, inputs.example(i), value));
        }
      }
    }
    return inputs;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Domain that && ranges.equals(that.ranges);
  }

  @Override
  public int hashCode() {
    return ranges.hashCode();
  }

  @Override
  public String toString() {
    return ranges.size() == 1 ? ranges.get(0).toString() : ranges.toString();
  }
}
