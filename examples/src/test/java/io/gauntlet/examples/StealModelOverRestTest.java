package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attacks.extraction.Extraction;
import io.gauntlet.examples.StealModelOverRest.Extent;
import io.gauntlet.examples.StealModelOverRest.Result;
import io.gauntlet.examples.StealModelOverRest.Theft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
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

  private List<Result> results;

  @BeforeAll
  void steal() throws IOException {
    results = StealModelOverRest.run(folder, EXTENT, line -> {});
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
    Result quota = behind("quota");
    assertThat(quota.naive().queries()).isEqualTo(EXTENT.quota());
    assertThat(by("rotates names", quota).queries()).isEqualTo(EXTENT.budget());
    assertThat(by("rotates names", quota).curve())
        .isEqualTo(by("rotates names", behind("none")).curve());
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

  @Test
  void repeats_are_noticed_and_natural_sentences_are_not_before_them() {
    Result watched = behind("watched for repeats");
    assertThat(by("averages", watched).noticedAfter()).isPresent();
    assertThat(by("averages", watched).noticedAfter().orElseThrow())
        .isLessThanOrEqualTo(EXTENT.budget());
    assertThat(behind("none").thefts()).allMatch(theft -> theft.noticedAfter().isEmpty());
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
  void the_table_has_a_line_for_each_guard_and_thief_in_ascii_digits() {
    String table = TheftTable.of(results);
    assertThat(table.lines()).hasSize(1 + 6 * results.size());
    assertThat(table).matches("\\A\\p{ASCII}*\\z");
    assertThat(results.stream().collect(Collectors.toMap(Result::guard, Function.identity())))
        .hasSameSizeAs(results);
  }

  @Test
  void audit_logs_hold_names_and_no_keys() throws IOException {
    assertThat(Files.readString(folder.resolve("audit-of-customers.jsonl")))
        .contains("\"client\":\"customer-0\"")
        .doesNotContain("key-of-the-example");
  }
}
