package io.gauntlet.defenses.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotalVariationTest {
  private static final int SIDE = 12;
  private static final Shape SHAPE = Shape.of(1, SIDE, SIDE);
  private static final TotalVariation WHOLE = TotalVariation.standard().withKept(1);

  private static float[] repainted(TotalVariation variation, Shape shape, float... image) {
    Batch images = Batch.of(image);
    return variation.apply(images, shape, Draw.of(Seed.of(1), images)).row(0);
  }

  /** A bright square on dark ground under noise. */
  private static float[] noisy() {
    float[] x = Noise.images(1, SIDE * SIDE, 4).row(0);
    for (int j = 0; j < x.length; j++) {
      boolean inside = j / SIDE >= 4 && j / SIDE < 8 && j % SIDE >= 4 && j % SIDE < 8;
      x[j] = (inside ? 0.7f : 0.1f) + 0.2f * x[j];
    }
    return x;
  }

  private static double objective(float[] u, float[] x, double weight) {
    double value = 0;
    for (int j = 0; j < u.length; j++) {
      double right = j % SIDE < SIDE - 1 ? u[j + 1] - u[j] : 0;
      double down = j / SIDE < SIDE - 1 ? u[j + SIDE] - u[j] : 0;
      value += weight * Math.hypot(right, down) + (u[j] - x[j]) * (u[j] - x[j]) / 2;
    }
    return value;
  }

  /** On two pixels each gives way by the weight until they meet. */
  @ParameterizedTest
  @CsvSource({"0.1, 0.3, 0.7", "0.19, 0.39, 0.61", "0.5, 0.5, 0.5"})
  void two_pixels_move_together_by_the_weight(float weight, float first, float second) {
    float[] found = repainted(WHOLE.withWeight(weight).withSteps(300), Shape.of(1, 2), 0.2f, 0.8f);
    assertThat(found[0]).isCloseTo(first, within(1e-4f));
    assertThat(found[1]).isCloseTo(second, within(1e-4f));
  }

  @Test
  void without_weight_nothing_changes() {
    float[] x = noisy();
    assertThat(repainted(WHOLE.withWeight(0), SHAPE, x)).containsExactly(x, within(1e-6f));
  }

  @Test
  void under_a_heavy_weight_the_mean_is_left() {
    float[] x = noisy();
    double mean = 0;
    for (float value : x) {
      mean += value / x.length;
    }
    for (float value : repainted(WHOLE.withWeight(20).withSteps(2000), SHAPE, x)) {
      assertThat(value).isCloseTo((float) mean, within(2e-3f));
    }
  }

  @Test
  void more_steps_come_nearer_to_a_minimum_that_no_neighbour_undercuts() {
    float[] x = noisy();
    double before = objective(x, x, 0.1);
    for (int steps : new int[] {5, 50, 500}) {
      double now = objective(repainted(WHOLE.withWeight(0.1f).withSteps(steps), SHAPE, x), x, 0.1);
      assertThat(now).isLessThan(before);
      before = now;
    }
    float[] best = repainted(WHOLE.withWeight(0.1f).withSteps(3000), SHAPE, x);
    for (int trial = 0; trial < 200; trial++) {
      float[] near = Noise.images(1, SIDE * SIDE, trial).row(0);
      for (int j = 0; j < near.length; j++) {
        near[j] = best[j] + 0.02f * (near[j] - 0.5f);
      }
      assertThat(objective(near, x, 0.1)).isGreaterThan(objective(best, x, 0.1));
    }
    assertThat(objective(best, x, 0.1)).isCloseTo(before, within(1e-3));
  }

  @Test
  void forgotten_pixels_leave_no_trace() {
    TotalVariation half = TotalVariation.standard();
    float[] x = noisy();
    float[] found = repainted(half, SHAPE, x);
    int forgotten = 0;
    for (int j = 0; j < x.length; j++) {
      float[] changed = x.clone();
      changed[j] = 1 - changed[j];
      forgotten += Arrays.equals(repainted(half, SHAPE, changed), found) ? 1 : 0;
    }
    assertThat(forgotten).isBetween(50, 94); // of 144, half each: 3.7 deviations
  }
}
