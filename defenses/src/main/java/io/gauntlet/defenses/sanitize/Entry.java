package io.gauntlet.defenses.sanitize;

import org.jspecify.annotations.Nullable;

/** What a source has at one place: a row, or something that should have been one. */
final class Entry {
  final long position;
  final String source;
  final Line line;
  final @Nullable Row row;
  final @Nullable Reason malformed;

  private Entry(
      long position, String source, Line line, @Nullable Row row, @Nullable Reason malformed) {
    this.position = position;
    this.source = source;
    this.line = line;
    this.row = row;
    this.malformed = malformed;
  }

  static Entry of(Row row, Line line) {
    return new Entry(row.position(), row.source(), line, row, null);
  }

  static Entry malformed(long position, String source, Line line, Reason reason) {
    return new Entry(position, source, line, null, reason);
  }
}
