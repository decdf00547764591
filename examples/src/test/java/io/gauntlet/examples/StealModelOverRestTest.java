package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attacks.extraction.Extraction;
import io.gauntlet.examples.StealModelOverRest.Extent;
import io.gauntlet.examples.StealModelOverRest.Findings;
import io.gauntlet.examples.StealModelOverRest.Result;
import io.gauntlet.examples.StealModelOverRest.Theft;
import io.gauntlet.examples.StealModelOverRest.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(Lifecycle.PER_CLASS)
class StealModelOverRestTest {
  private static final Extent EXTENT = Extent.small();

  @TempDir static Path folder;

  private Findings findings;
  private List<Result> results;

  @BeforeAll
  void steal() throws IOException {
    findings = StealModelOverRest.run(folder, EXTENT, line -> {});
    results = findings.results();
  }

  private Result behind(String guard) {
    return results.stream()
        .filter(result -> result.guard().startsWith(guard))
        .findFirst()
        .orElseThrow();
  }

  private static Theft by(String thief, Result result) {
    return result.thefts().stream()
        .filter(theft -> theft.thief().equals(thief))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void an_unguarded_model_is_copied_by_who_speaks_http_only() {
    Result unguarded = behind("none");
    assertThat(unguarded.naive().agreement()).isGreaterThan(0.65);
    assertThat(unguarded.price().l1()).isCloseTo(0, within(1e-6));
    assertThat(unguarded.price().accuracy())
        .isCloseTo(unguarded.naive().fidelity().victimAccuracy().rate(), within(1e-9));
  }

  @Test
  void no_thief_sends_more_than_its_budget_and_curves_end_at_the_copy() {
    for (Result result : results) {
      for (Theft theft : result.thefts()) {
        assertThat(theft.queries()).as(result.guard()).isLessThanOrEqualTo(EXTENT.budget());
        Extraction.Point last = theft.curve().get(theft.curve().size() - 1);
        assertThat(last.agreement()).isEqualTo(theft.fidelity().agreement());
        assertThat(last.queries()).isLessThanOrEqualTo(theft.queries());
      }
    }
  }

  @Test
  void a_quota_binds_one_name_and_not_many() {
    Result quota = behind(EXTENT.quota() + " rows per key");
    assertThat(quota.naive().queries()).isEqualTo(EXTENT.quota());
    assertThat(by("waits", quota).queries()).isEqualTo(EXTENT.quota());
    assertThat(by("rotates", quota).queries()).isEqualTo(EXTENT.budget());
    assertThat(by("rotates", quota).curve()).isEqualTo(by("rotates", behind("none")).curve());
  }

  @Test
  void a_daily_ration_binds_who_is_in_a_hurry() {
    Result ration = behind(EXTENT.quota() + " rows per key and day");
    assertThat(ration.naive().queries()).isEqualTo(EXTENT.quota());
    assertThat(by("waits", ration).queries()).isEqualTo(EXTENT.budget());
    assertThat(by("waits", ration).curve()).isEqualTo(behind("none").naive().curve());
  }

  @Test
  void who_trusts_labels_alone_minds_no_guard_that_keeps_them() {
    Theft unguarded = by("labels", behind("none"));
    for (String guard : List.of("labels only", "reverse sigmoid", "poisoning")) {
      assertThat(by("labels", behind(guard)).curve()).as(guard).isEqualTo(unguarded.curve());
      assertThat(behind(guard).price().accuracy())
          .as(guard)
          .isEqualTo(behind("none").price().accuracy());
      assertThat(behind(guard).price().l1()).as(guard).isPositive();
    }
  }

  private Watch watch(String monitor) {
    return findings.watches().stream()
        .filter(watch -> watch.monitor().equals(monitor))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void calibrated_monitors_accuse_few_honest_clients_and_near_duplicates_as_published_nearly_all() {
    assertThat(watch("near-duplicates, as published").accused().rate()).isGreaterThan(0.9);
    int calibrated = 0;
    for (Watch watch : findings.watches()) {
      if (!watch.monitor().endsWith("as published")) {
        // one of a hundred is stated; this allows for the chance of some dozens
        assertThat(watch.accused().rate()).as(watch.monitor()).isLessThanOrEqualTo(0.1);
        calibrated++;
      }
    }
    assertThat(calibrated).isEqualTo(6);
  }

  @Test
  void repeats_are_noticed_and_later_where_others_ask_enough_in_between() {
    String monitor = "near-duplicates, calibrated";
    Result watched = behind("none");
    Map<String, Long> hurried = by("averages", watched).noticedAfter();
    Map<String, Long> patient = by("waits+averages", watched).noticedAfter();
    assertThat(hurried).containsKey(monitor);
    assertThat(patient.getOrDefault(monitor, Long.MAX_VALUE))
        .isGreaterThan(hurried.getOrDefault(monitor, 0L));
    assertThat(by("naive", watched).noticedAfter()).doesNotContainKey(monitor);
    assertThat(results.subList(1, results.size()))
        .flatExtracting(Result::thefts)
        .allMatch(theft -> theft.noticedAfter().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"naive.svg", "best.svg"})
  void the_curves_are_pictures_with_one_line_for_each_guard(String file) throws Exception {
    var svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(folder.resolve(file).toFile());
    assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(results.size());
    assertThat(Files.readString(folder.resolve(file))).containsPattern("points=\"[0-9., ]+\"");
  }

  @Test
  void the_tables_have_a_line_for_each_guard_and_monitor_in_ascii_digits() throws IOException {
    String tables = TheftTables.of(findings);
    for (Result result : results) {
      assertThat(tables.lines()).anyMatch(line -> line.startsWith(result.guard() + "  "));
    }
    for (Watch watch : findings.watches()) {
      assertThat(tables.lines()).anyMatch(line -> line.startsWith(watch.monitor() + "  "));
    }
    assertThat(tables).matches("(?s)\\A\\p{ASCII}*\\z");
    assertThat(Files.readString(folder.resolve("theft.html"))).contains(tables, "best.svg");
  }

  @Test
  void audit_logs_hold_names_and_no_keys() throws IOException {
    assertThat(Files.readString(folder.resolve("audit-of-customers.jsonl")))
        .contains("\"client\":\"customer-0\"")
        .doesNotContain("key-of-the-example");
  }
}
