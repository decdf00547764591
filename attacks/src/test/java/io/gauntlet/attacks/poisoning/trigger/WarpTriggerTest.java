package io.gauntlet.attacks.poisoning.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Against another way to the same numbers: the field is measured by warping two ramps, and by the
 * formulas of PyTorch's {@code interpolate(mode="bicubic", align_corners=True)} and {@code
 * grid_sample(align_corners=True)} in normalised coordinates, as the authors' code calls them.
 */
class WarpTriggerTest {
  private static final Shape SHAPE = Shape.of(2, 14, 10);
  private static final int HEIGHT = 14;
  private static final int WIDTH = 10;
  private static final Domain DOMAIN = Domain.of(-100, 100);
  private static final WarpTrigger TRIGGER = new WarpTrigger(4, 0.9f, 3);

  private static Batch image() {
    float[] x = new float[SHAPE.size()];
    RandomGenerator random = Seed.of(2).forExample(0);
    for (int j = 0; j < x.length; j++) {
      x[j] = random.nextFloat();
    }
    return Batch.of(x);
  }

  /** Offset in [-1, 1] coordinates of one axis: 0 across, 1 down. */
  private static double offset(int axis, int row, int column) {
    int k = TRIGGER.grid();
    RandomGenerator random = Seed.of(TRIGGER.key()).forExample(0);
    double[][][] control = new double[2][k][k];
    double mean = 0;
    for (double[][] plane : control) {
      for (double[] line : plane) {
        for (int j = 0; j < k; j++) {
          line[j] = 2 * random.nextDouble() - 1;
          mean += Math.abs(line[j]) / (2 * k * k);
        }
      }
    }
    double v = row * (k - 1.0) / (HEIGHT - 1);
    double u = column * (k - 1.0) / (WIDTH - 1);
    double[] down = weights(v - Math.floor(v));
    double[] across = weights(u - Math.floor(u));
    double sum = 0;
    for (int a = 0; a < 4; a++) {
      for (int b = 0; b < 4; b++) {
        int i = Math.max(0, Math.min(k - 1, (int) Math.floor(v) - 1 + a));
        int j = Math.max(0, Math.min(k - 1, (int) Math.floor(u) - 1 + b));
        sum += down[a] * across[b] * control[axis][i][j] / mean;
      }
    }
    return TRIGGER.strength() * sum / HEIGHT;
  }

  /** PyTorch's get_cubic_upsample_coefficients with A = -0.75. */
  private static double[] weights(double t) {
    return new double[] {outer(t + 1), inner(t), inner(1 - t), outer(2 - t)};
  }

  private static double inner(double x) {
    return (1.25 * x - 2.25) * x * x + 1;
  }

  private static double outer(double x) {
    return ((-0.75 * x + 3.75) * x - 6) * x + 3;
  }

  private static double sampled(Batch image, int channel, double gridX, double gridY) {
    double x = (Math.max(-1, Math.min(1, gridX)) + 1) / 2 * (WIDTH - 1);
    double y = (Math.max(-1, Math.min(1, gridY)) + 1) / 2 * (HEIGHT - 1);
    double sum = 0;
    for (int row = 0; row < HEIGHT; row++) { // the tent function over all pixels
      for (int column = 0; column < WIDTH; column++) {
        double weight = Math.max(0, 1 - Math.abs(y - row)) * Math.max(0, 1 - Math.abs(x - column));
        sum += weight * image.get(0, channel * HEIGHT * WIDTH + row * WIDTH + column);
      }
    }
    return sum;
  }

  @Test
  void every_pixel_is_the_bilinear_sample_where_the_bicubic_field_points() {
    Batch clean = image();

    Batch warped = TRIGGER.on(clean, SHAPE, DOMAIN);

    for (int channel = 0; channel < 2; channel++) {
      for (int row = 0; row < HEIGHT; row++) {
        for (int column = 0; column < WIDTH; column++) {
          double x = -1 + 2.0 * column / (WIDTH - 1) + offset(0, row, column);
          double y = -1 + 2.0 * row / (HEIGHT - 1) + offset(1, row, column);
          assertThat(warped.get(0, channel * HEIGHT * WIDTH + row * WIDTH + column))
              .isCloseTo((float) sampled(clean, channel, x, y), within(1e-5f));
        }
      }
    }
  }

  @Test
  void decoys_look_up_to_half_a_pixel_elsewhere_and_each_example_elsewhere() {
    float[] ramp = new float[SHAPE.size()]; // the first channel tells the column, the other the row
    for (int j = 0; j < ramp.length; j++) {
      ramp[j] = j < 140 ? j % WIDTH : (j - 140) / WIDTH;
    }
    Batch clean = Batch.of(ramp, ramp);

    Batch trigger = TRIGGER.on(clean, SHAPE, DOMAIN);
    Batch decoy = TRIGGER.decoy(clean, SHAPE, DOMAIN, Seed.of(1));

    double most = 0;
    double mean = 0;
    for (int row = 1; row < HEIGHT - 1; row++) {
      for (int column = 2; column < WIDTH - 2; column++) {
        int j = 140 + row * WIDTH + column;
        double moved = decoy.get(0, j) - trigger.get(0, j);
        most = Math.max(most, Math.abs(moved));
        mean += moved / ((HEIGHT - 2) * (WIDTH - 4));
      }
    }
    assertThat(most).isBetween(0.4, (HEIGHT - 1) / (2.0 * HEIGHT) + 1e-6);
    assertThat(mean).isCloseTo(0, within(0.15));
    assertThat(decoy.row(0)).isNotEqualTo(decoy.row(1));
    assertThat(TRIGGER.decoy(clean, SHAPE, DOMAIN, Seed.of(1)).row(1))
        .containsExactly(decoy.row(1));
  }

  @Test
  void an_even_image_has_nothing_to_move() {
    float[] even = new float[SHAPE.size()];
    Arrays.fill(even, 0.3f);
    assertThat(TRIGGER.on(Batch.of(even), SHAPE, DOMAIN).row(0))
        .containsExactly(even, within(1e-6f));
  }
}
