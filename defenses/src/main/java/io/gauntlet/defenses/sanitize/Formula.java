package io.gauntlet.defenses.sanitize;

/**
 * Text that a spreadsheet would run: <a
 * href="https://owasp.org/www-community/attacks/CSV_Injection">OWASP, CSV Injection</a>. Signed
 * numbers are none.
 */
final class Formula {
  private static final String BEGINNINGS = "=+-@\uFF1D\uFF0B\uFF0D\uFF20";

  private Formula() {}

  static boolean isIn(String text) {
    String bare = text.strip();
    return !bare.isEmpty() && BEGINNINGS.indexOf(bare.charAt(0)) >= 0 && !Decimal.isNumber(bare);
  }
}
