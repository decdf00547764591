package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.defenses.certify.bounds.LinearBounds.LowerSlope;
import org.jspecify.annotations.Nullable;

/**
 * Two lines for every ReLU of a layer: one that it is never below, one that it is never above,
 * between the bounds of what enters it.
 *
 * <p>A ReLU that is always off or always on is a line itself. Between {@code lower < 0} and {@code
 * upper > 0} the upper line goes through both ends, {@code upper / (upper - lower) * (x - lower)};
 * any line through zero whose slope is from 0 to 1 is below.
 */
final class Relaxation {
  private final Box box;
  private final double[] lowerSlope;
  private final double[] upperSlope;
  private final double[] upperOffset;

  private final double[] multipliers; // of the constraint that a split adds, signed

  private Relaxation(
      Box box,
      double[] lowerSlope,
      double[] upperSlope,
      double[] upperOffset,
      double[] multipliers) {
    this.box = box;
    this.lowerSlope = lowerSlope;
    this.upperSlope = upperSlope;
    this.upperOffset = upperOffset;
    this.multipliers = multipliers;
  }

  Relaxation(Box box, LowerSlope choice) {
    this(
        box,
        new double[box.size()],
        new double[box.size()],
        new double[box.size()],
        new double[box.size()]);
    for (int j = 0; j < lowerSlope.length; j++) {
      double lower = box.lower(j);
      double upper = box.upper(j);
      if (lower >= 0) {
        lowerSlope[j] = 1;
        upperSlope[j] = 1;
      } else if (upper > 0) {
        double slope = upper / (upper - lower);
        upperSlope[j] = slope;
        // a line above both ends is above what lies between, whatever was rounded
        double overLower = Math.nextUp(-slope * lower);
        double overUpper = Math.nextUp(upper - Math.nextDown(slope * upper));
        upperOffset[j] = Math.max(overLower, overUpper);
        lowerSlope[j] = choice.of(lower, upper);
      }
    }
  }

  /**
   * The same between other lines below, and with a multiple of what enters added to every form: the
   * Lagrangian of constraints on it, which is a lower bound for any slopes in [0, 1] and any
   * multipliers of the right sign.
   */
  Relaxation with(double[] slopes, double[] newMultipliers) {
    return new Relaxation(box, slopes, upperSlope, upperOffset, newMultipliers);
  }

  Box box() {
    return box;
  }

  double lowerSlope(int feature) {
    return lowerSlope[feature];
  }

  /** How far the lines are apart where they are furthest, on the side that a coefficient uses. */
  double gap(int feature, double coefficient) {
    double below = lowerSlope[feature];
    return coefficient < 0
        ? upperOffset[feature]
        : Math.max((1 - below) * box.upper(feature), -below * box.lower(feature));
  }

  /** The line that a coefficient uses, at one value of what enters. */
  double at(int feature, double value, double coefficient) {
    if (!isUnstable(feature)) {
      return box.lower(feature) >= 0 ? value : 0;
    }
    return coefficient < 0
        ? upperSlope[feature] * value + upperOffset[feature]
        : lowerSlope[feature] * value;
  }

  boolean isUnstable(int feature) {
    return box.lower(feature) < 0 && box.upper(feature) > 0;
  }

  /** Turns lower bounds in what leaves the layer into lower bounds in what enters it. */
  void apply(double[] @Nullable [] forms, Sums sums, double share) {
    for (int j = 0; j < forms.length; j++) {
      double[] row = forms[j];
      if (row != null && box.upper(j) <= 0) {
        row = null;
      } else if (row != null && box.lower(j) < 0) {
        sums.addNegative(row, upperOffset[j]);
        double below = lowerSlope[j];
        double above = upperSlope[j];
        for (int f = 0; f < row.length; f++) {
          row[f] = below * Math.max(row[f], 0) + above * Math.min(row[f], 0);
        }
      }
      if (multipliers[j] != 0) {
        row = row == null ? new double[sums.count()] : row;
        for (int f = 0; f < row.length; f++) {
          row[f] += multipliers[j];
        }
      }
      forms[j] = row;
      if (row != null) {
        sums.lose(row, box.magnitude(j) * share);
        sums.countTerms(1);
      }
    }
  }
}
