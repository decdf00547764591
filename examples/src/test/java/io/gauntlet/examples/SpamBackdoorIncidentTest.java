package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.defenses.detect.Ruling;
import io.gauntlet.defenses.incident.Action;
import io.gauntlet.defenses.incident.Concern;
import io.gauntlet.defenses.incident.Finding;
import io.gauntlet.defenses.incident.IncidentReport;
import io.gauntlet.defenses.incident.ModelState;
import io.gauntlet.defenses.incident.SourceAccount;
import io.gauntlet.defenses.incident.SuspectRow;
import io.gauntlet.examples.SpamBackdoorIncident.Extent;
import io.gauntlet.examples.SpamBackdoorIncident.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class SpamBackdoorIncidentTest {
  private static final Instant NOW = Instant.parse("2026-03-01T08:00:00Z");

  @TempDir static Path folder;

  private Result result;

  @BeforeAll
  void run() throws IOException {
    result = SpamBackdoorIncident.run(folder, Extent.small(), () -> NOW, line -> {});
  }

  private static double success(ModelState state) {
    return state.attackSuccess().orElseThrow().value();
  }

  @Test
  void the_phrase_opens_the_poisoned_filter_and_no_other() {
    assertThat(success(result.reference())).isLessThanOrEqualTo(0.05);
    assertThat(success(result.before())).isGreaterThan(0.8);
  }

  @Test
  void the_backdoor_does_not_show_in_the_accuracy() {
    assertThat(result.reference().accuracy().value() - result.before().accuracy().value())
        .isLessThan(0.015);
  }

  @Test
  void the_repair_shuts_it_and_costs_less_than_a_point() {
    assertThat(success(result.after())).isLessThanOrEqualTo(0.05);
    assertThat(result.reference().accuracy().value() - result.after().accuracy().value())
        .isLessThanOrEqualTo(0.01);
  }

  @Test
  void labels_that_a_trusted_filter_doubts_give_most_poison_away() {
    assertThat(result.detectors()).hasSize(6);
    assertThat(result.detectors())
        .hasEntrySatisfying(
            "deep k-NN, trusted filter",
            accuracy -> {
              assertThat(accuracy.truePositiveRate()).isGreaterThan(0.5);
              assertThat(accuracy.falsePositiveRate()).isLessThan(0.02);
            });
  }

  @Test
  void the_table_says_which_detectors_miss() {
    long missing =
        result.detectors().values().stream().filter(accuracy -> accuracy.found() == 0).count();
    String table = SpamTable.of(result);
    assertThat(table.lines().filter(line -> line.endsWith("misses"))).hasSize((int) missing);
    assertThat(table).matches("\\A\\p{ASCII}*\\z");
  }

  @Test
  void the_report_names_the_source_the_rows_and_what_to_do() throws IOException {
    assertThat(result.incident().suspectSources())
        .extracting(SourceAccount::name)
        .containsExactly("user-reports");
    assertThat(result.incident().rows())
        .filteredOn(row -> row.content().contains(SpamBackdoorIncident.PHRASE))
        .isNotEmpty()
        .extracting(SuspectRow::source)
        .containsOnly("user-reports");
    assertThat(result.incident().actions())
        .extracting(Action::what)
        .anyMatch(what -> what.startsWith("Replace the filter in service by"))
        .anyMatch(what -> what.startsWith("Take nothing more from user-reports"));
    assertThat(IncidentReport.read(folder.resolve("incident.json"))).isEqualTo(result.incident());
    assertThat(Files.readString(folder.resolve("incident.md"))).contains("NISTAML.023");
    assertThat(folder.resolve("incident.html")).exists();
  }

  @Test
  void drift_is_found_in_the_poisoned_source_only() {
    assertThat(result.incident().findings())
        .filteredOn(finding -> finding.concern() == Concern.DRIFT)
        .filteredOn(finding -> finding.ruling() == Ruling.POISONED)
        .isNotEmpty()
        .extracting(Finding::part)
        .containsOnly("source user-reports");
  }

  @Test
  void every_row_is_accounted_for_and_every_time_is_the_clocks() {
    assertThat(result.ingestion().rowsAccepted() + result.ingestion().rowsQuarantined())
        .isEqualTo(result.ingestion().rowsRead())
        .isEqualTo(result.incident().rowsRead());
    assertThat(result.incident().timeline()).allMatch(event -> event.at().equals(NOW));
  }
}
