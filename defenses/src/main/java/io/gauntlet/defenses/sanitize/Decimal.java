package io.gauntlet.defenses.sanitize;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Numbers as data files write them; Java's own parser would also take {@code 1f}. */
final class Decimal {
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?:[0-9]++(?:\\.[0-9]*+)?|\\.[0-9]++)(?:[eE][+-]?[0-9]++)?");
  private static final Set<String> NOT_FINITE =
      Set.of("nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity");

  private Decimal() {}

  static boolean isNumber(String text) {
    return DECIMAL.matcher(text).matches();
  }

  /** The number that {@code text} stands for, infinite if too large; NaN where it is none. */
  static double parse(String text) {
    return isNumber(text) ? Double.parseDouble(text) : Double.NaN;
  }

  /** Whether {@code text} is another program's way to write NaN or infinity, or overflows. */
  static boolean isNotFinite(String text) {
    return NOT_FINITE.contains(text.toLowerCase(Locale.ROOT)) || Double.isInfinite(parse(text));
  }
}
