package io.gauntlet.defenses.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.defenses.detect.Ruling;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IncidentTest {
  @Test
  void totals_are_those_of_the_sources() {
    Incident incident = Incidents.repaired();
    assertThat(incident.rowsRead()).isEqualTo(3000);
    assertThat(incident.rowsAccepted()).isEqualTo(2970);
    assertThat(incident.rowsQuarantined()).isEqualTo(30);
    assertThat(incident.rowsSuspected()).isEqualTo(30);
  }

  @Test
  void the_timeline_is_in_order_of_time() {
    assertThat(Incidents.repaired().timeline())
        .extracting(Event::what)
        .containsExactly("Ingestion began", "30 rows were quarantined");
    assertThat(
            Incidents.repaired()
                .withEvents(List.of(new Event(Instant.EPOCH, "poison arrived")))
                .timeline()
                .get(0)
                .what())
        .isEqualTo("poison arrived");
  }

  @Test
  void an_account_that_does_not_add_up_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SourceAccount("reports", "ab", 10, 5, 4, 0))
        .withMessageContaining("reports")
        .withMessageContaining("5 + 4 are not 10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SourceAccount("reports", "ab", 10, 6, 4, 5))
        .withMessageContaining("quarantined must be at least 5, but was 4");
  }

  @Test
  void no_more_rows_are_listed_than_are_suspected_nor_of_strange_sources() {
    List<SourceAccount> sources = List.of(Incidents.source("reports", 10, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Incidents.with(sources, List.of(), List.of(Incidents.row("reports", "hi"))))
        .withMessageContaining("0 suspected");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Incidents.with(sources, List.of(), List.of(Incidents.row("web", "hi"))))
        .withMessageContaining("web");
  }

  @Test
  void only_a_complaint_flags_rows() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Finding(
                    "knn", "all", Concern.POISONING, Ruling.CLEAN, 9, 1, Optional.empty(), ""))
        .withMessageContaining("1 of 9");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void every_kind_stands_in_all_three_catalogues(Kind kind) {
    assertThat(kind.classifications())
        .extracting(Classification::id)
        .contains("AML.T0020", "ML02:2023")
        .anyMatch(id -> id.startsWith("NISTAML."))
        .doesNotHaveDuplicates();
  }

  @Test
  void a_source_with_more_than_its_share_is_found_by_the_exact_test() {
    // all 3 suspects among the 10 rows of the first: 10 choose 3 of 20 choose 3, for two sources
    SourceAccount first = Incidents.source("a", 10, 3);
    SourceAccount second = Incidents.source("b", 10, 0);
    assertThat(Concentration.in(List.of(first, second))).isEmpty();
    SourceAccount whole = Incidents.source("a", 10, 10);
    assertThat(Concentration.in(List.of(whole, second)))
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.source()).isEqualTo(whole);
              assertThat(found.p()).isCloseTo(2 / 184756.0, within(1e-12)); // 20 choose 10
            });
  }

  @Test
  void a_repair_that_works_replaces_the_model_and_shuts_the_source() {
    assertThat(Incidents.repaired().actions())
        .extracting(Action::what)
        .containsExactly(
            "Replace spam-1 by spam-2",
            "Take nothing more from reports, ask who could write to it, and have somebody read the"
                + " 970 rows accepted from it");
    assertThat(Incidents.repaired().actions().get(1).because())
        .startsWith("30 of 30 suspected rows are from it, which has 1000 of 3000 rows screened");
  }

  @Test
  void a_repair_that_leaves_the_trigger_working_is_not_recommended() {
    assertThat(Incidents.repaired().withAfter(Incidents.model("spam-2", 980, 11)).actions().get(0))
        .satisfies(
            action -> {
              assertThat(action.what()).isEqualTo("Put neither spam-1 nor spam-2 into service");
              assertThat(action.because()).contains("more than 5 %", "5.5 % (11 of 200");
            });
    assertThat(Incidents.repaired().withAfter(Incidents.model("spam-2", 980, 10)).actions().get(0))
        .extracting(Action::what)
        .isEqualTo("Replace spam-1 by spam-2");
  }

  @Test
  void a_repair_that_costs_accuracy_is_said_to() {
    assertThat(Incidents.repaired().withAfter(Incidents.model("spam-2", 969, 2)).actions().get(0))
        .extracting(Action::because)
        .asString()
        .startsWith("The repair costs 1.1 points of accuracy");
  }

  @Test
  void suspects_in_all_sources_alike_point_before_them() {
    List<SourceAccount> sources =
        List.of(Incidents.source("a", 1000, 15), Incidents.source("b", 1000, 15));
    assertThat(Incidents.with(sources, List.of(), List.of()).actions())
        .extracting(Action::what)
        .containsExactly(
            "Look for the poison before the sources part, such as where labels are made");
  }

  @Test
  void one_source_alone_says_nothing_of_where_the_poison_is_from() {
    List<SourceAccount> one = List.of(Incidents.source("a", 1000, 15));
    assertThat(Incidents.with(one, List.of(), List.of()).actions()).isEmpty();
  }

  @Test
  void no_finding_asks_for_nothing() {
    Incident nothing = Incidents.with(List.of(Incidents.source("a", 10, 0)), List.of(), List.of());
    assertThat(nothing.actions()).isEmpty();
    assertThat(IncidentReport.markdown(nothing)).contains("Nothing: no finding asks for it.");
  }

  @Test
  void form_and_drift_have_actions_of_their_own() {
    Finding formula =
        new Finding(
            "schema", "source a", Concern.FORM, Ruling.POISONED, 9, 4, Optional.empty(), "formula");
    Finding drift =
        new Finding(
            "drift", "source a", Concern.DRIFT, Ruling.POISONED, 0, 0, Optional.empty(), "MMD 0.1");
    SourceAccount source = new SourceAccount("a", "ab", 9, 5, 4, 0);
    assertThat(Incidents.with(List.of(source), List.of(formula, drift), List.of()).actions())
        .extracting(Action::what, Action::because)
        .containsExactly(
            tuple("Ask what changed at a", "It is distributed unlike the baseline: MMD 0.1"),
            tuple(
                "Open neither the sources nor the quarantine in a spreadsheet",
                "Rows that begin like a formula: 4"));
  }

  @Test
  void what_was_not_judged_or_not_measured_is_said_to_be_unknown() {
    Incident incident =
        Incidents.with(
            List.of(Incidents.source("a", 100, 0)), List.of(Incidents.notJudged()), List.of());
    assertThat(incident.unknowns())
        .anyMatch(
            line ->
                line.equals("clustering did not judge class 3 (12 rows): 12 rows, fewer than 30"))
        .anyMatch(line -> line.startsWith("Whether the repair helps"))
        .anyMatch(line -> line.contains("100 accepted rows"))
        .hasSize(5);
    assertThat(incident.actions())
        .extracting(Action::what)
        .containsExactly("Have class 3 judged by something other than clustering");
    assertThat(Incidents.repaired().unknowns()).hasSize(1);
  }

  @Test
  void a_trigger_that_nobody_knows_is_an_unknown() {
    ModelState measured = Incidents.model("spam-1", 980, 190);
    assertThat(
            Incidents.repaired()
                .withBefore(new ModelState("spam-1", measured.accuracy(), Optional.empty()))
                .unknowns())
        .contains("How often the attack succeeds against spam-1");
  }
}
