package io.gauntlet.defenses.sanitize;

import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.DataException;
import io.gauntlet.model.Check;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks training data before anything is trained on them: reads sources, has every row pass the
 * stages in order, and writes what passed, what did not and why.
 *
 * <p>A run fills a folder:
 *
 * <ul>
 *   <li>{@code accepted/NAME}: each source less its quarantined rows, byte for byte, unpacked
 *   <li>{@code N-STAGE.quarantine.jsonl}: a {@link QuarantinedRow} a line; stage 0 is the reading
 *   <li>{@code N-STAGE.json}: its {@link StageResult}
 *   <li>{@code ingestion.json}: the {@link IngestionReport}, written last
 * </ul>
 *
 * <p>Every file appears whole or not at all, after everything it builds on. So a run that was
 * killed is resumed by running it again, which redoes the one step that was unfinished; nothing but
 * times can differ. A machine that loses power may lose files that were just finished.
 *
 * <p>Neither rows nor reasons are held in memory, and stages bound their own: sources may be larger
 * than memory. They are read once for their digests, for each stage as often as it looks at them
 * and once more to judge, and once for the accepted rows; the folder needs room for the accepted
 * rows and the quarantine.
 */
public final class Pipeline {
  private static final String READ = "read";
  private static final int LONGEST_ROW = 1 << 20;

  private final List<Stage> stages;
  private final int longest;
  private final InstantSource clock;
  private final Disk disk;

  private Pipeline(List<Stage> stages, int longest, InstantSource clock, Disk disk) {
    this.stages = List.copyOf(stages);
    this.longest = (int) Check.atLeast(1, longest, "longest");
    this.clock = clock;
    this.disk = disk;
    Set<String> names = new HashSet<>(Set.of(READ));
    for (Stage stage : stages) {
      Source.requireName(stage.name());
      if (!names.add(stage.name())) {
        throw new IllegalArgumentException(
            "names of stages must be different and not 'read', but '%s' is there twice"
                .formatted(stage.name()));
      }
    }
  }

  /** These stages in this order; rows of up to a mebibyte. */
  public static Pipeline of(Stage... stages) {
    return new Pipeline(List.of(stages), LONGEST_ROW, Clock.systemUTC(), AtomicFile::write);
  }

  /** Same that quarantines rows of more bytes than this. */
  public Pipeline withLongestRow(int newLongest) {
    return new Pipeline(stages, newLongest, clock, disk);
  }

  /** Same that takes its times from here. */
  public Pipeline withClock(InstantSource newClock) {
    return new Pipeline(stages, longest, newClock, disk);
  }

  Pipeline withDisk(Disk newDisk) {
    return new Pipeline(stages, longest, clock, newDisk);
  }

  /**
   * Runs, or resumes what was begun in this folder, or returns what was finished there.
   *
   * @param sources at least one, names all different
   * @param folder of this run; made where it is missing
   * @throws IllegalArgumentException if the folder holds a run of other sources, formats or stages
   * @throws IllegalStateException if another run is at work in the folder
   * @throws DataException if a source cannot be read, or changes meanwhile
   * @throws IOException if the folder cannot be written
   */
  public IngestionReport run(List<Source> sources, Path folder) throws IOException {
    Check.atLeast(1, sources.size(), "number of sources");
    try (RunFolder run = RunFolder.open(folder, disk)) {
      Plan plan = plan(sources, run);
      Optional<IngestionReport> finished = run.report();
      if (finished.isPresent()) {
        return finished.get();
      }
      Reading reading = reading(plan, sources, run);
      List<StageResult> results = new ArrayList<>(List.of(reading.result()));
      List<Path> quarantines = new ArrayList<>(List.of(run.quarantine(0, READ)));
      for (Stage stage : stages) {
        long entering = results.get(results.size() - 1).passed();
        Survivors rows = new Survivors(plan, sources, quarantines, entering);
        results.add(result(stage, results.size(), rows, run));
        quarantines.add(run.quarantine(quarantines.size(), stage.name()));
      }
      long accepted = results.get(results.size() - 1).passed();
      Survivors rows = new Survivors(plan, sources, quarantines, accepted);
      IngestionReport report = accept(plan, sources, rows, reading, results, run);
      run.keep(report);
      return report;
    }
  }

