package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Suite;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuitesTest {
  private static final ThreatModel QUARTER = ThreatModel.linf(0.25f);

  private static <M extends Model> Suite<M> suite(
      List<String> departures, List<Attack<? super M>> attacks) {
    return (model, threat) -> new Suite.Line<>(attacks, departures);
  }

  private static RobustnessReport evaluate(Robustness<DifferentiableModel> robustness) {
    return robustness.evaluate(Threshold.right(0.1f, 0.9f));
  }

  @Test
  void attacks_and_suites_run_in_the_order_they_were_added() {
    Robustness<DifferentiableModel> robustness =
        Robustness.of(Threshold.MODEL)
            .under(QUARTER)
            .attackedBy(Attempt.ask(1, 0))
            .attackedBy(suite(List.of(), List.of(Attempt.look(0), Attempt.ask(2, 0))))
            .attackedBy(Attempt.ask(3, 0))
            .attackedBy(suite(List.of(), List.of(Attempt.ask(4, 0))));
    assertThat(evaluate(robustness).attacks())
        .extracting(AttackSummary::name)
        .containsExactly("Ask 1", "Look 0.0", "Ask 2", "Ask 3", "Ask 4");
  }

  @Test
  void a_suite_is_chosen_by_the_model_and_the_threat_it_meets() {
    List<Object> met = new ArrayList<>();
    Suite<Model> curious =
        (model, threat) -> {
          met.add(model);
          met.add(threat);
          return new Suite.Line<>(List.of(Attempt.shift(0)), List.of());
        };
    Robustness.of((Model) Threshold.MODEL)
        .under(QUARTER)
        .attackedBy(curious)
        .evaluate(Threshold.right(0.1f));
    assertThat(met).containsExactly(Threshold.MODEL, QUARTER);
  }

  @Test
  void where_a_suite_departs_from_its_name_a_caveat_says_so() {
    Robustness<DifferentiableModel> robustness =
        Robustness.of(Threshold.MODEL)
            .under(QUARTER)
            .attackedBy(suite(List.of("no DLR: 2 classes", "no FAB-T"), List.of(Attempt.shift(0))))
            .attackedBy(Attempt.ask(1, 0))
            .attackedBy(suite(List.of("no Square"), List.of(Attempt.look(0))));
    assertThat(evaluate(robustness).caveats())
        .startsWith(
            new Caveat.SuiteDeparts("no DLR: 2 classes"),
            new Caveat.SuiteDeparts("no FAB-T"),
            new Caveat.SuiteDeparts("no Square"))
        .filteredOn(Caveat.SuiteDeparts.class::isInstance)
        .hasSize(3);
  }

  /** An attack that knows one norm, and would fail if it were ever run. */
  private record Euclidean() implements Attack<Model> {
    @Override
    public Batch perturb(Model model, Neighbourhood allowed, Goal goal, Seed seed) {
      throw new AssertionError("ran under " + allowed.norm());
    }

    @Override
    public List<Norm> norms() {
      return List.of(Norm.l2(), Norm.l1());
    }
  }

  @Test
  void an_attack_that_does_not_know_the_norm_is_refused_before_anything_runs() {
    Spy spy = Spy.on(Threshold.MODEL);
    Robustness<DifferentiableModel> robustness =
        Robustness.of(spy)
            .under(QUARTER)
            .attackedBy(Attempt.ask(1, 0))
            .attackedBy(suite(List.of(), List.of(new Euclidean())));
    assertThatThrownBy(() -> evaluate(robustness))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("Euclidean[] works under [L2, L1], but the threat model is Linf epsilon 0.25");
    assertThat(spy.total()).isZero();
    assertThatThrownBy(
            () ->
                Robustness.of(spy)
                    .under(ThreatModel.unbounded(Norm.l0()))
                    .attackedBy(new Euclidean())
                    .evaluate(Threshold.right(0.1f)))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("Euclidean[] works under [L2, L1], but the threat model is L0 unbounded");
    assertThat(spy.total()).isZero();
  }

  @Test
  void the_line_of_a_suite_never_changes() {
    List<Attack<? super Model>> attacks = new ArrayList<>(List.of(Attempt.shift(0)));
    List<String> departures = new ArrayList<>(List.of("one"));
    Suite.Line<Model> line = new Suite.Line<>(attacks, departures);
    attacks.clear();
    departures.clear();
    assertThat(line.attacks()).hasSize(1);
    assertThat(line.departures()).containsExactly("one");
  }

  @Test
  void no_attacks_are_no_suite() {
    assertThatThrownBy(
            () -> evaluate(Robustness.of(Threshold.MODEL).under(QUARTER).attackedBy(List.of())))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("no attack given: call attackedBy(...) before evaluate(...)");
  }
}
