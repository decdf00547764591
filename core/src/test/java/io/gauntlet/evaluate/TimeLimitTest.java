package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attack.Attack;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Model;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No test here looks at a clock: they hold however slow the machine is. */
@Timeout(60)
class TimeLimitTest {
  private static final ThreatModel QUARTER = ThreatModel.linf(0.25f);
  private static final Duration SHORT = Duration.ofMillis(300);

  private static Attack<Model> asksForEver(float by) {
    return new Attempt<>(
        "ForEver",
        (model, allowed, goal, seed) -> {
          while (true) {
            model.logits(Attempt.shifted(allowed, by));
          }
        });
  }

  /** Doubles the limit until it is one under which this machine gets as far as the test needs. */
  private static RobustnessReport longEnough(
      Function<Duration, RobustnessReport> run, Predicate<RobustnessReport> farEnough) {
    RobustnessReport report = run.apply(SHORT);
    for (Duration limit = SHORT; !farEnough.test(report); limit = limit.multipliedBy(2)) {
      report = run.apply(limit);
    }
    return report;
  }

  @Test
  void an_attack_that_asks_for_ever_ends_what_it_found_stays_and_the_rest_is_unfinished() {
    RobustnessReport report =
        longEnough(
            limit ->
                Robustness.of(Threshold.MODEL)
                    .under(QUARTER)
                    .attackedBy(asksForEver(0.25f), Attempt.shift(0))
                    .withTimeLimit(limit)
                    .withWorkers(1)
                    .evaluate(Threshold.right(0.375f, 0.1f)),
            first -> first.outcomes().get(0) instanceof Outcome.Fooled);
    assertThat(report.outcomes())
        .containsExactly(
            new Outcome.Fooled(0, 0, 1, "ForEver", 0.25), new Outcome.Unfinished(1, 0, 0));
    assertThat(report.cleanAccuracy()).isEqualTo(1);
    assertThat(report.robustAccuracy()).isZero();
    assertThat(report.robustAccuracyInterval(0.95))
        .isEqualTo(new Interval(0, Interval.clopperPearson(1, 2, 0.95).upper(), 0.95));
    assertThat(report.caveats()).containsExactly(new Caveat.TimeRanOut(1));
    AttackSummary summary = report.attacks().get(0);
    assertThat(summary.attempted()).as("unfinished ones do not count").isEqualTo(1);
    assertThat(summary.fooled()).isEqualTo(1);
    assertThat(summary.forwardQueries()).as("but what they cost does").isGreaterThan(1).isEven();
    assertThat(report.attacks().get(1).attempted()).isZero();
  }

  @Test
  void when_the_time_is_up_the_model_is_left_alone() {
    Spy spy = Spy.on(Threshold.MODEL);
    RobustnessReport report =
        Robustness.of(spy)
            .under(QUARTER)
            .attackedBy(asksForEver(0), Attempt.ask(1, 0))
            .withTimeLimit(SHORT)
            .withWorkers(1)
            .withBatch(1)
            .evaluate(Threshold.right(0.1f, 0.2f, 0.3f));
    assertThat(report.caveats()).containsExactly(new Caveat.TimeRanOut(3));
    for (int example = 1; example < 3; example++) { // a clean prediction, three looks for caveats
      assertThat(spy.forward(example)).isLessThanOrEqualTo(4);
    }
  }

  /** Keeps looking for a wider success, for ever where it is slow, and returns the widest. */
  private static final class Widening {
    private final boolean slow;
    private final Map<Long, Integer> attacked = new HashMap<>();

    Widening(boolean slow) {
      this.slow = slow;
    }

    Attack<Model> attack() {
      return new Attempt<>("Widening", (model, allowed, goal, seed) -> search(model, allowed));
    }

    private Batch search(Model model, Neighbourhood allowed) {
      attacked.merge(allowed.clean().example(0), 1, Integer::sum);
      model.logits(Attempt.shifted(allowed, 0.125f));
      while (slow && allowed.clean().example(0) >= 2) {
        model.logits(Attempt.shifted(allowed, 0.125f));
      }
      return Attempt.shifted(allowed, 0.25f);
    }
  }

  private static Robustness<DifferentiableModel> widening(Widening widening) {
    return Robustness.of(Threshold.MODEL)
        .under(QUARTER)
        .attackedBy(widening.attack(), Attempt.ask(2, -0.25f))
        .withWorkers(1)
        .withBatch(1);
  }

  @Test
  void with_a_checkpoint_a_second_run_ends_as_if_there_had_been_no_limit(@TempDir Path folder) {
    Examples examples = Threshold.right(0.3f, 0.45f, 0.4f, 0.7f, 0.2f);
    RobustnessReport whole = widening(new Widening(false)).evaluate(examples);
    Path file = folder.resolve("run.checkpoint");
    RobustnessReport first =
        longEnough(
            limit ->
                widening(new Widening(true))
                    .withCheckpoint(file)
                    .withTimeLimit(limit)
                    .evaluate(examples),
            report -> report.outcomes().get(2) instanceof Outcome.Fooled);
    assertThat(first.outcomes().get(2))
        .as("found with the time running out")
        .isInstanceOf(Outcome.Fooled.class)
        .isNotEqualTo(whole.outcomes().get(2));
    assertThat(first.count(Outcome.Unfinished.class)).isPositive();
    Widening resumed = new Widening(false);
    RobustnessReport second = widening(resumed).withCheckpoint(file).evaluate(examples);
    Reports.assertSame(second, whole);
    assertThat(resumed.attacked).doesNotContainKeys(0L, 1L).containsKeys(2L, 3L, 4L);
  }

  @Test
  void a_limit_that_is_over_before_it_begins_leaves_an_empty_checkpoint(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("run.checkpoint");
    Robustness<DifferentiableModel> robustness =
        Robustness.of(Threshold.MODEL)
            .under(QUARTER)
            .attackedBy(Attempt.shift(0.25f))
            .withCheckpoint(file);
    Examples examples = Threshold.right(0.1f, 0.4f);
    RobustnessReport none = robustness.withTimeLimit(Duration.ofNanos(1)).evaluate(examples);
    assertThat(none.count(Outcome.Unfinished.class)).isEqualTo(2);
    assertThat(Files.readAllLines(file)).as("its head").hasSize(1);
    assertThat(robustness.evaluate(examples).count(Outcome.Fooled.class)).isEqualTo(1);
  }

  @Test
  void a_limit_that_does_not_strike_changes_nothing() {
    Examples examples = Threshold.right(0.3f, 0.45f, 0.4f, 0.7f, 0.2f);
    Robustness<DifferentiableModel> robustness = widening(new Widening(false));
    Reports.assertSame(
        robustness.withTimeLimit(Duration.ofHours(1)).evaluate(examples),
        robustness.evaluate(examples));
  }
}
