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

class SigmaZeroTest {
  static List<Long> seeds() {
    return java.util.stream.LongStream.rangeClosed(1, 20).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void changes_no_more_features_than_a_hyperplane_needs_or_one_more(long seed) {
    Hyperplane linear = Hyperplane.of(seed, Domain.of(-1, 1));
    int exact = linear.featuresToBoundary();
    // Adam moves all features alike at first: the last one to be dropped is not always the weakest
    assertThat(linear.distanceFound(SigmaZero.standard(), Norm.l0()))
        .isBetween((double) exact, exact + 1.0);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void moves_an_example_to_a_target_with_enough_features_only(long seed) {
    Hyperplane linear = Hyperplane.of(seed, Domain.of(-1, 1));
    int exact = linear.featuresToBoundary();
    SigmaZero attack = SigmaZero.standard();
    assertThat(linear.isMoved(attack, ThreatModel.l0(exact - 1))).isFalse();
    assertThat(linear.isMoved(attack, ThreatModel.l0(exact + 1))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0.3, 1.21", "0.5, 1.3", "0.9, 1.75", "0.05, 1.02"})
  void changes_both_features_only_where_one_is_not_enough(float slope, float cut) {
    Corner corner = new Corner(slope, cut);
    assertThat(corner.distanceFound(SigmaZero.standard(), Norm.l0()))
        .isEqualTo(corner.distanceByBruteForce(Norm.l0()));
  }

  @Test
  void hyperparameters_are_checked() {
    SigmaZero attack = SigmaZero.standard();
    assertThatThrownBy(() -> attack.withSteps(0)).hasMessage("steps must be at least 1, but was 0");
    assertThatThrownBy(() -> attack.withStep(0))
        .hasMessage("step must be finite and positive, but was 0.0");
    assertThatThrownBy(() -> attack.withSigma(Float.NaN))
        .hasMessage("sigma must be finite and positive, but was NaN");
    assertThatThrownBy(() -> attack.withThreshold(-1))
        .hasMessage("threshold must be finite and not negative, but was -1.0");
    assertThatThrownBy(() -> attack.withThresholdStep(0))
        .hasMessage("thresholdStep must be finite and positive, but was 0.0");
  }

  @Test
  void a_wither_changes_one_thing() {
    assertThat(
            SigmaZero.standard()
                .withSteps(7)
                .withStep(0.5f)
                .withSigma(0.1f)
                .withThreshold(0.2f)
                .withThresholdStep(0.3f))
        .isEqualTo(new SigmaZero(7, 0.5f, 0.1f, 0.2f, 0.3f));
  }
}
