package io.gauntlet.data;

import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table read row by row: all rows have one length, and columns may have names. */
final class CsvTable {
  private final String source;
  private final CsvRows rows;
  private final List<String> first;
  private final boolean hasHeader;
  private @Nullable List<String> current;

  private CsvTable(String source, CsvRows rows, List<String> first, boolean hasHeader) {
    this.source = source;
    this.rows = rows;
    this.first = first;
    this.hasHeader = hasHeader;
  }

  /**
   * Reads the first row.
   *
   * @param hasHeader whether it is a header even if it has numbers in it
   */
  static CsvTable open(String source, char separator, InputStream text, boolean hasHeader) {
    CsvRows rows = new CsvRows(source, separator, text);
    List<String> first = rows.next();
    if (first == null) {
      throw new DataException(source, "row 1", "there must be at least one row, but there is none");
    }
    // a row of data has a number, or it would have no feature
    boolean noNumber = first.stream().noneMatch(CsvNumber::isNumber);
    return new CsvTable(source, rows, first, hasHeader || noNumber);
  }

  int columns() {
    return first.size();
  }

  /** Position of the column that the header calls {@code name}. */
  int column(String name) {
    int column = hasHeader ? first.indexOf(name) : -1;
    if (column < 0 || column != first.lastIndexOf(name)) {
      throw broken("the header must have the column '%s' once, but is %s".formatted(name, first));
    }
    return column;
  }

  /** Steps to the next row of data; false at the end. */
  boolean next() {
    current = rows.row() == 1 && !hasHeader && current == null ? first : rows.next();
    if (current != null && current.size() != first.size()) {
      throw broken(
          "every row must have %s columns like row 1, but this one has %s"
              .formatted(first.size(), current.size()));
    }
    return current != null;
  }

  /** Number of the row stepped to, the first of the file being 1. */
  int row() {
    return rows.row();
  }

  /** A field of the row stepped to. */
  String field(int column) {
    if (current == null) {
      throw new IllegalStateException("there is no row to take a field from");
    }
    return current.get(column);
  }

  /** What to throw where the row stepped to breaks a rule. */
  DataException broken(String rule) {
    return new DataException(source, "row " + row(), rule);
  }

  /** What to throw where one field of the row stepped to breaks a rule. */
  DataException broken(int column, String rule) {
    String name = hasHeader ? " (" + first.get(column) + ")" : "";
    return new DataException(source, "row " + row() + ", column " + (column + 1) + name, rule);
  }
}
