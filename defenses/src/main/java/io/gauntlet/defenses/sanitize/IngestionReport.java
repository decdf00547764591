package io.gauntlet.defenses.sanitize;

import io.gauntlet.data.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What a run read, accepted and quarantined, and why; {@link #toString()} is a table for a console.
 *
 * @param startedAt when the run began, before it was killed and resumed if it was
 * @param finishedAt when the last row was accepted
 * @param manifest the sources as they were
 * @param sources where their rows went, in the order given
 * @param stages what each did, in their order; the reading first
 * @param accepted the files of accepted rows
 */
public record IngestionReport(
    Instant startedAt,
    Instant finishedAt,
    Manifest manifest,
    List<SourceResult> sources,
    List<StageResult> stages,
    Manifest accepted) {
  /** Copies, and checks that every row read is accounted for, by source and by stage. */
  public IngestionReport {
    sources = List.copyOf(sources);
    stages = List.copyOf(stages);
    long entering = sources.stream().mapToLong(SourceResult::read).sum();
    for (StageResult stage : stages) {
      require(
          stage.entered() == entering, stage.name() + " must be given", entering, stage.entered());
      entering = stage.passed();
    }
    for (SourceResult source : sources) {
      long tallied =
          stages.stream()
              .flatMap(stage -> stage.tallies().stream())
              .filter(tally -> tally.source().equals(source.name()))
              .mapToLong(Tally::rows)
              .sum();
      require(
          tallied == source.quarantined(),
          "stages must quarantine of " + source.name(),
          source.quarantined(),
          tallied);
    }
  }

  private static void require(boolean met, String what, long expected, long found) {
    if (!met) {
      throw new IllegalArgumentException("%s %s rows, but %s".formatted(what, expected, found));
    }
  }

  /**
   * The report of a finished run.
   *
   * @throws DataException if the folder has none, or a broken one
   */
  public static IngestionReport in(Path folder) {
    return RunFolder.reportIn(folder);
  }

  /**
   * Reads the quarantine of a finished run, by stage, then by position, one row at a time.
   *
   * @throws DataException if the folder has none, or a broken one
   */
  public static void forEachQuarantined(Path folder, Consumer<? super QuarantinedRow> visit) {
    for (Path file : RunFolder.quarantinesIn(folder, in(folder))) {
      try (QuarantineCursor rows = new QuarantineCursor(file)) {
        for (QuarantinedRow row = rows.take(); row != null; row = rows.take()) {
          visit.accept(row);
        }
      } catch (IOException e) {
        throw new DataException(file, e);
      }
    }
  }

  /** Rows read of all sources. */
  public long rowsRead() {
    return sources.stream().mapToLong(SourceResult::read).sum();
  }

  /** Rows accepted of all sources. */
  public long rowsAccepted() {
    return sources.stream().mapToLong(SourceResult::accepted).sum();
  }

  /** Rows quarantined of all sources. */
  public long rowsQuarantined() {
    return sources.stream().mapToLong(SourceResult::quarantined).sum();
  }

  /** Rows quarantined by each rule of each stage, such as {@code schema: range}. */
  public Map<String, Long> reasons() {
    Map<String, Long> reasons = new TreeMap<>();
    for (StageResult stage : stages) {
      for (Tally tally : stage.tallies()) {
        reasons.merge(stage.name() + ": " + tally.rule(), tally.rows(), Long::sum);
      }
    }
    return reasons;
  }

  /** The tests of all stages. */
  public List<DriftTest> drift() {
    return stages.stream().flatMap(stage -> stage.drift().stream()).toList();
  }

  @Override
  public String toString() {
    return ReportText.of(this);
  }
}
