package io.gauntlet.junit;

import static io.gauntlet.junit.RobustAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Provenance;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.AssertionFailedError;

class ReportAssertTest {
  private static RobustnessReport report(List<Outcome> outcomes, Caveat... caveats) {
    List<AttackSummary> attacks =
        List.of(
            new AttackSummary("Noise", "RandomNoise[]", 90, 0, Double.NaN, 9000, 0, 1),
            new AttackSummary("PGD-40", "Pgd[]", 90, 8, 0.05, 3600, 3600, 2),
            new AttackSummary("PGD-40", "Pgd[again]", 82, 2, 0.1, 3600, 3600, 2));
    Provenance provenance =
        new Provenance(
            "1",
            "17",
            "os",
            "m",
            "d",
            List.of(),
            Seed.of(0),
            1,
            1,
            Instant.parse("2026-01-01T00:00:00Z"));
    return new RobustnessReport(
        ThreatModel.linf(0.1f),
        "untargeted",
        outcomes,
        attacks,
        List.of(caveats),
        provenance,
        3,
        Batch.of());
  }

  private static List<Outcome> outcomes(int wrong, int survived, int fooled) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < wrong; i++) {
      outcomes.add(new Outcome.Misclassified(outcomes.size(), 3, 4));
    }
    for (int i = 0; i < survived; i++) {
      outcomes.add(new Outcome.Survived(outcomes.size(), 3, 3));
    }
    for (int i = 0; i < fooled; i++) {
      outcomes.add(new Outcome.Fooled(outcomes.size(), 3, 5, "Pgd[]", 0.0625));
    }
    return outcomes;
  }

  /** 10 wrong, 80 robust, 10 fooled. */
  private static final RobustnessReport HUNDRED = report(outcomes(10, 80, 10));

  private static void assertFails(ThrowingCallable assertion, String message) {
    assertThatThrownBy(assertion)
        .isExactlyInstanceOf(AssertionFailedError.class)
        .hasMessage(message.stripTrailing());
  }

  @Test
  void a_report_that_is_good_enough_passes_and_the_chain_goes_on() {
    assertThat(HUNDRED)
        .hasRobustAccuracyAtLeast(0.8)
        .hasRobustAccuracyAtLeast(0)
        .hasCleanAccuracyAtLeast(0.9)
        .hasNoCaveats()
        .atConfidence(0.95)
        .hasRobustAccuracyAtLeast(0.7081)
        .hasCleanAccuracyAtLeast(0.8237)
        .hasNoCaveatsExcept(List.of());
  }

  @Test
  void too_little_robust_accuracy_fails_with_all_that_explains_it() {
    assertFails(
        () -> assertThat(HUNDRED).hasRobustAccuracyAtLeast(0.81),
        """

        expected robust accuracy : at least 81.0 %
        but was                  : 80.0 % on 100 examples (95 % interval 70.8 % to 87.3 %)
        threat model             : Linf epsilon 0.1
        Noise                    : fooled 0 of 90
        PGD-40                   : fooled 8 of 90
        PGD-40 2                 : fooled 2 of 82
        first fooled             : example 90 (3 read as 5 at 0.06250), example 91 (3 read as 5 at 0.06250), example 92 (3 read as 5 at 0.06250), example 93 (3 read as 5 at 0.06250), example 94 (3 read as 5 at 0.06250) and 5 more
        """);
  }

  @Test
  void caveats_and_a_single_fooled_example_are_named() {
    RobustnessReport report =
        report(outcomes(0, 1, 1), new Caveat.TimeRanOut(3), new Caveat.LooksLikeProbabilities());
    assertFails(
        () -> assertThat(report).hasRobustAccuracyAtLeast(1),
        """

        expected robust accuracy : at least 100.0 %
        but was                  : 50.0 % on 2 examples (95 % interval 1.3 % to 98.7 %)
        threat model             : Linf epsilon 0.1
        Noise                    : fooled 0 of 90
        PGD-40                   : fooled 8 of 90
        PGD-40 2                 : fooled 2 of 82
        first fooled             : example 1 (3 read as 5 at 0.06250)
        caveat                   : the time limit left 3 examples unfinished; they do not count as robust
        caveat 2                 : the scores look like softmax output; attacks need logits, on probabilities their gradients vanish
        """);
  }

  @Test
  void at_a_confidence_it_is_the_lower_bound_that_counts() {
    assertThat(HUNDRED).hasRobustAccuracyAtLeast(0.8);
    assertFails(
        () -> assertThat(HUNDRED).atConfidence(0.99).hasRobustAccuracyAtLeast(0.8),
        """

        expected robust accuracy : at least 80.0 % (99.00 % lower bound)
        but the lower bound was  : 67.9 %
        measured                 : 80.0 % on 100 examples (95 % interval 70.8 % to 87.3 %)
        threat model             : Linf epsilon 0.1
        Noise                    : fooled 0 of 90
        PGD-40                   : fooled 8 of 90
        PGD-40 2                 : fooled 2 of 82
        first fooled             : example 90 (3 read as 5 at 0.06250), example 91 (3 read as 5 at 0.06250), example 92 (3 read as 5 at 0.06250), example 93 (3 read as 5 at 0.06250), example 94 (3 read as 5 at 0.06250) and 5 more
        """);
  }

  @Test
  void the_confidence_holds_for_what_follows_only() {
    ReportAssert plain = assertThat(HUNDRED);
    ReportAssert sure = plain.atConfidence(0.95);
    plain.hasRobustAccuracyAtLeast(0.8);
    assertThatThrownBy(() -> sure.hasRobustAccuracyAtLeast(0.8))
        .isExactlyInstanceOf(AssertionFailedError.class);
    assertThat(sure.atConfidence(0.5)).isNotNull();
  }

  @Test
  void too_little_clean_accuracy_fails() {
    assertFails(
        () -> assertThat(HUNDRED).hasCleanAccuracyAtLeast(0.901),
        """

        expected clean accuracy : at least 90.1 %
        but was                 : 90.0 % on 100 examples
        """);
    assertFails(
        () -> assertThat(HUNDRED).atConfidence(0.95).hasCleanAccuracyAtLeast(0.85),
        """

        expected clean accuracy : at least 85.0 % (95.00 % lower bound)
        but the lower bound was : 82.4 %
        measured                : 90.0 % on 100 examples
        """);
  }

  @Test
  void examples_that_were_never_asked_do_not_count_as_right() {
    List<Outcome> cut = new ArrayList<>(outcomes(0, 2, 0));
    for (int i = 0; i < 998; i++) {
      cut.add(new Outcome.Unfinished(cut.size(), 3, -1));
    }
    double lower = Interval.clopperPearson(2, 2, 0.95).lower();
    ReportAssert sure = assertThat(report(cut)).atConfidence(0.95);
    sure.hasCleanAccuracyAtLeast(lower);
    assertFails(
        () -> sure.hasCleanAccuracyAtLeast(0.9),
        """

        expected clean accuracy : at least 90.0 % (95.00 % lower bound)
        but the lower bound was : 15.8 %
        measured                : 100.0 % on 2 examples
        """);
    RobustnessReport none = report(List.of(new Outcome.Unfinished(0, 3, -1)));
    for (ReportAssert each : List.of(assertThat(none), assertThat(none).atConfidence(0.95))) {
      assertThatThrownBy(() -> each.hasCleanAccuracyAtLeast(0))
          .as("nothing was measured")
          .isExactlyInstanceOf(AssertionFailedError.class);
    }
  }

  @Test
  void unfinished_examples_are_not_robust() {
    List<Outcome> half = new ArrayList<>(outcomes(0, 50, 0));
    for (int i = 0; i < 50; i++) {
      half.add(new Outcome.Unfinished(half.size(), 3, 3));
    }
    assertThat(report(half)).hasRobustAccuracyAtLeast(0.5).hasCleanAccuracyAtLeast(1);
    assertThatThrownBy(() -> assertThat(report(half)).hasRobustAccuracyAtLeast(0.51))
        .isExactlyInstanceOf(AssertionFailedError.class)
        .hasMessageContaining("but was                  : 50.0 % on 100 examples")
        .hasMessageEndingWith("first fooled             : none");
  }

  @Test
  void caveats_fail_unless_they_are_accepted() {
    RobustnessReport doubtful =
        report(outcomes(0, 2, 0), new Caveat.TooFewExamples(2, 0.842), new Caveat.ZeroGradients(2));
    assertThat(doubtful)
        .hasNoCaveatsExcept(List.of(Caveat.TooFewExamples.class, Caveat.ZeroGradients.class));
    assertFails(
        () -> assertThat(doubtful).hasNoCaveatsExcept(List.of(Caveat.TooFewExamples.class)),
        """

        expected      : a measurement without caveats
        but had       : 1
        ZeroGradients : all gradients were exactly zero for 2 surviving examples: a saturated loss or masked gradients; white-box attacks were blind there
        threat model  : Linf epsilon 0.1
        """);
    assertFails(
        () -> assertThat(doubtful).hasNoCaveats(),
        """

        expected       : a measurement without caveats
        but had        : 2
        TooFewExamples : 2 examples leave a 95 % interval 84.2 points wide; use more
        ZeroGradients  : all gradients were exactly zero for 2 surviving examples: a saturated loss or masked gradients; white-box attacks were blind there
        threat model   : Linf epsilon 0.1
        """);
  }

  @Test
  void the_error_carries_expected_and_actual_for_the_ide() {
    try {
      assertThat(HUNDRED).hasRobustAccuracyAtLeast(0.9);
    } catch (AssertionFailedError e) {
      assertThat(e.getExpected().getValue()).isEqualTo(0.9);
      assertThat(e.getActual().getValue()).isEqualTo(0.8);
      return;
    }
    throw new AssertionError("must fail");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, 80, Double.NaN})
  void a_minimum_that_is_no_share_is_the_callers_mistake(double minimum) {
    String message = "a minimum accuracy must lie in [0, 1], such as 0.8, but was " + minimum;
    assertThatThrownBy(() -> assertThat(HUNDRED).hasRobustAccuracyAtLeast(minimum))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> assertThat(HUNDRED).hasCleanAccuracyAtLeast(minimum))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, 95, -1, Double.NaN})
  void a_confidence_that_is_none_is_the_callers_mistake(double level) {
    assertThatThrownBy(() -> assertThat(HUNDRED).atConfidence(level))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("confidence must lie between 0 and 1, such as 0.95, but was " + level);
  }

  @Test
  void these_tests_run_where_digits_are_not_ascii() {
    assertThat(String.format("%d", 1)).as("under %s", Locale.getDefault()).isEqualTo("\u0661");
  }
}
