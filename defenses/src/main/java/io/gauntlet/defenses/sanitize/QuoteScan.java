package io.gauntlet.defenses.sanitize;

/** Follows quotes through the bytes of a record, to tell whether it ends inside one. */
final class QuoteScan {
  private final char separator;
  private boolean atStart = true;
  private boolean open;
  private boolean afterQuote;

  QuoteScan(char separator) {
    this.separator = separator;
  }

  /** Whether a quote is open after these bytes too. */
  boolean isOpenAfter(byte[] bytes) {
    for (byte c : bytes) {
      boolean quote = c == '"';
      if (open) {
        open = !quote;
      } else if (quote) {
        // the second of two quotes opens again what the first one closed
        open = atStart || afterQuote;
        atStart = false;
      } else if (c == separator) {
        atStart = true;
      } else if (!isBlank(c)) {
        atStart = false;
      }
      afterQuote = quote && !open;
    }
    return open;
  }

  /** Blanks, and the mark that Excel puts before UTF-8. */
  private static boolean isBlank(byte c) {
    return c == ' ' || c == '\t' || c == (byte) 0xEF || c == (byte) 0xBB || c == (byte) 0xBF;
  }
}
