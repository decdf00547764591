package io.gauntlet.defenses.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TwoGroupsTest {
  @Test
  void are_cut_where_both_are_as_many_deviations_away() {
    double[] numbers = {-1, 0, 1, 8, 10, 12};
    TwoGroups groups = TwoGroups.of(numbers, 2);
    double low = Math.sqrt(2.0 / 3);
    double high = Math.sqrt(8.0 / 3); // twice that: the cut is a third of the way
    assertThat(groups.cut()).isCloseTo(10.0 / 3, within(1e-12));
    assertThat(groups.below()).isEqualTo(3);
    assertThat(groups.above()).isEqualTo(3);
    double doubt = 1 + 3 / Math.sqrt(6);
    assertThat(groups.clearance()).isCloseTo(10 / (low + high) / doubt, within(1e-12));
  }

  @Test
  void are_cut_in_the_gap_even_if_that_is_not_halfway() {
    TwoGroups groups = TwoGroups.of(new double[] {0, 6, 6.5, 7, 8.5, 8.5, 9, 9}, 4);
    assertThat(groups.cut()).isBetween(7.0, 8.5);
    assertThat(groups.below()).isEqualTo(4);
  }

  @Test
  void may_be_of_different_size_and_spread() {
    RandomGenerator random = Seed.of(1).forExample(0);
    double[] numbers =
        IntStream.range(0, 1000)
            .mapToDouble(i -> i < 30 ? 9 + 0.5 * random.nextGaussian() : random.nextGaussian())
            .sorted()
            .toArray();
    TwoGroups groups = TwoGroups.of(numbers, 10);
    assertThat(groups.above()).isEqualTo(30);
    assertThat(groups.clearance()).isBetween(4.0, 6.0); // 9 / (1.07 + 0.5 * 1.39) expected
  }

  @Test
  void one_group_has_no_clearance_above_the_root_of_three() {
    double[] uniform = IntStream.range(0, 10_000).mapToDouble(i -> i - 5000).toArray();
    double[] exponential =
        IntStream.range(0, 10_000).mapToDouble(i -> -Math.log(1 - (i + 0.5) / 10_000)).toArray();
    RandomGenerator random = Seed.of(2).forExample(0);
    double[] normal =
        IntStream.range(0, 10_000).mapToDouble(i -> random.nextGaussian()).sorted().toArray();
    assertThat(TwoGroups.of(uniform, 100).clearance()).isBetween(1.65, Math.sqrt(3));
    assertThat(TwoGroups.of(exponential, 100).clearance()).isLessThan(Math.sqrt(3));
    assertThat(TwoGroups.of(normal, 100).clearance()).isLessThan(Math.sqrt(3));
  }

  @Test
  void equal_numbers_are_never_torn_apart() {
    double[] numbers = new double[100];
    Arrays.fill(numbers, 60, 100, 5);
    TwoGroups groups = TwoGroups.of(numbers, 2);
    assertThat(groups.below()).isEqualTo(60);
    assertThat(groups.cut()).isBetween(0.0, Math.nextDown(5.0));
  }
}
