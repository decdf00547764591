package io.gauntlet.defenses.certify.bounds;

/**
 * How far a sum in floating point may be from the true one: a sum of {@code n} products is off by
 * less than {@code n * u / (1 - n * u)} times the sum of their sizes, in whatever order it is
 * computed (Higham: Accuracy and Stability of Numerical Algorithms, section 3.1), where {@code u}
 * is half a unit in the last place.
 */
final class Rounding {
  private static final double DOUBLE = 0x1p-53;
  private static final double FLOAT = 0x1p-24;
  private static final double OWN = 1.05; // what the computation of the error may be off by itself

  private Rounding() {}

  /** Error of a sum of {@code terms} products in 64 bits, relative to the sum of their sizes. */
  static double inDouble(long terms) {
    return OWN * share(terms, DOUBLE);
  }

  /** The same in 32 bits, as engines compute; infinite where nothing can be said. */
  static double inFloat(long terms) {
    return OWN * share(terms, FLOAT);
  }

  private static double share(long terms, double unit) {
    double error = terms * unit;
    return error < 0.5 ? error / (1 - error) : Double.POSITIVE_INFINITY;
  }
}
