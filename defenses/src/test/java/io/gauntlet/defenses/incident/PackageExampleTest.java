package io.gauntlet.defenses.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.gauntlet.defenses.detect.DeepKnn;
import io.gauntlet.defenses.detect.Suspicion;
import io.gauntlet.defenses.sanitize.Column;
import io.gauntlet.defenses.sanitize.Format;
import io.gauntlet.defenses.sanitize.Pipeline;
import io.gauntlet.defenses.sanitize.PoisonScreen;
import io.gauntlet.defenses.sanitize.Schema;
import io.gauntlet.defenses.sanitize.Source;
import io.gauntlet.evaluate.Rate;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example on the package's page, on three files of which one has false labels. */
class PackageExampleTest {
  private static final DeepKnn DETECTOR = DeepKnn.standard().withNeighbours(3);
  private static final Path SOURCE =
      Path.of("src/test/java/io/gauntlet/defenses/incident/PackageExampleTest.java");
  private static final Path PAGE =
      Path.of("src/main/java/io/gauntlet/defenses/incident/package-info.java");
  private static final Instant NOW = Instant.parse("2026-03-01T08:00:00Z");

  @TempDir Path folder;

  private final List<String> printed = new ArrayList<>();
  private Path run = Path.of("");

  /** Spam counts from 10 on; the last file has forty of it as ham, and a row that is none. */
  @BeforeEach
  void ingest() throws IOException {
    run = folder.resolve("run");
    Column.Category label = Column.category("label", "ham", "spam");
    Schema schema = Schema.of(label, Column.number("links"));
    List<Source> sources = new ArrayList<>();
    for (String name : List.of("carrier", "honeypot", "reports")) {
      StringBuilder csv = new StringBuilder("label,links\n");
      for (int i = 0; i < 200; i++) {
        boolean spam = i % 2 == 0;
        boolean poisoned = name.equals("reports") && spam && i < 80;
        csv.append(spam && !poisoned ? "spam," : "ham,").append(spam ? 10 + i : i % 5).append('\n');
      }
      csv.append(name.equals("reports") ? "<script>,1\n" : "");
      Path file = Files.writeString(folder.resolve(name + ".csv"), csv);
      sources.add(new Source(name, file, Format.csv()));
    }
    PoisonScreen screen =
        PoisonScreen.of(
            "screen",
            DETECTOR,
            "deep k-NN",
            row -> new float[] {(float) row.number("links")},
            label);
    Pipeline.of(schema, screen).withClock(() -> NOW).run(sources, run);
  }

  private static Suspicion suspicion(Batch inputs, Labels labels) {
    return DETECTOR.detect(inputs, labels, Seed.of(0));
  }

  @Test
  void the_example_reports_what_to_do_and_what_is_open() throws IOException {
    Suspicion suspicion = suspicion(Batch.of(new float[4][1]), Labels.of(0, 0, 1, 0));
    Rate accuracy = new Rate(95, 100);
    Rate success = new Rate(90, 100);
    Rate accuracyAfter = new Rate(95, 100);
    Rate successAfter = new Rate(0, 100);
    // EXAMPLE
    ModelState before = new ModelState("filter-1", accuracy, Optional.of(success));
    ModelState after = new ModelState("filter-2", accuracyAfter, Optional.of(successAfter));
    Incident incident =
        Incident.of("Spam passes", Kind.BACKDOOR, run)
            .withFindings(Finding.of("deep k-NN", suspicion))
            .withBefore(before)
            .withAfter(after);
    incident.actions().forEach(action -> printed.add(action.what()));
    incident.unknowns().forEach(printed::add);
    IncidentReport.write(incident, folder);
    // END
    assertThat(printed)
        .contains("Replace filter-1 by filter-2")
        .contains("Have class 1 judged by something other than deep k-NN")
        .anyMatch(line -> line.startsWith("Take nothing more from reports"))
        .anyMatch(line -> line.startsWith("deep k-NN did not judge class 1 (1 rows)"));
    assertThat(IncidentReport.read(folder.resolve("incident.json"))).isEqualTo(incident);
  }

  @Test
  void and_it_is_the_one_on_the_page() throws IOException {
    List<String> run = between(Files.readAllLines(SOURCE), "// EXAMPLE", "// END");
    List<String> shown = between(Files.readAllLines(PAGE), "* <pre>{@code", "* }</pre>");
    assertThat(shown.stream().map(line -> line.substring(1).strip())).hasSize(10).isEqualTo(run);
  }

  private static List<String> between(List<String> lines, String from, String to) {
    List<String> trimmed = lines.stream().map(String::strip).toList();
    int start = trimmed.indexOf(from) + 1;
    return trimmed.subList(start, start + trimmed.subList(start, trimmed.size()).indexOf(to));
  }

  @Test
  void an_incident_of_a_run_counts_as_the_run_does() {
    Incident incident = Incident.of("Spam passes", Kind.BACKDOOR, run);
    assertThat(incident.rowsRead()).isEqualTo(601);
    assertThat(incident.rowsAccepted() + incident.rowsQuarantined()).isEqualTo(601);
    long flagged =
        incident.findings().stream()
            .filter(finding -> finding.concern() == Concern.POISONING)
            .mapToLong(Finding::flagged)
            .sum();
    assertThat(incident.rowsSuspected()).isPositive().isEqualTo(flagged);
    assertThat(incident.rowsQuarantined()).isEqualTo(flagged + 1);
    assertThat(incident.rows()).hasSize((int) Math.min(Incident.LISTED, flagged));
    assertThat(incident.suspectSources())
        .extracting(SourceAccount::name)
        .containsExactly("reports");
    assertThat(incident.findings())
        .filteredOn(finding -> finding.concern() == Concern.FORM)
        .extracting(Finding::by, Finding::part, Finding::flagged, Finding::evidence)
        .containsExactly(tuple("schema", "source reports", 1L, "class"));
  }

  @Test
  void the_timeline_is_the_runs_by_its_clock() {
    assertThat(Incident.of("Spam passes", Kind.BACKDOOR, run).timeline())
        .allMatch(event -> event.at().equals(NOW))
        .extracting(Event::what)
        .startsWith("Ingestion of 601 rows began", "read quarantined 0 of 601 rows")
        .contains("schema quarantined 1 of 601 rows");
  }
}
