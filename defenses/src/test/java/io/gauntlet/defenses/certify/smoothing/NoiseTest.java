package io.gauntlet.defenses.certify.smoothing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.LaplaceDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.RealDistribution;
import org.apache.commons.math3.distribution.UniformRealDistribution;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class NoiseTest {
  private record Known(Noise noise, RealDistribution distribution) {
    @Override
    public String toString() {
      return noise.toString();
    }
  }

  static final List<Known> KNOWN =
      List.of(
          new Known(new Noise.Gaussian(0.5f), new NormalDistribution(null, 0, 0.5)),
          new Known(new Noise.Laplace(0.5f), new LaplaceDistribution(null, 0, 0.5)),
          new Known(new Noise.Uniform(0.5f), new UniformRealDistribution(null, -0.5, 0.5)));

  @ParameterizedTest
  @FieldSource("KNOWN")
  void draws_follow_the_named_distribution(Known known) {
    RandomGenerator random = Seed.of(1).forExample(0);
    float[] noise = new float[20_000];
    known.noise.addTo(noise, 0, noise.length, random);
    double[] draws = IntStream.range(0, noise.length).mapToDouble(j -> noise[j]).toArray();
    double pValue = new KolmogorovSmirnovTest().kolmogorovSmirnovTest(known.distribution, draws);
    assertThat(pValue).isGreaterThan(1e-3);
  }

  @ParameterizedTest
  @FieldSource("KNOWN")
  void noise_is_added_to_a_range_and_is_the_same_wherever_that_lies(Known known) {
    float[] whole = {1, 2, 3};
    known.noise.addTo(whole, 0, 3, Seed.of(2).forExample(0));
    float[] middle = {9, 1, 2, 3, 9};
    known.noise.addTo(middle, 1, 4, Seed.of(2).forExample(0));
    assertThat(middle).containsExactly(9, whole[0], whole[1], whole[2], 9);
    assertThat(whole).doesNotContain(1, 2, 3);
  }

  /**
   * A half-space across the first axis is the worst case of each proof: noisy copies are on the
   * side of x with the probability that noise exceeds -x, and the majority turns exactly at 0.
   */
  @ParameterizedTest
  @FieldSource("KNOWN")
  void the_radius_is_the_distance_to_a_half_space(Known known) {
    for (double distance : new double[] {0.01, 0.1, 0.3, 0.49}) {
      double probability = 1 - known.distribution.cumulativeProbability(-distance);
      assertThat(known.noise.radius(probability)).isCloseTo(distance, within(1e-9));
    }
  }

  @ParameterizedTest
  @FieldSource("KNOWN")
  void no_majority_reaches_nowhere(Known known) {
    assertThat(known.noise.radius(0.5)).isZero();
    assertThat(known.noise.radius(0.3)).isZero();
    assertThat(known.noise.radius(0)).isZero();
  }

  @Test
  void gaussian_noise_is_for_l2_and_the_others_for_l1() {
    assertThat(KNOWN)
        .extracting(known -> known.noise().norm())
        .containsExactly(Norm.l2(), Norm.l1(), Norm.l1());
  }

  @Test
  void what_makes_no_sense_is_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Noise.Gaussian(0))
        .withMessageContaining("sigma must be finite and positive, but was 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Noise.Laplace(Float.NaN))
        .withMessageContaining("scale");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Noise.Uniform(Float.POSITIVE_INFINITY))
        .withMessageContaining("halfWidth");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Noise.Gaussian(1).radius(Double.NaN))
        .withMessageContaining("a probability must be from 0 to 1, but was NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Noise.Uniform(1).radius(1.5))
        .withMessageContaining("1.5");
  }
}
