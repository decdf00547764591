package io.gauntlet.attacks.minimum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attacks.Hyperplane;
import io.gauntlet.model.Domain;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FmnTest {
  private static final List<Norm> SIZES = List.of(Norm.linf(), Norm.l2(), Norm.l1());

  static List<Long> seeds() {
    return java.util.stream.LongStream.rangeClosed(1, 20).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void finds_the_distance_to_a_hyperplane(long seed) {
    Hyperplane linear = Hyperplane.of(seed);
    for (Norm norm : SIZES) {
      double exact = linear.distanceToBoundary(norm);
      assertThat(linear.distanceFound(Fmn.standard(), norm))
          .as("%s", norm)
          .isBetween(exact * (1 - 1e-5), exact * 1.01);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void changes_no_more_features_than_a_hyperplane_needs(long seed) {
    Hyperplane linear = Hyperplane.of(seed, Domain.of(-1, 1));
    assertThat(linear.distanceFound(Fmn.standard(), Norm.l0()))
        .isEqualTo(linear.featuresToBoundary());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void moves_an_example_to_a_target_just_outside_the_exact_radius_and_not_inside(long seed) {
    Hyperplane linear = Hyperplane.of(seed);
    for (Norm norm : SIZES) {
      float exact = (float) linear.distanceToBoundary(norm);
      Fmn fmn = Fmn.standard();
      assertThat(linear.isMoved(fmn, new ThreatModel(norm, 0.99f * exact))).isFalse();
      assertThat(linear.isMoved(fmn, new ThreatModel(norm, 1.01f * exact))).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"0.3, 1.21", "0.5, 1.3", "0.9, 1.75", "0.05, 1.02"})
  void goes_along_the_border_of_the_domain(float slope, float cut) {
    Corner corner = new Corner(slope, cut);
    for (Norm norm : SIZES) {
      double brute = corner.distanceByBruteForce(norm);
      assertThat(corner.distanceFound(Fmn.standard(), norm))
          .as("%s", norm)
          .isBetween(brute - 2e-3, brute * 1.01);
    }
    assertThat(corner.distanceFound(Fmn.standard(), Norm.l0()))
        .isEqualTo(corner.distanceByBruteForce(Norm.l0()));
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 1, -0.5f, Float.NaN})
  void a_share_is_between_none_and_all(float bad) {
    assertThatThrownBy(() -> Fmn.standard().withGamma(bad))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("gamma must be positive and below 1, but was " + bad);
  }

  @Test
  void steps_are_counted_from_one_and_have_a_length() {
    assertThatThrownBy(() -> Fmn.standard().withSteps(0))
        .hasMessage("steps must be at least 1, but was 0");
    assertThatThrownBy(() -> Fmn.standard().withRelativeStep(Float.NaN))
        .hasMessage("relativeStep must be finite and positive, but was NaN");
  }

  @Test
  void a_wither_changes_one_thing() {
    assertThat(Fmn.standard().withSteps(7).withGamma(0.2f).withRelativeStep(2))
        .isEqualTo(new Fmn(7, 0.2f, 2));
    assertThat(Fmn.standard().withSteps(7).title()).isEqualTo("FMN-7");
  }
}
