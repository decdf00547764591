package io.gauntlet.attacks.minimum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attacks.Hyperplane;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsmaTest {
  static List<Long> seeds() {
    return java.util.stream.LongStream.rangeClosed(1, 20).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void the_pair_is_the_best_of_all_pairs(long seed) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    float[] rise = new float[2 * (2 + (int) (seed % 15))];
    float[] fall = new float[rise.length];
    for (int move = 0; move < rise.length; move++) {
      rise[move] = random.nextInt(5) == 0 ? Float.NaN : random.nextInt(7) - 3; // ties, zeros
      fall[move] = random.nextInt(7) - 3 - seed % 3; // now and then no pair lowers the others
    }
    double most = 0;
    double mostInSum = 0;
    for (int m = 0; m < rise.length; m++) {
      for (int n = 0; n < rise.length; n++) {
        if (m >> 1 != n >> 1 && !Float.isNaN(rise[m] + rise[n])) {
          most = Math.max(most, saliency(m, n, rise, fall));
          mostInSum = Math.max(mostInSum, rise[m] + rise[n] + fall[m] + fall[n] + 0.0);
        }
      }
    }
    SalientPair pair = SalientPair.of(rise, fall);
    int m = pair.first();
    int n = pair.second();
    if (most > 0) {
      assertThat(saliency(m, n, rise, fall)).isEqualTo(most);
      assertThat(m >> 1).isNotEqualTo(n >> 1);
    } else if (mostInSum > 0) {
      assertThat(rise[m] + rise[n] + fall[m] + fall[n] + 0.0).isEqualTo(mostInSum);
      assertThat(m >> 1).isNotEqualTo(n >> 1);
    } else {
      assertThat(pair.isSalient()).isFalse();
    }
  }

  private static double saliency(int m, int n, float[] rise, float[] fall) {
    double up = rise[m] + rise[n];
    double down = fall[m] + fall[n];
    return up > 0 && down > 0 ? up * down : 0;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void changes_at_most_one_feature_more_than_a_hyperplane_needs(long seed) {
    Hyperplane linear = Hyperplane.of(seed, Domain.of(-1, 1));
    int exact = linear.featuresToBoundary();
    double found = linear.distanceFound(Jsma.standard().withGamma(1), Norm.l0());
    assertThat(found).isEqualTo(exact + exact % 2); // pairs
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void moves_an_example_to_a_target_with_enough_features_only(long seed) {
    Hyperplane linear = Hyperplane.of(seed, Domain.of(-1, 1));
    int exact = linear.featuresToBoundary();
    Jsma attack = Jsma.standard().withGamma(1);
    assertThat(linear.isMoved(attack, ThreatModel.l0(exact - 1))).isFalse();
    assertThat(linear.isMoved(attack, ThreatModel.l0(exact + exact % 2))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0.3, 1.21", "0.5, 1.3", "0.9, 1.75", "0.05, 1.02"})
  void changes_both_of_two_features(float slope, float cut) {
    assertThat(new Corner(slope, cut).distanceFound(Jsma.standard(), Norm.l0())).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(floats = {0.1f, 0.5f})
  void moves_by_theta_until_the_bound(float theta) {
    Hyperplane linear = Hyperplane.of(3, Domain.of(-1, 1));
    assertThat(linear.distanceFound(new Jsma(theta, 1), Norm.l0()))
        .isGreaterThanOrEqualTo(linear.featuresToBoundary());
  }

  @Test
  void shares_are_checked() {
    assertThatThrownBy(() -> Jsma.standard().withTheta(0))
        .hasMessage("theta must be finite and positive, but was 0.0");
    assertThatThrownBy(() -> Jsma.standard().withGamma(1.5f))
        .hasMessage("gamma must be at most 1, but was 1.5");
  }

  @Test
  void a_wither_changes_one_thing() {
    assertThat(Jsma.standard().withTheta(0.5f).withGamma(0.25f)).isEqualTo(new Jsma(0.5f, 0.25f));
  }
}
