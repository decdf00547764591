package io.gauntlet.threat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.random.Seed;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The smallest boxed step that gains a given amount, against steps of the same gain. */
class NormReachTest {
  private static final int FEATURES = 12;

  static List<Norm> norms() {
    return NormSizeTest.norms();
  }

  private static final class Case {
    final float[] gradient = new float[FEATURES];
    final float[] low = new float[FEATURES];
    final float[] high = new float[FEATURES];
    double most;

    Case(long seed) {
      RandomGenerator random = Seed.of(seed).forExample(0);
      for (int j = 0; j < FEATURES; j++) {
        gradient[j] = j == 3 ? 0 : (float) random.nextGaussian();
        low[j] = j == 5 ? 0 : -random.nextFloat();
        high[j] = j == 6 ? 0 : random.nextFloat();
        most += Math.max(gradient[j] * (double) low[j], gradient[j] * (double) high[j]);
      }
    }

    float[] step(Norm norm, double gain) {
      float[] step = gradient.clone();
      norm.reach(step, gain, low, high);
      return step;
    }

    double gain(float[] step) {
      double gain = 0;
      for (int j = 0; j < FEATURES; j++) {
        gain += (double) gradient[j] * step[j];
      }
      return gain;
    }
  }

  @ParameterizedTest
  @MethodSource("norms")
  void gains_what_was_asked_for_inside_the_box(Norm norm) {
    for (long seed = 1; seed <= 50; seed++) {
      Case c = new Case(seed);
      for (double share : new double[] {0, 0.1, 0.5, 0.9, 0.999}) {
        float[] step = c.step(norm, share * c.most);
        assertThat(c.gain(step)).isCloseTo(share * c.most, within(1e-5 * c.most));
        for (int j = 0; j < FEATURES; j++) {
          assertThat(step[j] >= c.low[j] && step[j] <= c.high[j]).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("norms")
  void no_shorter_step_gains_as_much(Norm norm) {
    for (long seed = 1; seed <= 50; seed++) {
      Case c = new Case(seed);
      for (double share : new double[] {0.1, 0.5, 0.9}) {
        double size = norm.of(c.step(norm, share * c.most));
        float[] shorter = c.gradient.clone();
        // steepen is the other direction of the same problem: the most a step of one length gains
        float length = (float) (norm == Norm.l0() ? size - 1 : 0.99 * size);
        if (length >= 1 || norm != Norm.l0()) {
          norm.steepen(shorter, length, c.low, c.high);
          if (norm == Norm.l2()) {
            norm.project(shorter, length, c.low, c.high);
          }
          assertThat(c.gain(shorter)).as("%s, seed %s", norm, seed).isLessThan(share * c.most);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("norms")
  void goes_to_the_bounds_where_the_box_has_no_room_for_the_gain(Norm norm) {
    Case c = new Case(7);
    for (double factor : new double[] {1.01, 100}) {
      assertThat(c.gain(c.step(norm, factor * c.most))).isCloseTo(c.most, within(1e-5 * c.most));
    }
  }

  @ParameterizedTest
  @MethodSource("norms")
  void a_zero_gradient_stays_zero(Norm norm) {
    float[] zero = new float[3];
    norm.reach(zero, 1, new float[] {-1, -1, -1}, new float[] {1, 1, 1});
    assertThat(zero).containsExactly(0, 0, 0);
  }
}
