package io.gauntlet.defenses.sanitize;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of training data.
 *
 * @param position place among all rows read of all sources, malformed ones included, from 0
 * @param source name of the source
 * @param line number of the row's first line in the source, from 1
 * @param cells by column, in the order of the source
 */
public record Row(long position, String source, long line, Map<String, Cell> cells) {
  /** What the format says about a cell. */
  public enum Kind {
    /** CSV knows no types. */
    UNTYPED,
    /** JSON string. */
    STRING,
    /** JSON number. */
    NUMBER,
    /** JSON true or false. */
    BOOLEAN
  }

  /**
   * One value as it was written.
   *
   * @param text unquoted and unescaped
   * @param kind what the format says about it
   */
  public record Cell(String text, Kind kind) {}

  private static final Cell MISSING = new Cell("", Kind.UNTYPED);

  /** Copies the cells. */
  public Row {
    cells = Collections.unmodifiableMap(new LinkedHashMap<>(cells));
  }

  /** Whether the column is there and not empty; JSON's null is not there. */
  public boolean has(String column) {
    return !text(column).isEmpty();
  }

  /** The cell of a column as text; empty where there is none. */
  public String text(String column) {
    return cells.getOrDefault(column, MISSING).text();
  }

  /** The cell of a column as number; NaN where it is none or none is there. */
  public double number(String column) {
    return Decimal.parse(text(column));
  }
}
