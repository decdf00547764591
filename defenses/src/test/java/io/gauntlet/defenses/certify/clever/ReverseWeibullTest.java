package io.gauntlet.defenses.certify.clever;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ReverseWeibullTest {
  private static final double END = 10;
  private static final double SCALE = 2;

  private static double[] drawn(int count, double shape, long seed) {
    return drawn(
        count, seed, random -> END - SCALE * Math.pow(random.nextExponential(), 1 / shape));
  }

  private static double[] drawn(int count, long seed, ToDoubleFunction<RandomGenerator> draw) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    double[] numbers = new double[count];
    Arrays.setAll(numbers, i -> draw.applyAsDouble(random));
    return numbers;
  }

  /** One number deviates by 0.65; the largest of 500 lies 0.23 below the end on average. */
  @Test
  void a_planted_end_is_found_beyond_the_largest_number() {
    double sum = 0;
    double squares = 0;
    for (int seed = 0; seed < 20; seed++) {
      double[] maxima = drawn(500, 3, seed);
      ReverseWeibull fitted = ReverseWeibull.fit(maxima);
      assertThat(fitted.location()).isGreaterThan(Arrays.stream(maxima).max().orElseThrow());
      assertThat(fitted.shape()).isBetween(2.0, 5.0);
      assertThat(fitted.isFollowedBy(maxima)).isTrue();
      sum += fitted.location() - END;
      squares += Math.pow(fitted.location() - END, 2);
    }
    assertThat(sum / 20).isCloseTo(0, within(0.1));
    assertThat(Math.sqrt(squares / 20)).isLessThan(0.18);
  }

  @Test
  void no_neighbour_is_likelier() {
    double[] maxima = drawn(200, 2.5, 7);
    ReverseWeibull fitted = ReverseWeibull.fit(maxima);
    for (double step : new double[] {-1e-3, 1e-3}) {
      for (ReverseWeibull other :
          new ReverseWeibull[] {
            new ReverseWeibull(fitted.location() + step, fitted.scale(), fitted.shape()),
            new ReverseWeibull(fitted.location(), fitted.scale() + step, fitted.shape()),
            new ReverseWeibull(fitted.location(), fitted.scale(), fitted.shape() + step)
          }) {
        assertThat(other.likelihood(maxima)).isLessThan(fitted.likelihood(maxima));
      }
    }
  }

  @Test
  void the_likelihood_is_the_mean_logarithm_of_the_density() {
    ReverseWeibull distribution = new ReverseWeibull(END, SCALE, 3);
    double at9 = 3 / 2.0 * Math.pow(0.5, 2) * Math.exp(-Math.pow(0.5, 3));
    double at8 = 3 / 2.0 * Math.exp(-1);
    assertThat(distribution.likelihood(new double[] {9, 8}))
        .isCloseTo((Math.log(at9) + Math.log(at8)) / 2, within(1e-12));
  }

  @Test
  void numbers_that_crowd_at_their_end_have_it_at_the_largest() {
    double[] maxima = drawn(300, 0.5, 3);
    ReverseWeibull fitted = ReverseWeibull.fit(maxima);
    assertThat(fitted.shape()).isEqualTo(1);
    assertThat(fitted.location()).isEqualTo(Arrays.stream(maxima).max().orElseThrow());
  }

  @Test
  void numbers_without_an_end_have_the_largest_shape_and_follow_no_distribution_that_has_one() {
    double[] maxima = drawn(300, 4, RandomGenerator::nextExponential);
    ReverseWeibull fitted = ReverseWeibull.fit(maxima);
    assertThat(fitted.shape()).isEqualTo(ReverseWeibull.LARGEST_SHAPE);
    assertThat(fitted.isFollowedBy(maxima)).isFalse();
    assertThat(fitted.location())
        .isFinite()
        .isGreaterThan(Arrays.stream(maxima).max().orElseThrow());
  }

  @Test
  void numbers_that_are_all_the_same_are_their_own_end() {
    ReverseWeibull fitted = ReverseWeibull.fit(new double[] {4.5, 4.5, 4.5});
    assertThat(fitted).isEqualTo(new ReverseWeibull(4.5, 0, 1));
    assertThat(fitted.isFollowedBy(new double[] {4.5, 4.5, 4.5})).isTrue();
  }

  @Test
  void two_heaps_of_numbers_follow_no_such_distribution() {
    double[] maxima = drawn(300, 5, random -> random.nextBoolean() ? 1 : 2);
    assertThat(ReverseWeibull.fit(maxima).isFollowedBy(maxima)).isFalse();
  }
}
