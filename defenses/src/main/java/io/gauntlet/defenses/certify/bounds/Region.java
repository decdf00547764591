package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Domain;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import org.jspecify.annotations.Nullable;

/**
 * The inputs that an attacker may reach from one: a ball, and the box that ball and domain share.
 *
 * <p>The least value of a linear form over a ball is known exactly, by the dual norm, and over a
 * box too. Over both at once it is at least the larger of the two, which is what {@link #addLeasts}
 * gives; under Linf the box is all there is, and the answer exact.
 */
final class Region {
  private static final double OUTWARD = 1 + 1e-15;

  private final double[] centre;
  private final double radius;
  private final Norm norm;
  private final Box box;

  private Region(double[] centre, double radius, Norm norm, Box box) {
    this.centre = centre;
    this.radius = radius;
    this.norm = norm;
    this.box = box;
  }

  /**
   * The ball of a threat model around an input.
   *
   * @param domain that the ball is cut to; {@code null} for the whole ball
   */
  static Region around(float[] input, ThreatModel threat, double radius, @Nullable Domain domain) {
    if (!threat.isBounded() || threat.norm() == Norm.l0()) {
      throw new IllegalArgumentException(
          "bounds are known for Linf, L2 and L1 with a largest size, but the threat was " + threat);
    }
    double[] centre = new double[input.length];
    double[] lower = new double[input.length];
    double[] upper = new double[input.length];
    for (int j = 0; j < input.length; j++) {
      centre[j] = input[j];
      lower[j] = Math.nextDown(centre[j] - radius);
      upper[j] = Math.nextUp(centre[j] + radius);
      if (domain != null) {
        lower[j] = Math.max(lower[j], domain.lower(j));
        upper[j] = Math.min(upper[j], domain.upper(j));
      }
    }
    return new Region(centre, radius, threat.norm(), new Box(lower, upper));
  }

  /** The smallest box around it. */
  Box box() {
    return box;
  }

  boolean isBox() {
    return norm == Norm.linf();
  }

  /**
   * Adds the least value that each form can have to its sum.
   *
   * @param forms coefficients of each feature, one for each form; {@code null} for all zero
   */
  void addLeasts(double[] @Nullable [] forms, Sums sums) {
    Sums ofBox = sums.copy();
    box.addLeasts(forms, ofBox);
    if (isBox()) {
      sums.become(ofBox);
    } else {
      addLeastsOfBall(forms, sums);
      sums.raiseTo(ofBox);
    }
  }

  private void addLeastsOfBall(double[] @Nullable [] forms, Sums sums) {
    double[] sizes = new double[sums.count()];
    int terms = 0;
    for (int j = 0; j < forms.length; j++) {
      double[] row = forms[j];
      if (row != null) {
        for (int f = 0; f < row.length; f++) {
          sums.add(f, row[f] * centre[j]);
          double size = Math.abs(row[f]);
          sizes[f] = norm == Norm.l1() ? Math.max(sizes[f], size) : sizes[f] + size * size;
        }
        sums.countTerms(1);
        terms++;
      }
    }
    double off = OUTWARD + Rounding.inDouble(terms + 2L);
    for (int f = 0; f < sizes.length; f++) {
      double dual = norm == Norm.l1() ? sizes[f] : Math.sqrt(sizes[f]) * off;
      sums.add(f, -radius * dual);
    }
    sums.countTerms(1);
  }

  /** Where a form is least over the region, or near it: always a point of it. */
  float[] minimiser(double[] @Nullable [] forms, int form) {
    double[] steps = new double[centre.length];
    double size = 0;
    int largest = 0;
    for (int j = 0; j < steps.length; j++) {
      double[] row = forms[j];
      steps[j] = row == null ? 0 : -row[form];
      size += steps[j] * steps[j];
      largest = Math.abs(steps[j]) > Math.abs(steps[largest]) ? j : largest;
    }
    float[] point = new float[centre.length];
    for (int j = 0; j < point.length; j++) {
      double step =
          norm == Norm.linf()
              ? Math.signum(steps[j]) * radius
              : norm == Norm.l1()
                  ? j == largest ? Math.signum(steps[j]) * radius : 0
                  : size > 0 ? steps[j] / Math.sqrt(size) * radius : 0;
      point[j] = inside(j, centre[j] + step);
    }
    return point;
  }

  /** The point that lies a share of the way from one point of it to another. */
  float[] between(float[] from, float[] to, double share) {
    float[] point = new float[from.length];
    for (int j = 0; j < point.length; j++) {
      point[j] = inside(j, from[j] + share * ((double) to[j] - from[j]));
    }
    return point;
  }

  /** The float nearest to a value that lies between the centre and it, and in the box. */
  private float inside(int j, double value) {
    double wanted = Math.min(box.upper(j), Math.max(box.lower(j), value));
    float near = (float) wanted;
    if (Math.abs(near - centre[j]) > Math.abs(wanted - centre[j])) {
      near = Math.nextAfter(near, centre[j]);
    }
    return near;
  }
}
