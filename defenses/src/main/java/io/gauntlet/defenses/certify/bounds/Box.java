package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Check;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Least and largest values of some features, which include every value they can take. */
public final class Box {
  private final double[] lower;
  private final double[] upper;

  Box(double[] lower, double[] upper) {
    this.lower = lower;
    this.upper = upper;
    for (int j = 0; j < lower.length; j++) {
      if (!(lower[j] <= upper[j])) {
        throw new IllegalStateException(
            "a lower bound must not exceed the upper one, but feature %s lies from %s to %s"
                .formatted(j, lower[j], upper[j]));
      }
    }
  }

  /**
   * The box with these ends, which it takes over; empty where a lower one is above an upper one.
   */
  static Optional<Box> between(double[] lower, double[] upper) {
    for (int j = 0; j < lower.length; j++) {
      if (lower[j] > upper[j]) {
        return Optional.empty();
      }
    }
    return Optional.of(new Box(lower, upper));
  }

  /** Number of features. */
  public int size() {
    return lower.length;
  }

  /** The least value of a feature. */
  public double lower(int feature) {
    return lower[feature];
  }

  /** The largest value of a feature. */
  public double upper(int feature) {
    return upper[feature];
  }

  /** Whether all these values, one for each feature, lie within. */
  public boolean contains(double... values) {
    Check.atLeast(size(), values.length, "number of values");
    for (int j = 0; j < lower.length; j++) {
      if (!(values[j] >= lower[j] && values[j] <= upper[j])) {
        return false;
      }
    }
    return true;
  }

  /**
   * Adds the least value that each linear form has in the box to its sum.
   *
   * @param forms coefficients of each feature, one for each form; {@code null} for all zero
   */
  void addLeasts(double[] @Nullable [] forms, Sums sums) {
    for (int j = 0; j < forms.length; j++) {
      double[] row = forms[j];
      if (row != null) {
        for (int f = 0; f < row.length; f++) {
          sums.add(f, Math.max(row[f], 0) * lower[j] + Math.min(row[f], 0) * upper[j]);
        }
        sums.countTerms(1);
      }
    }
  }

  /** The largest size of any feature. */
  double magnitude() {
    double most = 0;
    for (int j = 0; j < lower.length; j++) {
      most = Math.max(most, magnitude(j));
    }
    return most;
  }

  double magnitude(int feature) {
    return Math.max(-lower[feature], upper[feature]);
  }

  /** What a ReLU makes of it. */
  Box rectified() {
    double[] from = new double[lower.length];
    double[] to = new double[lower.length];
    for (int j = 0; j < from.length; j++) {
      from[j] = Math.max(0, lower[j]);
      to[j] = Math.max(0, upper[j]);
    }
    return new Box(from, to);
  }

  /** What both boxes hold, which must not be nothing. */
  Box and(Box other) {
    double[] from = lower.clone();
    double[] to = upper.clone();
    for (int j = 0; j < from.length; j++) {
      from[j] = Math.max(from[j], other.lower[j]);
      to[j] = Math.min(to[j], other.upper[j]);
    }
    return new Box(from, to);
  }
}
