package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.gauntlet.data.Examples;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static Robustness<DifferentiableModel> robustness() {
    return Robustness.of(Spy.on(Threshold.MODEL))
        .under(ThreatModel.linf(0.25f))
        .attackedBy(Attempt.shift(0.25f), Attempt.shift(-0.25f));
  }

  private static Examples hundred() {
    float[] values = new float[100];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i + 0.5f) / 100;
    }
    return Threshold.right(values);
  }

  @Test
  void it_counts_up_to_the_end_of_every_phase() {
    List<Progress.Step> steps = new ArrayList<>();
    robustness().withWorkers(1).withBatch(40).withProgress(steps::add).evaluate(hundred());
    assertThat(steps)
        .extracting(
            Progress.Step::title,
            Progress.Step::number,
            Progress.Step::attacks,
            Progress.Step::done,
            Progress.Step::total,
            Progress.Step::standing)
        .containsExactly(
            tuple("clean", 0, 2, 0, 100, 100),
            tuple("clean", 0, 2, 33, 100, 100),
            tuple("clean", 0, 2, 66, 100, 100),
            tuple("clean", 0, 2, 100, 100, 100),
            tuple("Shift 0.25", 1, 2, 0, 100, 100),
            tuple("Shift 0.25", 1, 2, 33, 100, 92),
            tuple("Shift 0.25", 1, 2, 66, 100, 75),
            tuple("Shift 0.25", 1, 2, 100, 100, 75),
            tuple("Shift -0.25", 2, 2, 0, 75, 75),
            tuple("Shift -0.25", 2, 2, 37, 75, 63),
            tuple("Shift -0.25", 2, 2, 75, 75, 50));
  }

  @Test
  void it_is_monotone_complete_and_told_by_the_calling_thread_alone() {
    List<Progress.Step> steps = new ArrayList<>(); // not thread-safe, and need not be
    Thread caller = Thread.currentThread();
    RobustnessReport report =
        robustness()
            .withWorkers(4)
            .withBatch(3)
            .withProgress(
                step -> {
                  assertThat(Thread.currentThread()).isSameAs(caller);
                  steps.add(step);
                })
            .evaluate(hundred());
    for (int i = 1; i < steps.size(); i++) {
      Progress.Step before = steps.get(i - 1);
      Progress.Step now = steps.get(i);
      assertThat(now.number()).isBetween(before.number(), before.number() + 1);
      assertThat(now.seconds()).isGreaterThanOrEqualTo(before.seconds());
      assertThat(now.standing()).isLessThanOrEqualTo(before.standing());
      if (now.number() == before.number()) {
        assertThat(now.done()).isGreaterThan(before.done());
        assertThat(now.total()).isEqualTo(before.total());
      } else {
        assertThat(before.done()).isEqualTo(before.total());
        assertThat(now.done()).isZero();
        assertThat(now.total()).isEqualTo(before.standing());
      }
    }
    Progress.Step last = steps.get(steps.size() - 1);
    assertThat(last.number()).isEqualTo(2);
    assertThat(last.done()).isEqualTo(last.total());
    assertThat(last.standing()).isEqualTo(report.count(Outcome.Survived.class));
  }

  @Test
  void an_attack_that_finds_nobody_standing_still_reports() {
    List<Progress.Step> steps = new ArrayList<>();
    robustness().withProgress(steps::add).evaluate(Threshold.wrong(0.1f));
    assertThat(steps)
        .extracting(Progress.Step::number, Progress.Step::done, Progress.Step::total)
        .containsExactly(tuple(0, 0, 1), tuple(0, 1, 1), tuple(1, 0, 0), tuple(2, 0, 0));
  }

  @Test
  void what_it_throws_ends_the_evaluation() {
    IllegalStateException full = new IllegalStateException("the disk of the log is full");
    assertThatThrownBy(
            () ->
                robustness()
                    .withProgress(
                        step -> {
                          if (step.number() == 1) {
                            throw full;
                          }
                        })
                    .evaluate(hundred()))
        .isSameAs(full);
  }
}
