package io.gauntlet.defenses.sanitize;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts one record into cells as {@code io.gauntlet.data} does, so that the check and the training
 * see the same table: blanks around a cell do not count.
 */
final class CsvCells {
  private final Format.Csv format;

  CsvCells(Format.Csv format) {
    this.format = format;
  }

  /** The cells of one record without its line break. */
  List<String> of(String record) throws MalformedRowException {
    List<String> cells = new ArrayList<>();
    int at = 0;
    do {
      at = cell(record, at, cells) + 1;
    } while (at <= record.length());
    return cells;
  }

  /** Adds the cell that begins here; returns where its separator is, or the end. */
  private int cell(String record, int from, List<String> cells) throws MalformedRowException {
    int at = skipBlanks(record, from);
    if (format.quoted() && at < record.length() && record.charAt(at) == '"') {
      return quoted(record, at + 1, cells);
    }
    int end = record.indexOf(format.separator(), at);
    String cell = record.substring(at, end < 0 ? record.length() : end).strip();
    if (format.quoted() && cell.indexOf('"') >= 0) {
      throw new MalformedRowException(
          "quote", "a quote must not stand inside a cell without quotes: " + shown(cell));
    }
    for (int i = 0; i < cell.length(); i++) {
      requireNoControl(cell.charAt(i));
    }
    cells.add(cell);
    return end < 0 ? record.length() : end;
  }

  private int quoted(String record, int from, List<String> cells) throws MalformedRowException {
    StringBuilder cell = new StringBuilder();
    int at = from;
    while (true) {
      if (at == record.length()) {
        throw new MalformedRowException("quote", "a quote is opened, but never closed");
      }
      char c = record.charAt(at++);
      if (c == '"') {
        if (at == record.length() || record.charAt(at) != '"') {
          break;
        }
        at++;
      } else if (c != '\r' && c != '\n') {
        requireNoControl(c);
      }
      cell.append(c);
    }
    at = skipBlanks(record, at);
    if (at < record.length() && record.charAt(at) != format.separator()) {
      throw new MalformedRowException(
          "quote", "nothing may follow a closing quote: " + shown(cell.toString()));
    }
    cells.add(cell.toString().strip());
    return at;
  }

  private int skipBlanks(String record, int from) {
    int at = from;
    while (at < record.length()
        && (record.charAt(at) == ' ' || record.charAt(at) == '\t')
        && record.charAt(at) != format.separator()) {
      at++;
    }
    return at;
  }

  /** Another reader may end a row at a lone CR, and see a row in it that nobody checked. */
  private static void requireNoControl(char c) throws MalformedRowException {
    if ((c < ' ' && c != '\t') || c == 0x7f) {
      throw new MalformedRowException(
          c == 0 ? "nul" : "control",
          "a cell must have no control character, but has code " + (int) c);
    }
  }

  private static String shown(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
