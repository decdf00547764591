package io.gauntlet.attacks.minimum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attacks.Hyperplane;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DdnTest {
  static List<Long> seeds() {
    return java.util.stream.LongStream.rangeClosed(1, 20).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void finds_the_distance_to_a_hyperplane(long seed) {
    Hyperplane linear = Hyperplane.of(seed);
    double exact = linear.distanceToBoundary(Norm.l2());
    assertThat(linear.distanceFound(Ddn.standard(), Norm.l2()))
        .isBetween(exact * (1 - 1e-5), exact * 1.01);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void moves_an_example_to_a_target_just_outside_the_exact_radius_and_not_inside(long seed) {
    Hyperplane linear = Hyperplane.of(seed);
    float exact = (float) linear.distanceToBoundary(Norm.l2());
    assertThat(linear.isMoved(Ddn.standard(), ThreatModel.l2(0.99f * exact))).isFalse();
    assertThat(linear.isMoved(Ddn.standard(), ThreatModel.l2(1.01f * exact))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0.3, 1.21", "0.5, 1.3", "0.9, 1.75", "0.05, 1.02"})
  void goes_along_the_border_of_the_domain(float slope, float cut) {
    Corner corner = new Corner(slope, cut);
    assertThat(corner.distanceFound(Ddn.standard(), Norm.l2()))
        .isBetween(
            corner.distanceByBruteForce(Norm.l2()) - 2e-3,
            corner.distanceByBruteForce(Norm.l2()) * 1.01);
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 1, -0.5f, Float.NaN})
  void a_share_is_between_none_and_all(float bad) {
    assertThatThrownBy(() -> Ddn.standard().withGamma(bad))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("gamma must be positive and below 1, but was " + bad);
  }

  @Test
  void steps_are_counted_from_one_and_have_a_length() {
    assertThatThrownBy(() -> Ddn.standard().withSteps(0))
        .hasMessage("steps must be at least 1, but was 0");
    assertThatThrownBy(() -> Ddn.standard().withRelativeStep(-1))
        .hasMessage("relativeStep must be finite and positive, but was -1.0");
  }

  @Test
  void a_wither_changes_one_thing() {
    assertThat(Ddn.standard().withSteps(7).withGamma(0.2f).withRelativeStep(2))
        .isEqualTo(new Ddn(7, 0.2f, 2));
    assertThat(Ddn.standard().withSteps(7).title()).isEqualTo("DDN-7");
  }
}
