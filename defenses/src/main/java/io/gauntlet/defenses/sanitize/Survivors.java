package io.gauntlet.defenses.sanitize;

import io.gauntlet.data.DataException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Rows of the sources less those in quarantine, read anew each time: neither they nor the
 * quarantine are held in memory. A source that is no longer what the manifest says stops the run.
 */
final class Survivors implements Rows {
  /** Takes one entry. */
  @FunctionalInterface
  interface Visitor {
    void visit(Entry entry) throws IOException;
  }

  private final Plan plan;
  private final List<Source> sources;
  private final List<Path> quarantines;
  private final long count;

  Survivors(Plan plan, List<Source> sources, List<Path> quarantines, long count) {
    this.plan = plan;
    this.sources = sources;
    this.quarantines = quarantines;
    this.count = count;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public Manifest manifest() {
    return plan.manifest();
  }

  @Override
  public void forEach(Consumer<? super Row> visit) {
    try {
      visitAll(
          entry -> {
            if (entry.row != null) {
              visit.accept(entry.row);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Visits the surviving entries of all sources. */
  void visitAll(Visitor visitor) throws IOException {
    try (QuarantineCursors quarantined = new QuarantineCursors(quarantines)) {
      long position = 0;
      for (Source source : sources) {
        try (SourceReader reader = new SourceReader(source, plan.longest(), position)) {
          position = visit(source, reader, quarantined, visitor);
        }
      }
    }
  }

  /**
   * Writes a source less its quarantined rows, byte for byte.
   *
   * @param from position of its first row
   */
  void copy(Source source, long from, OutputStream out) throws IOException {
    try (QuarantineCursors quarantined = new QuarantineCursors(quarantines);
        SourceReader reader = new SourceReader(source, plan.longest(), from)) {
      out.write(reader.header());
      visit(source, reader, quarantined, entry -> out.write(entry.line.bytes));
    }
  }

  /** Returns the position after the source's last row. */
  private long visit(
      Source source, SourceReader reader, QuarantineCursors quarantined, Visitor visitor)
      throws IOException {
    for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
      if (!quarantined.hold(entry.position)) {
        visitor.visit(entry);
      }
    }
    requireUnchanged(source, reader.digest());
    return reader.position();
  }

  private void requireUnchanged(Source source, String digest) {
    String expected = plan.manifest().file(source.name()).orElseThrow().sha256();
    if (!digest.equals(expected)) {
      throw new DataException(
          source.file(),
          "must not change during a run, but its SHA-256 was %s and is %s"
              .formatted(expected, digest));
    }
  }
}
