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

class SparseFoolTest {
  static List<Long> seeds() {
    return java.util.stream.LongStream.rangeClosed(1, 20).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void changes_the_steepest_feature_only_where_the_domain_is_wide(long seed) {
    assertThat(Hyperplane.of(seed).distanceFound(SparseFool.standard(), Norm.l0())).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void changes_few_more_features_than_a_hyperplane_needs(long seed) {
    Hyperplane linear = Hyperplane.of(seed, Domain.of(-1, 1));
    double exact = linear.featuresToBoundary();
    // by slope alone, whatever room a feature has left; and with lambda 1 no further than needed
    assertThat(linear.distanceFound(SparseFool.standard().withLambda(1), Norm.l0()))
        .isBetween(exact, exact + 3);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void moves_an_example_to_a_target_with_enough_features_only(long seed) {
    Hyperplane linear = Hyperplane.of(seed, Domain.of(-1, 1));
    int exact = linear.featuresToBoundary();
    SparseFool attack = SparseFool.standard().withLambda(1);
    assertThat(linear.isMoved(attack, ThreatModel.l0(exact - 1))).isFalse();
    assertThat(linear.isMoved(attack, ThreatModel.l0(exact + 3))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0.3, 1.21", "0.5, 1.3", "0.9, 1.75", "0.05, 1.02"})
  void finds_its_way_past_a_feature_at_its_bound(float slope, float cut) {
    Corner corner = new Corner(slope, cut);
    assertThat(corner.distanceFound(SparseFool.standard(), Norm.l0()))
        .isBetween(corner.distanceByBruteForce(Norm.l0()), 2.0);
  }

  @Test
  void hyperparameters_are_checked() {
    assertThatThrownBy(() -> SparseFool.standard().withSteps(0))
        .hasMessage("steps must be at least 1, but was 0");
    assertThatThrownBy(() -> SparseFool.standard().withLambda(0.5f))
        .hasMessage("lambda must be at least 1, but was 0.5");
    assertThatThrownBy(() -> SparseFool.standard().withLambda(Float.NaN))
        .hasMessage("lambda must be finite and positive, but was NaN");
  }

  @Test
  void a_wither_changes_one_thing() {
    assertThat(SparseFool.standard().withSteps(7).withLambda(2)).isEqualTo(new SparseFool(7, 2));
  }
}
