package io.gauntlet.defenses.sanitize;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a source row by row and survives whatever is in it.
 *
 * <p>A record that is malformed costs its first line only: reading goes on with the next one, so
 * that a quote that nobody closes cannot swallow the rows behind it. Lines longer than {@code
 * longest} are skipped without being held. A header that is no header speaks against every row.
 */
final class SourceReader implements Closeable {
  private final Source source;
  private final int longest;
  private final Lines lines;
  private final @Nullable CsvCells csv;
  private final List<String> columns;
  private byte[] header = new byte[0];
  private @Nullable String badHeader;
  private long position;
  private long lastLine;
  private boolean endReported;

  /**
   * Opens it and reads the header.
   *
   * @param longest bytes a row may have
   * @param position of the first row among all rows of the run
   */
  SourceReader(Source source, int longest, long position) {
    this.source = source;
    this.longest = longest;
    this.position = position;
    lines = new Lines(source.file(), longest);
    if (source.format() instanceof Format.Csv format) {
      csv = new CsvCells(format);
      columns = format.columns().isEmpty() ? readHeader(csv) : format.columns();
      checkHeader();
    } else {
      csv = null;
      columns = List.of();
    }
  }

  private List<String> readHeader(CsvCells cells) {
    Line first = lines.next();
    if (first == null) {
      return List.of();
    }
    Line record = joined(take(first));
    header = record.bytes;
    try {
      return cells.of(text(record));
    } catch (MalformedRowException e) {
      badHeader = "the header is malformed: " + e.getMessage();
      return List.of();
    }
  }

  private void checkHeader() {
    if (columns.contains("")) {
      badHeader = "every column must have a name, but one has none";
    }
    if (new HashSet<>(columns).size() < columns.size()) {
      badHeader = "every name must be there once, but the header is " + columns;
    }
  }

  /** The bytes of the header; empty where there is none that can be used. */
  byte[] header() {
    return badHeader == null ? header : new byte[0];
  }

  /** Position of the next row. */
  long position() {
    return position;
  }

  /** SHA-256 of the file, known when all is read. */
  String digest() {
    return lines.digest();
  }

  /** The next entry; null at the end. */
  @Nullable Entry next() {
    Line first = lines.next();
    if (first == null) {
      return lines.brokenOff() && !endReported ? brokenOff(lastLine + 1) : null;
    }
    List<Line> taken = take(first);
    Line record = joined(taken);
    try {
      Map<String, Row.Cell> cells = cells(record);
      lastLine = taken.get(taken.size() - 1).number;
      return Entry.of(new Row(position++, source.name(), first.number, cells), record);
    } catch (MalformedRowException e) {
      lines.pushBack(taken.subList(1, taken.size()));
      lastLine = first.number;
      return Entry.malformed(position++, source.name(), first, e.reason());
    }
  }

  private Entry brokenOff(long number) {
    endReported = true;
    Reason reason = new Reason("truncated", "the packed data must go on, but end here");
    return Entry.malformed(
        position++, source.name(), new Line(number, lines.offset(), 0, new byte[0]), reason);
  }

  private Map<String, Row.Cell> cells(Line record) throws MalformedRowException {
    if (badHeader != null) {
      throw new MalformedRowException("header", badHeader);
    }
    boolean ended = record.length > 0 && record.bytes[record.bytes.length - 1] == '\n';
    if (!record.isTooLong() && !ended && lines.brokenOff()) {
      endReported = true;
      throw new MalformedRowException("truncated", "the packed data end inside the row");
    }
    String text = text(record);
    if (text.isEmpty()) {
      throw new MalformedRowException("empty", "a row must have cells, but the line is empty");
    }
    return csv == null ? JsonCells.of(text) : named(csv.of(text));
  }

  private Map<String, Row.Cell> named(List<String> cells) throws MalformedRowException {
    if (cells.size() != columns.size()) {
      throw new MalformedRowException(
          "columns",
          "a row must have %s columns, but this one has %s"
              .formatted(columns.size(), cells.size()));
    }
    Map<String, Row.Cell> named = new LinkedHashMap<>();
    for (int i = 0; i < cells.size(); i++) {
      named.put(columns.get(i), new Row.Cell(cells.get(i), Row.Kind.UNTYPED));
    }
    return named;
  }

  /** The line and those that an open quote has it go on with; alone if none of them closes it. */
  private List<Line> take(Line first) {
    List<Line> taken = new ArrayList<>(List.of(first));
    if (first.isTooLong() || !(source.format() instanceof Format.Csv format) || !format.quoted()) {
      return taken;
    }
    QuoteScan quotes = new QuoteScan(format.separator());
    long length = first.length;
    boolean open = quotes.isOpenAfter(first.bytes);
    while (open) {
      Line line = lines.next();
      if (line == null) {
        break;
      }
      taken.add(line);
      length += line.length;
      if (length > longest) {
        break;
      }
      open = quotes.isOpenAfter(line.bytes);
    }
    if (open) {
      lines.pushBack(taken.subList(1, taken.size()));
      return List.of(first);
    }
    return taken;
  }

  private static Line joined(List<Line> taken) {
    Line first = taken.get(0);
    if (taken.size() == 1) {
      return first;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    taken.forEach(line -> bytes.writeBytes(line.bytes));
    return new Line(first.number, first.offset, bytes.size(), bytes.toByteArray());
  }

  private String text(Line record) throws MalformedRowException {
    if (record.isTooLong()) {
      throw new MalformedRowException(
          "too-long",
          "a row must have at most %s bytes, but has %s".formatted(longest, record.length));
    }
    int end = record.bytes.length;
    if (end > 0 && record.bytes[end - 1] == '\n') {
      end--;
    }
    if (end > 0 && record.bytes[end - 1] == '\r') {
      end--;
    }
    for (int i = 0; i < end; i++) {
      if (record.bytes[i] == 0) {
        throw new MalformedRowException(
            "nul", "a row must have no NUL, but byte %s is".formatted(i));
      }
    }
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(record.bytes, 0, end))
              .toString();
      return record.number == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new MalformedRowException(
          "encoding", "a row must be UTF-8, but has bytes that are not");
    }
  }

  @Override
  public void close() {
    lines.close();
  }
}
