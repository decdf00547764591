package io.gauntlet.defenses.sanitize;

import java.nio.charset.StandardCharsets;

/**
 * A row that was not accepted, and where to find it: {@code bytes} bytes from {@code offset} of the
 * unpacked source.
 *
 * @param position place among all rows read, from 0
 * @param source name of the source
 * @param line number of its first line, from 1
 * @param offset of its first byte
 * @param bytes its length
 * @param stage that stopped it
 * @param rule that it broke
 * @param detail what was expected and what was found
 * @param content beginning of the row, with replacement characters where it is not UTF-8
 */
public record QuarantinedRow(
    long position,
    String source,
    long line,
    long offset,
    long bytes,
    String stage,
    String rule,
    String detail,
    String content) {
  private static final int SHOWN = 200;

  static QuarantinedRow of(Entry entry, String stage, Reason reason) {
    Line line = entry.line;
    int shown = Math.min(SHOWN, line.bytes.length);
    return new QuarantinedRow(
        entry.position,
        entry.source,
        line.number,
        line.offset,
        line.length,
        stage,
        reason.rule(),
        reason.detail(),
        new String(line.bytes, 0, shown, StandardCharsets.UTF_8).strip());
  }
}
