package io.gauntlet.defenses.sanitize;

import java.util.List;

/**
 * What the reading of all sources came to.
 *
 * @param result as of a stage
 * @param rows read of each source, in their order
 */
record Reading(StageResult result, List<Long> rows) {
  Reading {
    rows = List.copyOf(rows);
  }
}
