package io.gauntlet.defenses.sanitize;

import java.util.List;
import java.util.Optional;

/** One {@link Stage} at work in one run. */
@FunctionalInterface
public interface Inspection {
  /** What speaks against the row, which is then quarantined; empty if it may pass. */
  Optional<Reason> examine(Row row);

  /** Tests of whole columns; read when all rows are judged. */
  default List<DriftTest> drift() {
    return List.of();
  }

  /** What a reader of the report must know besides; read when all rows are judged. */
  default List<String> notes() {
    return List.of();
  }
}
