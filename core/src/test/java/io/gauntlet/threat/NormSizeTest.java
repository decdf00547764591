package io.gauntlet.threat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NormSizeTest {
  static List<Norm> norms() {
    return List.of(Norm.linf(), Norm.l2(), Norm.l1(), Norm.l0());
  }

  @Test
  void of_a_3_4_5_triangle_are_4_and_5_and_7_and_2() {
    float[] delta = {3, 0, -4, -0.0f};
    assertThat(Norm.linf().of(delta)).isEqualTo(4);
    assertThat(Norm.l2().of(delta)).isEqualTo(5);
    assertThat(Norm.l1().of(delta)).isEqualTo(7);
    assertThat(Norm.l0().of(delta)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void follow_their_definition(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] delta = Boxed.random(1000, random).delta;
    double max = 0;
    double squares = 0;
    double sum = 0;
    int changed = 0;
    for (float d : delta) {
      max = Math.max(max, Math.abs(d));
      squares += (double) d * d;
      sum += Math.abs((double) d);
      changed += d == 0 ? 0 : 1;
    }
    assertThat(Norm.linf().of(delta)).isEqualTo(max);
    // the order of a double sum of 1000 terms may cost 1000 units of 1e-16
    assertThat(Norm.l2().of(delta)).isEqualTo(Math.sqrt(squares), within(1e-11));
    assertThat(Norm.l1().of(delta)).isEqualTo(sum, within(1e-10));
    assertThat(Norm.l0().of(delta)).isEqualTo(changed);
  }

  @ParameterizedTest
  @MethodSource("norms")
  void are_nan_wherever_the_nan_stands(Norm norm) {
    for (int position = 0; position < 3; position++) {
      float[] delta = {1, Float.POSITIVE_INFINITY, 0};
      delta[position] = Float.NaN;
      assertThat(norm.of(delta)).isNaN();
    }
  }

  @ParameterizedTest
  @MethodSource("norms")
  void of_nothing_are_zero(Norm norm) {
    assertThat(norm.of(new float[0])).isZero();
    assertThat(norm.of(new float[5])).isZero();
  }

  @ParameterizedTest
  @MethodSource("norms")
  void neither_overflow_nor_underflow(Norm norm) {
    double unit = norm.of(new float[] {1, -1});
    for (float scale : new float[] {Float.MIN_VALUE, 1e-30f, 1e30f, Float.MAX_VALUE}) {
      double expected = norm == Norm.l0() ? 2 : unit * scale;
      // one rounding of a double
      assertThat(norm.of(new float[] {scale, -scale}) / expected).isEqualTo(1, within(1e-15));
    }
  }

  @Test
  void of_an_infinite_change_are_infinite_and_one_feature() {
    float[] delta = {0, Float.NEGATIVE_INFINITY};
    assertThat(Norm.linf().of(delta)).isInfinite();
    assertThat(Norm.l2().of(delta)).isInfinite();
    assertThat(Norm.l1().of(delta)).isInfinite();
    assertThat(Norm.l0().of(delta)).isEqualTo(1);
  }

  @Test
  void print_as_reports_call_them() {
    assertThat(norms()).extracting(Norm::toString).containsExactly("Linf", "L2", "L1", "L0");
  }
}
