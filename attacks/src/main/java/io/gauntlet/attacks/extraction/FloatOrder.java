package io.gauntlet.attacks.extraction;

/**
 * Numbers the floats in ascending order without a gap, so that a search between two of them ends at
 * neighbours. Every float but NaN has one number, {@code -0.0f} and {@code 0.0f} one each.
 */
final class FloatOrder {
  private FloatOrder() {}

  static long rank(float value) {
    int bits = Float.floatToIntBits(value);
    return bits >= 0 ? bits : -1L - (bits & Integer.MAX_VALUE);
  }

  static float at(long rank) {
    return Float.intBitsToFloat(rank >= 0 ? (int) rank : (int) (-1L - rank) | Integer.MIN_VALUE);
  }
}
