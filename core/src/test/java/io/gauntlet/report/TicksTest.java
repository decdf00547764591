package io.gauntlet.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TicksTest {
  private static String ticks(double most, boolean counts) {
    return Ticks.upTo(most, counts).toString();
  }

  @Test
  void are_round_and_cover_the_whole_range() {
    assertThat(ticks(0.7, false)).isEqualTo("[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]");
    assertThat(ticks(0.0625, false)).isEqualTo("[0.00, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07]");
    assertThat(ticks(0.71, false)).isEqualTo("[0.0, 0.2, 0.4, 0.6, 0.8]");
    assertThat(ticks(1, false)).isEqualTo("[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]");
    assertThat(ticks(1.5, false)).isEqualTo("[0.00, 0.25, 0.50, 0.75, 1.00, 1.25, 1.50]");
    assertThat(ticks(255, false)).isEqualTo("[0, 50, 100, 150, 200, 250, 300]");
    assertThat(ticks(8 / 255f, false))
        .isEqualTo("[0.000, 0.005, 0.010, 0.015, 0.020, 0.025, 0.030, 0.035]");
  }

  @Test
  void of_nothing_are_zero() {
    assertThat(ticks(0, false)).isEqualTo("[0]");
    assertThat(ticks(0, true)).isEqualTo("[0]");
  }

  @Test
  void of_counts_are_whole() {
    assertThat(ticks(3, true)).isEqualTo("[0, 1, 2, 3]");
    assertThat(ticks(15, true)).isEqualTo("[0, 5, 10, 15]");
    assertThat(ticks(150, true)).isEqualTo("[0, 25, 50, 75, 100, 125, 150]");
  }

  @Test
  void are_five_to_eight_whatever_the_range() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 2000; i++) {
      double most = Math.pow(10, 60 * random.nextDouble() - 30);
      List<BigDecimal> ticks = Ticks.upTo(most, false);
      assertThat(ticks).as("%s", most).hasSizeBetween(5, 8);
      int last = ticks.size() - 1;
      assertThat(ticks.get(last).doubleValue()).isGreaterThanOrEqualTo(most);
      assertThat(ticks.get(last - 1).doubleValue()).isLessThan(most);
    }
    assertThat(Ticks.upTo(Double.MIN_VALUE, false)).hasSizeBetween(5, 8);
    assertThat(Ticks.upTo(Double.MAX_VALUE, false)).hasSizeBetween(5, 8);
    assertThat(Ticks.upTo(1e30, true)).hasSizeBetween(5, 8);
  }
}
