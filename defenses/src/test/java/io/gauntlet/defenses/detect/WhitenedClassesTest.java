package io.gauntlet.defenses.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import org.junit.jupiter.api.Test;

class WhitenedClassesTest {
  private static final int[] OURS = {0, 1, 2, 3};

  /** The other class has variances 2 and 0.5, and a tenth of their mean is added to both. */
  @Test
  void coordinates_are_in_deviations_of_the_other_classes() {
    Batch rows =
        Batch.of(new float[][] {{3, 9}, {-3, 9}, {0, 11}, {0, 7}, {7, 0}, {3, 0}, {5, 1}, {5, -1}});
    Labels labels = Labels.of(0, 0, 0, 0, 1, 1, 1, 1);
    double[][] points = new WhitenedClasses(rows, labels).coordinates(OURS, 2, Seed.of(1));
    double wide = 3 / Math.sqrt(2.125);
    double narrow = 2 / Math.sqrt(0.625); // in these units it varies more
    assertThat(Math.abs(points[0][1])).isCloseTo(wide, within(1e-9));
    assertThat(points[1][1]).isCloseTo(-points[0][1], within(1e-9));
    assertThat(Math.abs(points[2][0])).isCloseTo(narrow, within(1e-9));
    assertThat(points[0][0]).isCloseTo(0, within(1e-9));
  }

  @Test
  void without_another_class_they_are_the_principal_ones() {
    Batch rows = Batch.of(new float[][] {{3, 0}, {-3, 0}, {0, 1}, {0, -1}});
    double[][] points =
        new WhitenedClasses(rows, Labels.of(0, 0, 0, 0)).coordinates(OURS, 1, Seed.of(1));
    assertThat(points[0]).hasSize(1);
    assertThat(Math.abs(points[0][0])).isCloseTo(3, within(1e-9));
  }

  @Test
  void the_suspect_side_is_the_smaller_or_else_the_wider_one() {
    double[][] points = {{0}, {1}, {2}, {3}, {10}, {14}};
    TwoSides small = TwoSides.of(points, new boolean[] {false, false, false, false, true, true});
    assertThat(small).isEqualTo(new TwoSides(2, 4, 4, 1.25));
    assertThat(small.firstIsSuspect()).isTrue();
    assertThat(small.isMixed()).isTrue();
    assertThat(small.smallerShare()).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(new TwoSides(50, 50, 1, 2).firstIsSuspect()).isFalse();
    assertThat(new TwoSides(50, 50, 1, 1.2).isMixed()).isFalse();
    assertThat(new TwoSides(30, 70, 1, 2).firstIsSuspect()).isTrue();
    assertThat(new TwoSides(30, 70, 1, 2).isMixed()).isFalse();
    assertThat(new TwoSides(30, 70, 1, 2).suspects()).isEqualTo(30);
  }
}
