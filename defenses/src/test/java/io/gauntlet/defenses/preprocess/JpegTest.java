package io.gauntlet.defenses.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JpegTest {
  private static final int SIDE = 16;

  /** Brightness that rises from one corner to the other, in channels of different steepness. */
  private static Batch ramp(int channels) {
    float[] x = new float[channels * SIDE * SIDE];
    for (int j = 0; j < x.length; j++) {
      int within = j % (SIDE * SIDE);
      float share = (within / SIDE + within % SIDE) / (2f * SIDE);
      x[j] = share * (1 + j / (SIDE * SIDE)) / channels;
    }
    return Batch.of(x);
  }

  private static Batch compressed(int quality, Batch images, int channels) {
    Shape shape = Shape.of(channels, SIDE, SIDE);
    return new Jpeg(quality).apply(images, shape, Draw.of(Seed.of(0), images));
  }

  private static double distance(Batch a, Batch b) {
    double largest = 0;
    for (int j = 0; j < a.width(); j++) {
      largest = Math.max(largest, Math.abs(a.get(0, j) - b.get(0, j)));
    }
    return largest;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void a_smooth_image_comes_back_nearly_as_it_was(int channels) {
    Batch image = ramp(channels);
    assertThat(distance(compressed(100, image, channels), image)).isBetween(1e-6, 0.03);
    assertThat(distance(compressed(75, image, channels), image)).isLessThan(0.08);
  }

  @Test
  void channels_keep_their_places() {
    float[] red = new float[3 * SIDE * SIDE];
    Arrays.fill(red, 0, SIDE * SIDE, 1);
    Batch image = Batch.of(red);
    assertThat(distance(compressed(95, image, 3), image)).isLessThan(0.02);
  }

  @Test
  void lower_quality_takes_more_of_what_is_fine() {
    Batch noise = Noise.images(1, SIDE * SIDE, 1);
    double before = 0;
    for (int quality : new int[] {100, 75, 30, 5}) {
      Batch change = compressed(quality, noise, 1).minus(noise);
      double size = Noise.dot(change, change, 0);
      assertThat(size).isGreaterThan(before);
      before = size;
    }
  }

  @Test
  void one_colour_comes_back_within_a_step_of_a_byte() {
    for (float grey : new float[] {0, 0.2f, 0.5f, 1}) {
      float[] x = new float[SIDE * SIDE];
      Arrays.fill(x, grey);
      Batch image = Batch.of(x);
      assertThat(distance(compressed(75, image, 1), image)).isLessThanOrEqualTo(1.5 / 255);
    }
  }

  @Test
  void other_numbers_of_channels_are_refused_before_there_is_an_image() {
    Batch none = Batch.wrap(8, new float[0]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Jpeg.standard().apply(none, Shape.of(2, 2, 2), Draw.of(Seed.of(0), none)))
        .withMessage("a JPEG needs 1 channel or 3, but the images have the shape 2x2x2");
  }
}
