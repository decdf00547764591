package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Objective;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Model;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without a bound every attack runs on every example, and the closest success counts. */
class UnboundedTest {
  private static final ThreatModel ANYWHERE = ThreatModel.unbounded(Norm.linf());

  private static Robustness<DifferentiableModel> threshold() {
    return Robustness.of(Threshold.MODEL).under(ANYWHERE);
  }

  /** Moves to {@code to} the examples that are at least {@code from} now. */
  private static Attack<Model> move(String name, float from, float to) {
    return Attempt.returning(
        name, allowed -> allowed.clean().editRows((i, x) -> x[0] = x[0] >= from ? to : x[0]));
  }

  @Test
  void the_closest_success_of_all_attacks_wins_whoever_came_first() {
    Examples examples = Threshold.right(0.25f, 0.375f, 0.125f);
    Attack<Model> far = move("Far", 0, 1);
    Attack<Model> near = move("Near", 0.2f, 0.625f);
    Attack<Model> nearest = move("Nearest", 0.3f, 0.5625f);
    for (List<Attack<Model>> order :
        List.of(List.of(far, near, nearest), List.of(nearest, near, far))) {
      RobustnessReport report = threshold().attackedBy(order).evaluate(examples);
      assertThat(report.outcomes())
          .containsExactly(
              new Outcome.Fooled(0, 0, 1, "Near", 0.375),
              new Outcome.Fooled(1, 0, 1, "Nearest", 0.1875),
              new Outcome.Fooled(2, 0, 1, "Far", 0.875));
      assertThat(report.adversarial().rows()).isEqualTo(3);
      assertThat(report.adversarial().get(0, 0)).isEqualTo(0.625f);
      assertThat(report.adversarial().get(1, 0)).isEqualTo(0.5625f);
      assertThat(report.adversarial().get(2, 0)).isEqualTo(1);
      assertThat(report.robustAccuracy()).isZero();
    }
  }

  @Test
  void among_equally_close_ones_the_first_is_named() {
    RobustnessReport report =
        threshold()
            .attackedBy(move("First", 0, 0.75f), move("Second", 0, 0.75f))
            .evaluate(Threshold.right(0.25f));
    assertThat(report.outcomes()).containsExactly(new Outcome.Fooled(0, 0, 1, "First", 0.5));
  }

  @Test
  void every_attack_is_tried_on_all_that_are_right_at_first_and_counts_its_own() {
    Examples right = Threshold.right(0.25f, 0.375f, 0.125f);
    Examples examples =
        Examples.of(Threshold.right(0.25f, 0.375f, 0.125f, 0.3f).inputs(), 0, 0, 0, 1);
    RobustnessReport report =
        threshold()
            .attackedBy(move("All", 0, 0.75f), Attempt.ask(2, 0), move("One", 0.3f, 0.625f))
            .evaluate(examples);
    assertThat(report.attacks())
        .extracting(
            AttackSummary::name,
            AttackSummary::attempted,
            AttackSummary::fooled,
            AttackSummary::medianDistance,
            AttackSummary::forwardQueries)
        .containsExactly(
            tuple("All", 3, 3, 0.5, 0L),
            tuple("Ask 2", 3, 0, Double.NaN, 6L),
            tuple("One", 3, 1, 0.25, 0L));
    assertThat(report.outcomes().get(3)).isEqualTo(new Outcome.Misclassified(3, 1, 0));
    assertThat(report.adversarial().rows()).isEqualTo(right.count());
  }

  @Test
  void progress_counts_an_example_that_falls_twice_once() {
    List<Progress.Step> steps = new ArrayList<>();
    threshold()
        .attackedBy(move("One", 0.3f, 0.75f), move("All", 0, 0.625f), move("Again", 0, 1))
        .withProgress(steps::add)
        .evaluate(Threshold.right(0.25f, 0.375f));
    assertThat(steps)
        .extracting(
            Progress.Step::title,
            Progress.Step::done,
            Progress.Step::total,
            Progress.Step::standing)
        .containsExactly(
            tuple("clean", 0, 2, 2),
            tuple("clean", 2, 2, 2),
            tuple("One", 0, 2, 2),
            tuple("One", 2, 2, 1),
            tuple("All", 0, 2, 1),
            tuple("All", 2, 2, 0),
            tuple("Again", 0, 2, 0),
            tuple("Again", 2, 2, 0));
  }

