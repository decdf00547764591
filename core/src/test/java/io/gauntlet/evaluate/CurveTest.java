package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.evaluate.RobustnessReport.Point;
import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurveTest {
  private static final ThreatModel ANYWHERE = ThreatModel.unbounded(Norm.l2());

  private static RobustnessReport report(ThreatModel threat, Outcome... outcomes) {
    Provenance provenance = Provenance.now("a model", "some data", List.of("A"), Seed.of(0), 1, 1);
    return new RobustnessReport(
        threat, "untargeted", List.of(outcomes), List.of(), List.of(), provenance, 0, Batch.of());
  }

  private static Outcome fooledAt(double distance) {
    return new Outcome.Fooled(0, 0, 1, "A", distance);
  }

  private static final Outcome WRONG = new Outcome.Misclassified(0, 0, 1);
  private static final Outcome SURVIVED = new Outcome.Survived(0, 0, 0);
  private static final Outcome UNFINISHED = new Outcome.Unfinished(0, 0, 0);
  private static final Outcome NOT_ASKED = new Outcome.Unfinished(0, 0, -1);

  @Test
  void it_falls_at_each_distinct_distance_and_ends_with_the_survivors() {
    RobustnessReport report =
        report(ANYWHERE, fooledAt(0.5), WRONG, fooledAt(0.25), SURVIVED, fooledAt(0.5));
    assertThat(report.curve())
        .containsExactly(new Point(0, 0.8), new Point(0.25, 0.6), new Point(0.5, 0.2));
    assertThat(report.robustAccuracyAt(0)).isEqualTo(0.8);
    assertThat(report.robustAccuracyAt(Math.nextDown(0.25f))).isEqualTo(0.8);
    assertThat(report.robustAccuracyAt(0.25)).as("a change of just that size fools").isEqualTo(0.6);
    assertThat(report.robustAccuracyAt(1e30)).isEqualTo(0.2);
    assertThat(report.robustAccuracyAt(Double.POSITIVE_INFINITY)).isEqualTo(0.2);
    assertThat(report.robustAccuracy()).isEqualTo(0.2);
  }

  @Test
  void without_a_fall_or_a_right_answer_it_is_one_point() {
    assertThat(report(ANYWHERE, SURVIVED, SURVIVED).curve()).containsExactly(new Point(0, 1));
    assertThat(report(ANYWHERE, WRONG).curve()).containsExactly(new Point(0, 0));
    assertThat(report(ANYWHERE, WRONG, fooledAt(1)).curve())
        .containsExactly(new Point(0, 0.5), new Point(1, 0));
  }

  @Test
  void unfinished_examples_are_robust_nowhere() {
    RobustnessReport report = report(ANYWHERE, UNFINISHED, NOT_ASKED, SURVIVED, fooledAt(2));
    assertThat(report.curve()).containsExactly(new Point(0, 0.5), new Point(2, 0.25));
    assertThat(report.robustAccuracyAt(1)).isEqualTo(0.5);
    Interval interval = report.robustAccuracyIntervalAt(1, 0.9);
    assertThat(interval.lower()).isEqualTo(Interval.clopperPearson(2, 4, 0.9).lower());
    assertThat(interval.upper())
        .as("but perhaps they are")
        .isEqualTo(Interval.clopperPearson(4, 4, 0.9).upper());
  }

  @Test
  void a_bounded_report_knows_nothing_beyond_its_epsilon() {
    RobustnessReport report =
        report(ThreatModel.linf(8 / 255f), fooledAt(8 / 255f), fooledAt(0.01), SURVIVED);
    assertThat(report.robustAccuracyAt(0)).isEqualTo(1);
    assertThat(report.robustAccuracyAt(0.01)).isEqualTo(2 / 3.0);
    assertThat(report.robustAccuracyAt(8 / 255f)).isEqualTo(1 / 3.0);
    assertThat(report.robustAccuracyAt(8 / 255.0)).as("the same float").isEqualTo(1 / 3.0);
    for (double bad : new double[] {-1e-9, Double.NaN, 0.0314, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> report.robustAccuracyAt(bad))
          .isExactlyInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "epsilon must be from 0 to that of the threat model, 0.03137255, but was " + bad);
      assertThatThrownBy(() -> report.robustAccuracyIntervalAt(bad, 0.95))
          .isExactlyInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void what_rounding_carried_beyond_the_radius_fell_within_it() {
    RobustnessReport report = report(ThreatModel.l1(0.5f), fooledAt(0.500003), SURVIVED);
    assertThat(report.robustAccuracyAt(0.5)).isEqualTo(report.robustAccuracy()).isEqualTo(0.5);
    assertThat(report.curve()).containsExactly(new Point(0, 1), new Point(0.5, 0.5));
  }

  @Test
  void the_median_is_over_the_examples_that_were_right_at_first() {
    assertThat(report(ANYWHERE, fooledAt(3), WRONG, fooledAt(1), fooledAt(2)).medianDistance())
        .isEqualTo(2);
    assertThat(report(ANYWHERE, fooledAt(3), WRONG, fooledAt(1)).medianDistance()).isEqualTo(2);
    assertThat(report(ANYWHERE, fooledAt(3), SURVIVED, SURVIVED).medianDistance()).isInfinite();
    assertThat(report(ANYWHERE, fooledAt(3), SURVIVED).medianDistance()).isInfinite();
    assertThat(report(ANYWHERE, fooledAt(3), fooledAt(1), SURVIVED).medianDistance()).isEqualTo(3);
    assertThat(report(ANYWHERE, fooledAt(3), fooledAt(1), UNFINISHED).medianDistance())
        .isEqualTo(1);
    assertThat(report(ANYWHERE, WRONG, NOT_ASKED).medianDistance()).isNaN();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void every_point_of_it_is_the_robust_accuracy_there(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Outcome[] outcomes = new Outcome[60];
    Arrays.setAll(
        outcomes,
        i ->
            switch (random.nextInt(8)) {
              case 0 -> WRONG;
              case 1 -> SURVIVED;
              case 2 -> UNFINISHED;
              case 3, 4 -> fooledAt(random.nextInt(1, 6));
              default -> fooledAt(5 * random.nextDouble());
            });
    RobustnessReport report = report(ANYWHERE, outcomes);
    List<Point> curve = report.curve();
    List<Double> accuracies = new ArrayList<>();
    for (int i = 0; i < curve.size(); i++) {
      Point point = curve.get(i);
      accuracies.add(point.robustAccuracy());
      assertThat(report.robustAccuracyAt(point.epsilon())).isEqualTo(point.robustAccuracy());
      if (i > 0) {
        assertThat(point.epsilon()).isGreaterThan(curve.get(i - 1).epsilon());
        assertThat(report.robustAccuracyAt(Math.nextDown((float) point.epsilon())))
            .isEqualTo(curve.get(i - 1).robustAccuracy());
      }
    }
    assertThat(accuracies)
        .isSortedAccordingTo((a, b) -> Double.compare(b, a))
        .doesNotHaveDuplicates();
    assertThat(accuracies.get(accuracies.size() - 1)).isEqualTo(report.robustAccuracy());
    assertThat(report.robustAccuracyInterval(0.95))
        .isEqualTo(report.robustAccuracyIntervalAt(Double.POSITIVE_INFINITY, 0.95));
  }
}
