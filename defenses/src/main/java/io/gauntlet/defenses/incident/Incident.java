package io.gauntlet.defenses.incident;

import io.gauntlet.defenses.sanitize.IngestionReport;
import io.gauntlet.defenses.sanitize.Manifest;
import io.gauntlet.defenses.sanitize.SourceResult;
import io.gauntlet.defenses.sanitize.StageResult;
import io.gauntlet.defenses.sanitize.Tally;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Poisoned training data that were found: what speaks against which rows and sources, what the
 * model did before and after the repair, and when what happened. {@link #actions()} and {@link
 * #unknowns()} follow from these; {@link IncidentReport} writes all of it down.
 *
 * @param title names the incident
 * @param kind of poison
 * @param timeline in order of time
 * @param sources every one that was read
 * @param findings of stages and detectors, those that found nothing too
 * @param rows the first of those suspected, at most {@value #LISTED}; the counts are in {@code
 *     sources}, the others in the quarantine
 * @param before the model trained on all rows
 * @param after the model trained without the quarantined ones; empty if there is none yet
 * @param reference a model that was never poisoned; empty where there is none
 */
public record Incident(
    String title,
    Kind kind,
    List<Event> timeline,
    List<SourceAccount> sources,
    List<Finding> findings,
    List<SuspectRow> rows,
    Optional<ModelState> before,
    Optional<ModelState> after,
    Optional<ModelState> reference) {
  /** How many suspected rows are listed at most. */
  public static final int LISTED = 100;

  /** Sorts the timeline, copies, and checks that no more rows are listed than are suspected. */
  public Incident {
    timeline = timeline.stream().sorted(Comparator.comparing(Event::at)).toList();
    sources = List.copyOf(sources);
    findings = List.copyOf(findings);
    rows = List.copyOf(rows);
    for (SourceAccount source : sources) {
      long listed = rows.stream().filter(row -> row.source().equals(source.name())).count();
      if (listed > source.suspected()) {
        throw new IllegalArgumentException(
            "no more rows of %s can be listed than the %s suspected, but there were %s"
                .formatted(source.name(), source.suspected(), listed));
      }
    }
    for (SuspectRow row : rows) {
      if (sources.stream().noneMatch(source -> source.name().equals(row.source()))) {
        throw new IllegalArgumentException(
            "a listed row must be of a source that was read, but was of " + row.source());
      }
    }
  }

  /**
   * What a finished run of a pipeline found.
   *
   * @param run its folder
   * @throws io.gauntlet.data.DataException if it holds no finished run
   */
  public static Incident of(String title, Kind kind, Path run) {
    IngestionReport report = IngestionReport.in(run);
    List<Event> timeline = new ArrayList<>();
    timeline.add(
        new Event(report.startedAt(), "Ingestion of %s rows began".formatted(report.rowsRead())));
    List<Finding> findings = new ArrayList<>();
    for (StageResult stage : report.stages()) {
      timeline.add(
          new Event(
              stage.finishedAt(),
              "%s quarantined %s of %s rows"
                  .formatted(stage.name(), stage.quarantined(), stage.entered())));
      findings.addAll(Finding.of(stage));
    }
    timeline.add(
        new Event(report.finishedAt(), "%s rows were accepted".formatted(report.rowsAccepted())));
    List<SuspectRow> rows = new ArrayList<>();
    IngestionReport.forEachQuarantined(
        run,
        row -> {
          if (rows.size() < LISTED && Finding.concern(row.rule()) == Concern.POISONING) {
            rows.add(SuspectRow.of(row));
          }
        });
    return new Incident(
        title,
        kind,
        timeline,
        report.sources().stream().map(source -> account(source, report)).toList(),
        findings,
        rows,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static SourceAccount account(SourceResult source, IngestionReport report) {
    long suspected =
        report.stages().stream()
            .flatMap(stage -> stage.tallies().stream())
            .filter(tally -> tally.source().equals(source.name()))
            .filter(tally -> Finding.concern(tally.rule()) == Concern.POISONING)
            .mapToLong(Tally::rows)
            .sum();
    Manifest.FileDigest file = report.manifest().file(source.name()).orElseThrow();
    return new SourceAccount(
        source.name(),
        file.sha256(),
        source.read(),
        source.accepted(),
        source.quarantined(),
        suspected);
  }

  /** Same with more that happened. */
  public Incident withEvents(List<Event> more) {
    return new Incident(
        title, kind, joined(timeline, more), sources, findings, rows, before, after, reference);
  }

  /** Same with more that was found. */
  public Incident withFindings(List<Finding> more) {
    return new Incident(
        title, kind, timeline, sources, joined(findings, more), rows, before, after, reference);
  }

  /** Same with the model trained on all rows. */
  public Incident withBefore(ModelState newBefore) {
    return new Incident(
        title, kind, timeline, sources, findings, rows, Optional.of(newBefore), after, reference);
  }

  /** Same with the model trained without the quarantined rows. */
  public Incident withAfter(ModelState newAfter) {
    return new Incident(
        title, kind, timeline, sources, findings, rows, before, Optional.of(newAfter), reference);
  }

  /** Same with a model that was never poisoned. */
  public Incident withReference(ModelState newReference) {
    return new Incident(
        title, kind, timeline, sources, findings, rows, before, after, Optional.of(newReference));
  }

  private static <T> List<T> joined(List<T> some, List<T> more) {
    List<T> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  /** Rows read of all sources. */
  public long rowsRead() {
    return sources.stream().mapToLong(SourceAccount::read).sum();
  }

  /** Rows accepted of all sources. */
  public long rowsAccepted() {
    return sources.stream().mapToLong(SourceAccount::accepted).sum();
  }

  /** Rows quarantined of all sources, for whatever reason. */
  public long rowsQuarantined() {
    return sources.stream().mapToLong(SourceAccount::quarantined).sum();
  }

  /** Rows of all sources that may be poisoned. */
  public long rowsSuspected() {
    return sources.stream().mapToLong(SourceAccount::suspected).sum();
  }

  /** The sources that have more than their share of the suspected rows, by an exact test. */
  public List<SourceAccount> suspectSources() {
    return Concentration.in(sources).stream().map(Concentration::source).toList();
  }

  /** What to do, the most urgent first. */
  public List<Action> actions() {
    return Actions.of(this);
  }

  /** What nobody found out: where a detector did not judge, and what was not measured. */
  public List<String> unknowns() {
    return Unknowns.of(this);
  }
}
