package io.gauntlet.data;

import org.jspecify.annotations.Nullable;

/** What a number must be to stand for a class. */
final class ClassNumber {
  /** More classes than any classifier has; keeps one absurd label from naming billions. */
  static final int MOST = 1 << 20;

  private ClassNumber() {}

  /** The rule that {@code label} breaks, with the value found; null where it breaks none. */
  static @Nullable String ruleBrokenBy(double label) {
    String found =
        label == Math.rint(label) && Math.abs(label) < 1e15 ? (long) label + "" : label + "";
    if (label < 0) {
      return "labels must not be negative, but this one was " + found;
    }
    if (label != Math.rint(label)) { // NaN too
      return "labels must be whole numbers, but this one was " + found;
    }
    if (label >= MOST) {
      return "labels must be below " + MOST + ", but this one was " + found;
    }
    return null;
  }
}
