package io.gauntlet.defenses.sanitize;

import java.util.List;

/** How a source writes its rows; plain or gzipped UTF-8. */
public sealed interface Format {
  /** RFC 4180: commas, quotes, names in the first line. */
  static Csv csv() {
    return new Csv(',', true, List.of());
  }

  /** One flat JSON object a line. */
  static JsonLines jsonLines() {
    return new JsonLines();
  }

  /**
   * Separated values.
   *
   * @param separator between cells; neither quote nor line break
   * @param quoted whether {@code "} quotes, so that a cell may hold separators and line breaks;
   *     otherwise it is a character like any other
   * @param columns names of the columns of a source without header; empty where the first line
   *     names them
   */
  record Csv(char separator, boolean quoted, List<String> columns) implements Format {
    /** Copies and checks. */
    public Csv {
      if ("\"\r\n\0".indexOf(separator) >= 0 || separator > 0x7f) {
        throw new IllegalArgumentException(
            "separator must be an ASCII character other than quote and line break, but was code "
                + (int) separator);
      }
      columns = List.copyOf(columns);
    }

    /** Same with another separator. */
    public Csv withSeparator(char newSeparator) {
      return new Csv(newSeparator, quoted, columns);
    }

    /** Same where quotes mean nothing, as in most TSV. */
    public Csv withoutQuotes() {
      return new Csv(separator, false, columns);
    }

    /** Same for a source without header. */
    public Csv withoutHeader(String... names) {
      return new Csv(separator, quoted, List.of(names));
    }
  }

  /** One flat JSON object a line; values are strings, numbers, booleans or null. */
  record JsonLines() implements Format {}
}