  private Plan plan(List<Source> sources, RunFolder run) throws IOException {
    Instant now = clock.instant();
    Plan plan =
        new Plan(
            now,
            Manifest.of(sources, now),
            sources.stream().map(source -> source.name() + ": " + source.format()).toList(),
            stages.stream().map(stage -> stage.name() + ": " + stage.settings()).toList(),
            longest);
    Optional<Plan> begun = run.plan();
    if (begun.isPresent()) {
      begun.get().requireSame(plan);
      return begun.get();
    }
    run.keep(plan);
    return plan;
  }

  private Reading reading(Plan plan, List<Source> sources, RunFolder run) throws IOException {
    Optional<Reading> done = run.reading();
    if (done.isPresent()) {
      return done.get();
    }
    Tallies tallies = new Tallies();
    long[] rows = new long[sources.size()];
    List<String> names = sources.stream().map(Source::name).toList();
    Survivors all = new Survivors(plan, sources, List.of(), 0);
    run.write(
        run.quarantine(0, READ),
        out ->
            all.visitAll(
                entry -> {
                  rows[names.indexOf(entry.source)]++;
                  if (entry.malformed != null) {
                    tallies.add(entry.source, entry.malformed.rule());
                    out.write(Json.line(QuarantinedRow.of(entry, READ, entry.malformed)));
                  }
                }));
    long total = Arrays.stream(rows).sum();
    StageResult result =
        new StageResult(
            READ,
            "longest=" + longest,
            total,
            tallies.list(),
            List.of(),
            List.of(),
            clock.instant());
    Reading reading = new Reading(result, Arrays.stream(rows).boxed().toList());
    run.keep(reading);
    return reading;
  }

  private StageResult result(Stage stage, int number, Survivors rows, RunFolder run)
      throws IOException {
    Optional<StageResult> done = run.result(number, stage.name());
    if (done.isPresent()) {
      return done.get();
    }
    Inspection inspection = stage.begin(rows);
    Tallies tallies = new Tallies();
    run.write(
        run.quarantine(number, stage.name()),
        out -> rows.visitAll(entry -> examine(stage, inspection, entry, tallies, out)));
    StageResult result =
        new StageResult(
            stage.name(),
            stage.settings(),
            rows.count(),
            tallies.list(),
            inspection.drift(),
            inspection.notes(),
            clock.instant());
    run.keep(number, result);
    return result;
  }

  private static void examine(
      Stage stage, Inspection inspection, Entry entry, Tallies tallies, OutputStream out)
      throws IOException {
    if (entry.row == null) {
      throw new IllegalStateException(
          "malformed rows must be in quarantine, but that at %s is not".formatted(entry.position));
    }
    Optional<Reason> reason = inspection.examine(entry.row);
    if (reason.isPresent()) {
      tallies.add(entry.source, reason.get().rule());
      out.write(Json.line(QuarantinedRow.of(entry, stage.name(), reason.get())));
    }
  }

  private IngestionReport accept(
      Plan plan,
      List<Source> sources,
      Survivors rows,
      Reading reading,
      List<StageResult> results,
      RunFolder run)
      throws IOException {
    List<SourceResult> accounts = new ArrayList<>();
    List<Manifest.FileDigest> files = new ArrayList<>();
    long position = 0;
    for (int i = 0; i < sources.size(); i++) {
      Source source = sources.get(i);
      Path file = run.accepted(source);
      long from = position;
      if (!Files.exists(file)) {
        run.write(file, out -> rows.copy(source, from, out));
      }
      Accepted written = readAgain(source, file, plan.longest());
      files.add(written.file());
      long read = reading.rows().get(i);
      long quarantined =
          results.stream()
              .flatMap(result -> result.tallies().stream())
              .filter(tally -> tally.source().equals(source.name()))
              .mapToLong(Tally::rows)
              .sum();
      accounts.add(new SourceResult(source.name(), read, written.rows(), quarantined));
      position += read;
    }
    Instant now = clock.instant();
    return new IngestionReport(
        plan.startedAt(), now, plan.manifest(), accounts, results, new Manifest(now, files));
  }

  private record Accepted(Manifest.FileDigest file, long rows) {}

  /** Counts the rows where the training will find them, rather than trust the account. */
  private static Accepted readAgain(Source source, Path file, int longest) throws IOException {
    Source written = new Source(source.name(), file, source.format());
    long rows = 0;
    try (SourceReader reader = new SourceReader(written, longest, 0)) {
      for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
        rows += entry.malformed == null ? 1 : 0;
      }
      return new Accepted(
          new Manifest.FileDigest(source.name(), Files.size(file), reader.digest()), rows);
    }
  }
}
