package io.gauntlet.data;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts UTF-8 text into the rows and fields of RFC 4180.
 *
 * <p>Blanks around a field do not count, LF and CR end a row as CRLF does, and empty lines at the
 * end are no rows.
 */
final class CsvRows {
  /** No number or class name is longer; a quote that is never closed would be. */
  private static final int MOST_CHARACTERS = 1 << 20;

  private static final int END = -1;

  private final String source;
  private final char separator;
  private final BufferedReader in;
  private int next;
  private int row;

  /** Rows of plain or gzipped text. */
  CsvRows(String source, char separator, InputStream text) {
    this.source = source;
    this.separator = separator;
    try {
      in =
          new BufferedReader(
              new InputStreamReader(
                  ByteSource.unpacked(text), StandardCharsets.UTF_8.newDecoder()));
    } catch (IOException e) {
      throw unreadable(e);
    }
    advance();
    if (next == '\uFEFF') { // the mark that Excel puts before UTF-8
      advance();
    }
  }

  /** Number of the row that was read last, the first being 1. */
  int row() {
    return row;
  }

  /** The fields of the next row; null at the end. */
  @Nullable List<String> next() {
    if (next == END) {
      return null;
    }
    row++;
    List<String> fields = new ArrayList<>();
    fields.add(field());
    while (next == separator) {
      advance();
      fields.add(field());
    }
    endRow();
    if (fields.size() == 1 && fields.get(0).isEmpty()) {
      requireOnlyEmptyLines();
      return null;
    }
    return fields;
  }

  private void requireOnlyEmptyLines() {
    while (next == '\r' || next == '\n') {
      advance();
    }
    if (next != END) {
      throw broken("row " + row, "the row is empty, but more rows follow");
    }
  }

  private void endRow() {
    if (next == '\r') {
      advance();
    }
    if (next == '\n') {
      advance();
    }
  }

  private String field() {
    while (isBlank(next)) {
      advance();
    }
    return next == '"' ? quoted() : unquoted();
  }

  private String unquoted() {
    StringBuilder text = new StringBuilder();
    while (!endsField(next)) {
      if (next == '"') {
        throw broken("row " + row, "a quote must not stand inside a field without quotes: " + text);
      }
      append(text);
    }
    return text.toString().strip();
  }

  private String quoted() {
    StringBuilder text = new StringBuilder();
    int openedIn = row;
    advance();
    while (true) {
      if (next == END) {
        throw broken("row " + openedIn, "a quote is opened, but never closed");
      }
      if (next == '"') {
        advance();
        if (next != '"') {
          break;
        }
      }
      append(text);
    }
    while (isBlank(next)) {
      advance();
    }
    if (!endsField(next)) {
      throw broken("row " + row, "nothing may follow a closing quote: \"" + text + "\"");
    }
    return text.toString().strip();
  }

  private boolean isBlank(int c) {
    return (c == ' ' || c == '\t') && c != separator;
  }

  private boolean endsField(int c) {
    return c == separator || c == '\r' || c == '\n' || c == END;
  }

  private void append(StringBuilder text) {
    if (text.length() == MOST_CHARACTERS) {
      throw broken(
          "row " + row,
          "a field must have at most %s characters, but one is longer".formatted(MOST_CHARACTERS));
    }
    text.append((char) next);
    advance();
  }

  private void advance() {
    try {
      next = in.read();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private DataException unreadable(IOException e) {
    // the decoder reads ahead, so that the row itself is not known
    String place = row <= 1 ? "near the beginning" : "after row " + (row - 1);
    if (e instanceof CharacterCodingException) {
      return broken(place, "the text must be UTF-8, but has bytes that are not");
    }
    if (e instanceof EOFException) {
      return broken(place, "the packed data end early");
    }
    return broken(place, "the text cannot be read from here on: " + e.getMessage());
  }

  private DataException broken(String place, String rule) {
    return new DataException(source, place, rule);
  }
}
