package io.gauntlet.defenses.sanitize;

import io.gauntlet.model.Check;

/**
 * How many rows of a source one rule put into quarantine.
 *
 * @param source name of the source
 * @param rule what they broke
 * @param rows at least 1
 */
public record Tally(String source, String rule, long rows) {
  /** Checks the count. */
  public Tally {
    Check.atLeast(1, rows, "rows");
  }
}
