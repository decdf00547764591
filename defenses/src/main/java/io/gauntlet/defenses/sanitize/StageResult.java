package io.gauntlet.defenses.sanitize;

import java.time.Instant;
import java.util.List;

/**
 * What one stage did.
 *
 * @param name of the stage; {@code read} for the reading itself
 * @param settings of the stage
 * @param entered rows it was given
 * @param tallies what it quarantined, by source and rule
 * @param drift its tests, if it tests
 * @param notes what a reader must know besides
 * @param finishedAt when it was done
 */
public record StageResult(
    String name,
    String settings,
    long entered,
    List<Tally> tallies,
    List<DriftTest> drift,
    List<String> notes,
    Instant finishedAt) {
  /** Copies and checks the account. */
  public StageResult {
    tallies = List.copyOf(tallies);
    drift = List.copyOf(drift);
    notes = List.copyOf(notes);
    if (tallies.stream().mapToLong(Tally::rows).sum() > entered) {
      throw new IllegalArgumentException(
          "%s must not quarantine more than the %s rows it was given, but has %s"
              .formatted(name, entered, tallies));
    }
  }

  /** Rows it quarantined. */
  public long quarantined() {
    return tallies.stream().mapToLong(Tally::rows).sum();
  }

  /** Rows it let pass. */
  public long passed() {
    return entered - quarantined();
  }
}
