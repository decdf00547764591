package io.gauntlet.defenses.incident;

import io.gauntlet.defenses.sanitize.QuarantinedRow;

/**
 * A row that was quarantined because it may be poisoned.
 *
 * @param source name of the source
 * @param line number of its first line there, from 1
 * @param by the stage that stopped it
 * @param detail why
 * @param content beginning of the row: whatever the attacker wrote
 */
public record SuspectRow(String source, long line, String by, String detail, String content) {
  static SuspectRow of(QuarantinedRow row) {
    return new SuspectRow(row.source(), row.line(), row.stage(), row.detail(), row.content());
  }
}
