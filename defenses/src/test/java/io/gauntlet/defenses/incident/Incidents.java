package io.gauntlet.defenses.incident;

import io.gauntlet.defenses.detect.Ruling;
import io.gauntlet.evaluate.Rate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Incidents to write about. */
final class Incidents {
  private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");

  private Incidents() {}

  static Finding poison(String by, String part, long rows, long flagged) {
    return new Finding(
        by,
        part,
        Concern.POISONING,
        flagged > 0 ? Ruling.POISONED : Ruling.CLEAN,
        rows,
        flagged,
        Optional.of(2.5),
        "two groups, 3.1 deviations apart");
  }

  static Finding notJudged() {
    return new Finding(
        "clustering",
        "class 3",
        Concern.POISONING,
        Ruling.NOT_JUDGED,
        12,
        0,
        Optional.empty(),
        "12 rows, fewer than 30");
  }

  static SourceAccount source(String name, long read, long suspected) {
    return new SourceAccount(name, "ab".repeat(32), read, read - suspected, suspected, suspected);
  }

  static ModelState model(String name, int right, int fooled) {
    return new ModelState(name, new Rate(right, 1000), Optional.of(new Rate(fooled, 200)));
  }

  static SuspectRow row(String source, String content) {
    return new SuspectRow(source, 7, "clustering", "stands apart", content);
  }

  /** All suspected rows are from one of three sources; the repair works. */
  static Incident repaired() {
    return new Incident(
        "Spam passes",
        Kind.BACKDOOR,
        List.of(
            new Event(START.plusSeconds(60), "30 rows were quarantined"),
            new Event(START, "Ingestion began")),
        List.of(source("carrier", 1000, 0), source("reports", 1000, 30), source("web", 1000, 0)),
        List.of(poison("clustering", "class 0", 2600, 30), poison("clustering", "class 1", 400, 0)),
        List.of(row("reports", "win cash, see you at the harbour")),
        Optional.of(model("spam-1", 980, 190)),
        Optional.of(model("spam-2", 978, 2)),
        Optional.of(model("spam-0", 981, 1)));
  }

  static Incident with(List<SourceAccount> sources, List<Finding> findings, List<SuspectRow> rows) {
    return new Incident(
        "Spam passes",
        Kind.BACKDOOR,
        List.of(),
        sources,
        findings,
        rows,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
