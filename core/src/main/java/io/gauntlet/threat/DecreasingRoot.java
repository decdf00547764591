package io.gauntlet.threat;

import java.util.function.DoubleUnaryOperator;

/**
 * Where a continuous decreasing function crosses zero: the Illinois variant of regula falsi, which
 * needs about eight evaluations where bisection needs fifty, and never leaves its bracket.
 */
final class DecreasingRoot {
  private static final int ENOUGH = 100; // more than bisection would need
  private static final double TOLERANCE = 1e-9;

  private DecreasingRoot() {}

  /** The root between {@code low}, where {@code f >= 0}, and {@code high}, where {@code f <= 0}. */
  static double of(DoubleUnaryOperator f, double low, double high) {
    double atLow = f.applyAsDouble(low);
    double atHigh = f.applyAsDouble(high);
    int side = 0;
    for (int i = 0; i < ENOUGH && atHigh != 0 && high - low > TOLERANCE * high; i++) {
      double middle = (low * atHigh - high * atLow) / (atHigh - atLow);
      if (!(middle > low && middle < high)) {
        middle = (low + high) / 2;
      }
      double value = f.applyAsDouble(middle);
      if (value > 0) {
        low = middle;
        atLow = value;
        atHigh = side == 1 ? atHigh / 2 : atHigh; // the same end moved twice: pull the other in
        side = 1;
      } else {
        high = middle;
        atHigh = value;
        atLow = side == -1 ? atLow / 2 : atLow;
        side = -1;
      }
    }
    return high;
  }
}
