package io.gauntlet.threat;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.commons.math3.distribution.RealDistribution;
import org.apache.commons.math3.distribution.UniformRealDistribution;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeds are fixed, so that a test of chance fails always or never; p below 1e-3 is failure. */
class NormSampleTest {
  private static final int DRAWS = 4000;
  private static final double NEVER = 1e-3;

  static List<Norm> norms() {
    return List.of(Norm.linf(), Norm.l2(), Norm.l1(), Norm.l0());
  }

  static Stream<Arguments> norms_and_seeds() {
    return norms().stream()
        .flatMap(norm -> Stream.of(1L, 2L, 3L).map(seed -> Arguments.of(norm, seed)));
  }

  private static float[] filled(int features, float value) {
    float[] values = new float[features];
    Arrays.fill(values, value);
    return values;
  }

  private static float[][] draws(Norm norm, float radius, int features, float bound) {
    RandomGenerator random = Seed.of(42).forExample(features);
    float[][] draws = new float[DRAWS][features];
    for (float[] delta : draws) {
      norm.sample(delta, radius, filled(features, -bound), filled(features, bound), random);
    }
    return draws;
  }

  private static void assertUniform(String what, double low, double high, double... values) {
    RealDistribution uniform = new UniformRealDistribution(low, high);
    assertThat(new KolmogorovSmirnovTest().kolmogorovSmirnovTest(uniform, values))
        .as("p of %s being uniform", what)
        .isGreaterThan(NEVER);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6})
  void l2_and_l1_fill_the_ball_evenly(int features) {
    for (Norm norm : List.of(Norm.l2(), Norm.l1())) {
      float[][] draws = draws(norm, 2.5f, features, 100);
      double[] volumes =
          Stream.of(draws).mapToDouble(x -> Math.pow(norm.of(x) / 2.5, features)).toArray();
      assertUniform(norm + " share of the volume within", 0, 1, volumes);
      for (int j = 0; j < features; j++) {
        int feature = j;
        long up = Stream.of(draws).filter(x -> x[feature] > 0).count();
        assertThat(up).isBetween(DRAWS / 2 - 120L, DRAWS / 2 + 120L); // 3.8 standard deviations
      }
    }
  }

  @Test
  void l2_takes_every_direction_of_the_plane_alike() {
    double[] angles =
        Stream.of(draws(Norm.l2(), 1, 2, 9)).mapToDouble(x -> Math.atan2(x[1], x[0])).toArray();
    assertUniform("angle", -Math.PI, Math.PI, angles);
  }

  @Test
  void l1_takes_every_point_of_an_edge_alike() {
    double[] shares =
        Stream.of(draws(Norm.l1(), 1, 2, 9))
            .mapToDouble(x -> Math.abs(x[0]) / Norm.l1().of(x))
            .toArray();
    assertUniform("place on the edge", 0, 1, shares);
  }

  @Test
  void linf_draws_every_feature_evenly_and_by_itself() {
    float[][] draws = draws(Norm.linf(), 0.25f, 3, 9);
    double[][] columns = new double[3][];
    for (int j = 0; j < 3; j++) {
      int feature = j;
      columns[j] = Stream.of(draws).mapToDouble(x -> x[feature]).toArray();
      assertUniform("feature " + j, -0.25, 0.25, columns[j]);
    }
    double between = 4 / Math.sqrt(DRAWS); // four standard deviations
    assertThat(new PearsonsCorrelation().correlation(columns[0], columns[1]))
        .isBetween(-between, between);
    assertThat(new PearsonsCorrelation().correlation(columns[1], columns[2]))
        .isBetween(-between, between);
  }

  @Test
  void l0_changes_as_many_features_as_it_may_and_each_as_often() {
    float[][] draws = draws(Norm.l0(), 3, 10, 0.5f);
    long[] changed = new long[10];
    for (float[] delta : draws) {
      assertThat(Norm.l0().of(delta)).isEqualTo(3);
      for (int j = 0; j < 10; j++) {
        changed[j] += delta[j] == 0 ? 0 : 1;
      }
    }
    assertThat(new ChiSquareTest().chiSquareTest(filled(10), changed)).isGreaterThan(NEVER);
    double[] values =
        Stream.of(draws)
            .flatMapToDouble(x -> Arrays.stream(Boxed.wide(x)).filter(v -> v != 0))
            .toArray();
    assertUniform("value of a changed feature", -0.5, 0.5, Arrays.copyOf(values, DRAWS));
  }

  private static double[] filled(int count) {
    double[] expected = new double[count];
    Arrays.fill(expected, 1);
    return expected;
  }

  @ParameterizedTest
  @MethodSource("norms_and_seeds")
  void stays_in_ball_and_box(Norm norm, long seed) {
    SplittableRandom cases = new SplittableRandom(seed);
    RandomGenerator random = Seed.of(seed).forExample(0);
    for (int i = 0; i < 200; i++) {
      Boxed box = Boxed.random(1 + cases.nextInt(20), cases);
      float radius = NormProjectionTest.radius(norm, box.features(), cases);
      float[] delta = box.delta.clone(); // what was in the array before must not matter
      norm.sample(delta, radius, box.low, box.high, random);
      assertThat(box.holds(delta)).isTrue();
      assertThat(norm.of(delta)).isLessThanOrEqualTo(radius * (1 + 1.2e-7)); // rounded to float
    }
  }

  @ParameterizedTest
  @MethodSource("norms_and_seeds")
  void gives_the_same_numbers_for_the_same_seed(Norm norm, long seed) {
    float[] first = new float[7];
    float[] again = filled(7, 3);
    float[] other = new float[7];
    float[] low = filled(7, -1);
    float[] high = filled(7, 1);
    norm.sample(first, 2, low, high, Seed.of(seed).forExample(5));
    norm.sample(again, 2, low, high, Seed.of(seed).forExample(5));
    norm.sample(other, 2, low, high, Seed.of(seed).forExample(6));
    assertThat(first).containsExactly(again).isNotEqualTo(other);
  }

  @ParameterizedTest
  @MethodSource("norms")
  void of_radius_zero_is_zero(Norm norm) {
    float[] delta = {1, 2, 3};
    norm.sample(delta, 0, filled(3, -1), filled(3, 1), Seed.of(1).forExample(0));
    assertThat(delta).usingComparatorWithPrecision(0f).containsExactly(0, 0, 0);
  }
}
