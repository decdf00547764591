package io.gauntlet.model;

import java.util.Locale;

/** Argument checks whose messages always carry the offending value; NaN passes none of them. */
public final class Check {
  private Check() {}

  /** Returns {@code value}, which must be finite and at least zero. */
  public static float nonNegative(float value, String name) {
    if (value >= 0 && Float.isFinite(value)) {
      return value;
    }
    throw new IllegalArgumentException(
        String.format(Locale.ROOT, "%s must be finite and not negative, but was %s", name, value));
  }

  /** Returns {@code value}, which must be finite and greater than zero. */
  public static float positive(float value, String name) {
    if (value > 0 && Float.isFinite(value)) {
      return value;
    }
    throw new IllegalArgumentException(
        String.format(Locale.ROOT, "%s must be finite and positive, but was %s", name, value));
  }

  /** Returns {@code value}, which must be at least {@code min}. */
  public static long atLeast(long min, long value, String name) {
    if (value >= min) {
      return value;
    }
    throw new IllegalArgumentException(
        String.format(Locale.ROOT, "%s must be at least %d, but was %d", name, min, value));
  }
}
