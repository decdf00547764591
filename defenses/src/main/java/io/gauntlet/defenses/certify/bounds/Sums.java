package io.gauntlet.defenses.certify.bounds;

import java.util.Arrays;

/**
 * Sums that are never too large: one for each linear form, with the sizes of all that was added and
 * what rounding elsewhere may have cost, both of which are subtracted in the end.
 */
final class Sums {
  private final double[] values;
  private final double[] sizes;
  private final double[] losses;
  private long terms = 2;

  Sums(int count) {
    this(new double[count], new double[count], new double[count]);
  }

  private Sums(double[] values, double[] sizes, double[] losses) {
    this.values = values;
    this.sizes = sizes;
    this.losses = losses;
  }

  Sums copy() {
    Sums copy = new Sums(values.clone(), sizes.clone(), losses.clone());
    copy.terms = terms;
    return copy;
  }

  int count() {
    return values.length;
  }

  /** Adds to one form. */
  void add(int form, double value) {
    values[form] += value;
    sizes[form] += Math.abs(value);
  }

  /** Adds {@code factor} times the coefficients of one feature, one for each form. */
  void add(double[] row, double factor) {
    for (int f = 0; f < values.length; f++) { // auto-vectorises
      double value = row[f] * factor;
      values[f] += value;
      sizes[f] += Math.abs(value);
    }
  }

  /** Adds {@code factor} times the negative coefficients. */
  void addNegative(double[] row, double factor) {
    for (int f = 0; f < values.length; f++) {
      double value = Math.min(row[f], 0) * factor;
      values[f] += value;
      sizes[f] -= value;
    }
  }

  /** Notes that coefficients of this feature are only known to a share of their size. */
  void lose(double[] row, double share) {
    for (int f = 0; f < losses.length; f++) {
      losses[f] += Math.abs(row[f]) * share;
    }
  }

  /** Says that every form was added to that often. */
  void countTerms(int added) {
    terms += added;
  }

  void become(Sums other) {
    System.arraycopy(other.values, 0, values, 0, values.length);
    System.arraycopy(other.sizes, 0, sizes, 0, sizes.length);
    System.arraycopy(other.losses, 0, losses, 0, losses.length);
    terms = other.terms;
  }

  /** Takes over what is larger in the end. */
  void raiseTo(Sums other) {
    double[] ours = lower();
    double[] theirs = other.lower();
    for (int f = 0; f < values.length; f++) {
      values[f] = Math.max(ours[f], theirs[f]);
    }
    Arrays.fill(sizes, 0);
    Arrays.fill(losses, 0);
  }

  /** Numbers that the true sums are not below. */
  double[] lower() {
    double[] lower = new double[values.length];
    double rounding = Rounding.inDouble(terms);
    for (int f = 0; f < lower.length; f++) {
      double loss = sizes[f] * rounding + losses[f] * (1 + Rounding.inDouble(terms));
      lower[f] = values[f] - loss - Math.ulp(values[f]);
    }
    return lower;
  }
}
