package io.gauntlet.data;

import java.util.regex.Pattern;

/** Numbers as tables write them; Java's own parser would also take {@code 1f} and {@code 0x1p3}. */
final class CsvNumber {
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?:[0-9]++(?:\\.[0-9]*+)?|\\.[0-9]++)(?:[eE][+-]?[0-9]++)?");

  private CsvNumber() {}

  static boolean isNumber(String text) {
    return DECIMAL.matcher(text).matches();
  }

  /** The number that {@code text} stands for; NaN where it stands for none. */
  static double parse(String text) {
    return isNumber(text) ? Double.parseDouble(text) : Double.NaN;
  }
}