  @Test
  void an_example_that_no_attack_fools_survives() {
    RobustnessReport report =
        threshold()
            .attackedBy(Attempt.shift(0.25f), Attempt.shift(-0.25f))
            .evaluate(Threshold.right(0.125f, 0.375f));
    assertThat(report.outcomes().get(0)).isEqualTo(new Outcome.Survived(0, 0, 0));
    assertThat(report.robustAccuracy()).isEqualTo(0.5);
    assertThat(report.medianDistance()).isInfinite();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 64})
  void batches_and_workers_change_nothing(int batch) {
    Examples examples = Threshold.right(0.1f, 0.4f, 0.45f, 0.9f, 0.7f, 0.2f);
    Robustness<DifferentiableModel> robustness =
        threshold().attackedBy(Attempt.ask(2, 0.25f), Attempt.look(-0.3f), Attempt.ask(1, 0.125f));
    Reports.assertSame(
        robustness.withBatch(batch).withWorkers(2).evaluate(examples),
        robustness.withWorkers(1).evaluate(examples));
  }

  @Test
  void a_budget_of_queries_is_kept_for_every_attack_and_the_closest_success_seen_counts() {
    float[] path = {0.5f, 0.25f, 0.125f};
    Attack<Model> approaching =
        new Attempt<>(
            "Approaching",
            (model, allowed, goal, seed) -> {
              for (int i = 0; ; i = Math.min(i + 1, path.length - 1)) {
                model.logits(Attempt.shifted(allowed, path[i]));
              }
            });
    for (int queries = 1; queries <= 3; queries++) {
      Spy spy = Spy.on(Threshold.MODEL);
      RobustnessReport report =
          Robustness.of(spy)
              .under(ANYWHERE.withQueries(queries))
              .attackedBy(approaching, Attempt.ask(1, 0.375f))
              .evaluate(Threshold.right(0.4375f));
      String nearer = queries == 1 ? "Ask 1" : "Approaching";
      double distance = queries == 1 ? 0.375 : path[queries - 1];
      assertThat(report.outcomes()).containsExactly(new Outcome.Fooled(0, 0, 1, nearer, distance));
      assertThat(report.attacks())
          .extracting(AttackSummary::forwardQueries)
          .containsExactly((long) queries, 1L);
    }
  }

  @Test
  void any_number_of_lines_of_a_checkpoint_is_enough_to_go_on_from(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("run.checkpoint");
    Examples examples = Threshold.right(0.1f, 0.4f, 0.45f, 0.9f, 0.7f);
    Robustness<DifferentiableModel> robustness =
        threshold()
            .attackedBy(Attempt.ask(2, 0.25f), Attempt.look(-0.3f), Attempt.ask(1, 0.125f))
            .withBatch(2)
            .withCheckpoint(file);
    RobustnessReport whole = robustness.evaluate(examples);
    assertThat(whole.attacks()).extracting(AttackSummary::attempted).containsExactly(5, 5, 5);
    assertThat(whole.outcomes().get(1)).extracting("attack").isEqualTo("Ask 1");
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSizeGreaterThan(8);
    for (int kept = 0; kept <= lines.size(); kept++) {
      Files.write(file, lines.subList(0, kept));
      Reports.assertSame(robustness.withBatch(3).evaluate(examples), whole);
    }
  }

  /** Asks for ever where {@code slow}, about a success at {@code by}. */
  private static Attack<Model> asks(AtomicBoolean slow, float by) {
    return new Attempt<>(
        "Asks",
        (model, allowed, goal, seed) -> {
          do {
            model.logits(Attempt.shifted(allowed, by));
          } while (slow.get());
          return Attempt.shifted(allowed, by);
        });
  }

  /** Doubles the limit until it is one under which this machine fools the first example. */
  private static RobustnessReport outOfTime(
      Robustness<DifferentiableModel> robustness, Examples examples) {
    Duration limit = Duration.ofMillis(200);
    RobustnessReport report = robustness.withTimeLimit(limit).evaluate(examples);
    while (!(report.outcomes().get(0) instanceof Outcome.Fooled)) {
      limit = limit.multipliedBy(2);
      report = robustness.withTimeLimit(limit).evaluate(examples);
    }
    return report;
  }

  @Test
  @Timeout(60)
  void when_the_time_runs_out_earlier_successes_stay_and_are_doubted(@TempDir Path folder) {
    Examples examples = Threshold.right(0.375f, 0.125f, 0.25f);
    AtomicBoolean slow = new AtomicBoolean(true);
    Robustness<DifferentiableModel> robustness =
        threshold()
            .attackedBy(Attempt.shift(0.375f), asks(slow, 0), Attempt.shift(0.25f))
            .withCheckpoint(folder.resolve("run.checkpoint"));
    RobustnessReport report = outOfTime(robustness, examples);
    assertThat(report.outcomes())
        .as("fooled by the first, not through with the second")
        .containsExactly(
            new Outcome.Fooled(0, 0, 1, "Shift 0.375", 0.375),
            new Outcome.Unfinished(1, 0, 0),
            new Outcome.Fooled(2, 0, 1, "Shift 0.375", 0.375));
    assertThat(report.attacks()).extracting(AttackSummary::attempted).containsExactly(3, 0, 0);
    assertThat(report.robustAccuracy()).isZero();
    assertThat(report.robustAccuracyAt(0.25)).isEqualTo(2 / 3.0);
    assertThat(report.caveats())
        .containsExactly(new Caveat.TimeRanOut(1), new Caveat.DistancesUnfinished(2));
    assertThat(report.caveats().get(1).message())
        .isEqualTo(
            "the time limit kept some attacks from 2 fooled examples; their distances may not be"
                + " the smallest");
    slow.set(false);
    RobustnessReport resumed = robustness.evaluate(examples);
    Reports.assertSame(
        resumed,
        threshold()
            .attackedBy(Attempt.shift(0.375f), asks(slow, 0), Attempt.shift(0.25f))
            .evaluate(examples));
    assertThat(resumed.outcomes().get(0)).extracting("attack").isEqualTo("Shift 0.25");
    assertThat(resumed.outcomes().get(1)).isInstanceOf(Outcome.Survived.class);
  }

  @Test
  @Timeout(60)
  void a_success_found_while_the_last_attack_ran_out_of_time_is_doubted_too() {
    RobustnessReport report =
        outOfTime(
            threshold().attackedBy(asks(new AtomicBoolean(true), 0.25f)), Threshold.right(0.375f));
    assertThat(report.outcomes()).containsExactly(new Outcome.Fooled(0, 0, 1, "Asks", 0.25));
    assertThat(report.caveats()).contains(new Caveat.DistancesUnfinished(1));
  }

  @Test
  @Timeout(60)
  void within_a_bound_a_success_is_final_whatever_the_time() {
    RobustnessReport report =
        outOfTime(
            Robustness.of(Threshold.MODEL)
                .under(ThreatModel.linf(0.25f))
                .attackedBy(asks(new AtomicBoolean(true), 0.25f)),
            Threshold.right(0.375f));
    assertThat(report.outcomes()).containsExactly(new Outcome.Fooled(0, 0, 1, "Asks", 0.25));
    assertThat(report.caveats()).hasOnlyElementsOfType(Caveat.TooFewExamples.class);
  }

  @Test
  void an_attack_may_reach_the_far_corner_but_not_leave_the_domain() {
    Attack<Model> corner = Attempt.shift(1);
    RobustnessReport report = threshold().attackedBy(corner).evaluate(Threshold.right(0));
    assertThat(report.outcomes()).containsExactly(new Outcome.Fooled(0, 0, 1, "Shift 1.0", 1));
    Attack<Model> beyond =
        Attempt.returning("Beyond", allowed -> Attempt.shifted(allowed.clean(), 1));
    assertThatThrownBy(() -> threshold().attackedBy(beyond).evaluate(Threshold.right(0.25f)))
        .isExactlyInstanceOf(AttackContractException.class)
        .hasMessage(
            "Beyond returned 1.25 for feature 0 of example 0, but the domain is [0.0, 1.0]");
  }

  @Test
  void black_boxes_beat_white_ones_only_where_no_white_box_fooled_at_all() {
    Batch two = Threshold.right(0.375f, 0.25f).inputs();
    Examples examples = Examples.of(two, 0, 0);
    Attack<Model> black = Attempt.ask(1, 0.3f);
    Attack<Model> blackToo = Attempt.ask(2, 0.35f);
    Attack<DifferentiableModel> white =
        new Attempt<>(
            "White",
            (model, allowed, goal, seed) -> {
              model.gradient(allowed.clean(), goal.loss(Objective.MARGIN));
              return Attempt.shifted(allowed, 0.2f);
            });
    RobustnessReport report = threshold().attackedBy(black, white, blackToo).evaluate(examples);
    assertThat(report.caveats())
        .as("example 1 fell to two black boxes, example 0 to the white one as well")
        .contains(new Caveat.BlackBoxBeatWhiteBox(1));
  }
}
