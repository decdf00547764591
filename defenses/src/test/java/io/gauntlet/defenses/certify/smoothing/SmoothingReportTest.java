package io.gauntlet.defenses.certify.smoothing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.evaluate.Rate;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Shape;
import io.gauntlet.threat.Norm;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SmoothingReportTest {
  private static final RandomizedSmoothing METHOD =
      new RandomizedSmoothing(new Noise.Gaussian(1), 10, 100, 0.01);
  private static final Shape PIXELS = Shape.of(1, 4, 4);

  /** Right at 1, right at 0.5, wrong at 2, abstained. */
  private static final SmoothingReport REPORT =
      new SmoothingReport(
          METHOD,
          PIXELS,
          Labels.of(3, 1, 2, 0),
          List.of(
              new Certificate(0, 3, 95, 0.84, 1),
              new Certificate(1, 1, 80, 0.69, 0.5),
              new Certificate(2, 0, 99, 0.97, 2),
              new Certificate(3, 0, 55, 0.42, 0)));

  @Test
  void certified_accuracy_counts_the_right_ones_that_reach_so_far() {
    assertThat(REPORT.certifiedAccuracy(0)).isEqualTo(new Rate(2, 4));
    assertThat(REPORT.certifiedAccuracy(0.5)).isEqualTo(new Rate(2, 4));
    assertThat(REPORT.certifiedAccuracy(0.51)).isEqualTo(new Rate(1, 4));
    assertThat(REPORT.certifiedAccuracy(1)).isEqualTo(new Rate(1, 4));
    assertThat(REPORT.certifiedAccuracy(1.01)).isEqualTo(new Rate(0, 4));
    assertThat(REPORT.abstained()).isEqualTo(new Rate(1, 4));
    assertThat(REPORT.queries()).isEqualTo(4 * 110);
  }

  @Test
  void the_mean_radius_counts_wrong_and_unsure_ones_as_nothing() {
    assertThat(REPORT.averageCertifiedRadius()).isEqualTo(1.5 / 4);
  }

  /**
   * 16 features: the L2 ball of radius 1 holds the Linf ball of radius 1/4, and the L1 ball of 1.
   */
  @Test
  void a_proof_holds_in_other_norms_as_far_as_their_balls_fit_inside() {
    assertThat(REPORT.certifiedAccuracy(Norm.l2(), 1)).isEqualTo(new Rate(1, 4));
    assertThat(REPORT.certifiedAccuracy(Norm.l1(), 1)).isEqualTo(new Rate(1, 4));
    assertThat(REPORT.certifiedAccuracy(Norm.linf(), 0.25)).isEqualTo(new Rate(1, 4));
    assertThat(REPORT.certifiedAccuracy(Norm.linf(), 0.26)).isEqualTo(new Rate(0, 4));

    SmoothingReport inL1 =
        new SmoothingReport(
            new RandomizedSmoothing(new Noise.Uniform(1), 10, 100, 0.01),
            PIXELS,
            REPORT.labels(),
            REPORT.certificates());
    assertThat(inL1.certifiedAccuracy(Norm.l1(), 1)).isEqualTo(new Rate(1, 4));
    assertThat(inL1.certifiedAccuracy(Norm.l2(), 0.25)).isEqualTo(new Rate(1, 4));
    assertThat(inL1.certifiedAccuracy(Norm.l2(), 0.26)).isEqualTo(new Rate(0, 4));
    assertThat(inL1.certifiedAccuracy(Norm.linf(), 1 / 16.0)).isEqualTo(new Rate(1, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> REPORT.certifiedAccuracy(Norm.l0(), 1))
        .withMessageContaining("norm must be L1, L2 or Linf");
  }

  @Test
  void the_curve_goes_from_nothing_to_the_largest_radius_there_can_be() {
    List<SmoothingReport.Point> curve = REPORT.curve(5);
    assertThat(curve).hasSize(5);
    assertThat(curve.get(0)).isEqualTo(new SmoothingReport.Point(0, new Rate(2, 4)));
    assertThat(curve.get(4).radius()).isCloseTo(METHOD.largestRadius(), within(1e-12));
    assertThat(REPORT.curve(List.of(0.2, 0.7)))
        .extracting(point -> point.accuracy().count())
        .containsExactly(2, 1);
  }

  /** Of 1,000 at alpha 0.01: scipy.stats.binom.ppf(0.999, 1000, 0.01) is 21. */
  @Test
  void the_proofs_that_may_be_wrong_are_taken_off_together() {
    SmoothingReport report = ofRight(1000);
    assertThat(report.mostWrong(0.999)).isEqualTo(21);
    assertThat(report.certifiedAccuracyAtLeast(1, 0.999)).isEqualTo(new Rate(979, 1000));
    assertThat(report.certifiedAccuracyAtLeast(1.5, 0.999)).isEqualTo(new Rate(0, 1000));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.mostWrong(1))
        .withMessageContaining("confidence must lie between 0 and 1, such as 0.999, but was 1.0");
  }

  private static SmoothingReport ofRight(int count) {
    return new SmoothingReport(
        METHOD,
        PIXELS,
        Labels.of(new int[count]),
        IntStream.range(0, count).mapToObj(i -> new Certificate(i, 0, 100, 0.95, 1.2)).toList());
  }

  @Test
  void the_console_shows_the_curve_and_how_sure_it_is() {
    String text = ofRight(1000).toString();
    assertThat(text)
        .contains("Gaussian[sigma=1.0]; 10 copies choose, 100 certify")
        .contains("1,000, for 110,000 queries")
        .contains("each proof is wrong with probability 0.01 at most")
        .contains("with confidence 0.999 no more than 21 of all are")
        .contains("     0.000      0.00000      100.0%      97.9%")
        .contains("     1.695      0.42383        0.0%       0.0%");
    assertThat(text.lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void what_does_not_fit_is_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> REPORT.certifiedAccuracy(Double.NaN))
        .withMessageContaining("radius must be finite and not negative, but was NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SmoothingReport(METHOD, PIXELS, Labels.of(1), REPORT.certificates()))
        .withMessageContaining("1 examples and 4 certificates");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new SmoothingReport(
                    METHOD, PIXELS, Labels.of(1), List.of(REPORT.certificates().get(1))))
        .withMessageContaining("certificate 0 is of example 1, label 0 of example 0");
  }
}
