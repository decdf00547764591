package io.gauntlet.defenses.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessingTest {
  private static final Shape SHAPE = Shape.of(2, 5, 7);

  static Stream<Preprocessing> all() {
    return Stream.of(
        new BitDepth(2),
        new MedianSmoothing(3),
        new GaussianSmoothing(0.8f),
        new RandomResizePad(0.5f),
        TotalVariation.standard());
  }

  static Stream<Preprocessing> linear() {
    return Stream.of(
        new GaussianSmoothing(0.3f),
        new GaussianSmoothing(0.8f),
        new GaussianSmoothing(4), // wider than the image
        new RandomResizePad(0.2f),
        new RandomResizePad(1));
  }

  private static Batch applied(Preprocessing preprocessing, Shape shape, Batch images) {
    return preprocessing.apply(images, shape, Draw.of(Seed.of(3), images));
  }

  private static float[] applied(Preprocessing preprocessing, Shape shape, float... image) {
    return applied(preprocessing, shape, Batch.of(image)).row(0);
  }

  @ParameterizedTest
  @MethodSource("all")
  void images_stay_images_row_by_row(Preprocessing preprocessing) {
    Batch images = Noise.images(4, SHAPE.size(), 1).standingFor(3, 8, 8, 20);
    Batch whole = applied(preprocessing, SHAPE, images);
    for (int row = 0; row < images.rows(); row++) {
      assertThat(applied(preprocessing, SHAPE, images.select(row)).row(0))
          .containsExactly(whole.row(row));
      for (float value : whole.row(row)) {
        assertThat(value).isBetween(-1e-6f, 1 + 1e-6f);
      }
    }
    assertThat(whole.example(3)).isEqualTo(20);
  }

  @ParameterizedTest
  @MethodSource("linear")
  void the_way_back_of_a_linear_map_is_its_adjoint(Preprocessing map) {
    Batch x = Noise.images(6, SHAPE.size(), 1);
    Batch y = Noise.images(6, SHAPE.size(), 2);
    Draw draw = Draw.of(Seed.of(3), x);
    Batch forwards = map.apply(x, SHAPE, draw);
    Batch back = map.pullBack(x, y, SHAPE, draw);
    for (int row = 0; row < x.rows(); row++) {
      assertThat(Noise.dot(x, back, row)).isCloseTo(Noise.dot(forwards, y, row), within(1e-5));
    }
  }

  @Test
  void fewer_bits_round_to_the_nearest_level_and_halves_to_the_even_one() {
    Shape line = Shape.of(6); // no image is needed
    assertThat(applied(new BitDepth(1), line, 0, 0.49f, 0.5f, 0.51f, 0.99f, 1))
        .containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(applied(new BitDepth(2), line, 0, 0.16f, 0.17f, 0.49f, 0.84f, 1))
        .containsExactly(0, 0, 1 / 3f, 1 / 3f, 1, 1);
    float[] bytes = {0, 1 / 255f, 77 / 255f, 128 / 255f, 254 / 255f, 1};
    assertThat(applied(new BitDepth(8), line, bytes)).containsExactly(bytes);
    Batch slope = Batch.of(new float[] {1, 2, 3, 4, 5, 6});
    assertThat(new BitDepth(1).pullBack(slope, slope, line, Draw.of(Seed.of(0), slope)))
        .isSameAs(slope);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void a_median_is_that_of_the_square_around_a_pixel_mirrored_at_the_border(int side) {
    float[] x = Noise.images(1, SHAPE.size(), 5).row(0);
    float[] found = applied(new MedianSmoothing(side), SHAPE, x);
    for (int channel = 0; channel < 2; channel++) {
      for (int line = 0; line < 5; line++) {
        for (int column = 0; column < 7; column++) {
          float[] square = new float[side * side];
          for (int i = 0; i < square.length; i++) {
            int y = reflected(line - side / 2 + i / side, 5);
            int z = reflected(column - side / 2 + i % side, 7);
            square[i] = x[35 * channel + 7 * y + z];
          }
          Arrays.sort(square);
          assertThat(found[35 * channel + 7 * line + column]).isEqualTo(square[square.length / 2]);
        }
      }
    }
  }

  private static int reflected(int position, int size) {
    return position < 0 ? -1 - position : position >= size ? 2 * size - 1 - position : position;
  }

  @Test
  void a_medians_way_back_is_its_slope() {
    MedianSmoothing median = new MedianSmoothing(3);
    Batch x = Noise.images(3, SHAPE.size(), 6);
    Batch weights = Noise.images(3, SHAPE.size(), 7);
    Batch direction = Noise.images(3, SHAPE.size(), 8);
    Draw draw = Draw.of(Seed.of(0), x);
    Batch back = median.pullBack(x, weights, SHAPE, draw);
    float step = 1e-4f; // so small that no order changes
    Batch change =
        median
            .apply(x.plus(direction.times(step)), SHAPE, draw)
            .minus(median.apply(x, SHAPE, draw))
            .times(1 / step);
    for (int row = 0; row < 3; row++) {
      double slope = Noise.dot(change, weights, row);
      assertThat(Noise.dot(direction, back, row)).isCloseTo(slope, within(2e-2));
    }
  }

  @Test
  void a_single_pixel_spreads_as_the_normal_density() {
    Shape shape = Shape.of(9, 9);
    float[] x = new float[81];
    x[40] = 1;
    float[] found = applied(new GaussianSmoothing(1), shape, x);
    double sum = 0;
    for (int k = -4; k <= 4; k++) {
      sum += Math.exp(-k * k / 2.0);
    }
    for (int j = 0; j < 81; j++) {
      int down = j / 9 - 4;
      int right = j % 9 - 4;
      double expected = Math.exp(-(down * down + right * right) / 2.0) / (sum * sum);
      assertThat(found[j]).isCloseTo((float) expected, within(1e-6f));
    }
  }

  @Test
  void a_resized_image_is_the_image_where_the_size_stays() {
    float[] x = Noise.images(1, SHAPE.size(), 9).row(0);
    assertThat(applied(new RandomResizePad(1), SHAPE, x)).containsExactly(x);
  }

  @Test
  void a_shrunk_image_of_one_colour_keeps_it_and_lies_on_black() {
    Shape shape = Shape.of(1, 8, 8);
    float[] white = new float[64];
    Arrays.fill(white, 1);
    boolean[] seen = new boolean[9];
    for (int example = 0; example < 200; example++) {
      Batch image = Batch.of(white).standingFor(example);
      float[] found = applied(new RandomResizePad(0.5f), shape, image).row(0);
      int filled = 0;
      for (float value : found) {
        assertThat(value).isCloseTo(Math.round(value), within(1e-6f));
        filled += Math.round(value);
      }
      int side = (int) Math.sqrt(filled);
      assertThat(side * side).isEqualTo(filled);
      seen[side] = true;
    }
    assertThat(seen).containsExactly(false, false, false, false, true, true, true, true, true);
  }

  @Test
  void half_an_image_is_the_mean_of_four_pixels_each() {
    float[] x = Noise.images(1, 16, 11).row(0);
    Shape shape = Shape.of(4, 4);
    for (int example = 0; ; example++) {
      Batch image = Batch.of(x).standingFor(example);
      float[] found = applied(new RandomResizePad(0.5f), shape, image).row(0);
      if (found[15] != 0 && found[9] == 0) { // 2x2 pixels, low and on the right
        assertThat(found[10]).isCloseTo((x[0] + x[1] + x[4] + x[5]) / 4, within(1e-6f));
        assertThat(found[15]).isCloseTo((x[10] + x[11] + x[14] + x[15]) / 4, within(1e-6f));
        return;
      }
    }
  }

  @Test
  void random_ones_draw_by_example_and_seed() {
    Batch same = Batch.of(Noise.images(1, SHAPE.size(), 1).row(0)).select(0, 0, 0);
    for (Preprocessing random : List.of(new RandomResizePad(0.4f), TotalVariation.standard())) {
      assertThat(random.isRandom()).isTrue();
      Batch found = applied(random, SHAPE, same.standingFor(1, 2, 1));
      assertThat(found.row(0)).containsExactly(found.row(2)).isNotEqualTo(found.row(1));
      Batch other = random.apply(same, SHAPE, Draw.of(Seed.of(4), same));
      assertThat(other.row(0)).isNotEqualTo(applied(random, SHAPE, same).row(0));
    }
    assertThat(TotalVariation.standard().withKept(1).isRandom()).isFalse();
    assertThat(new MedianSmoothing(2).isRandom()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 17})
  void bits_out_of_range_are_refused(int bits) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BitDepth(bits))
        .withMessageContaining("bits must be at")
        .withMessageContaining("was " + bits);
  }

  @Test
  void numbers_out_of_range_are_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MedianSmoothing(0))
        .withMessageContaining("side");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GaussianSmoothing(Float.NaN))
        .withMessageContaining("deviation");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RandomResizePad(1.1f))
        .withMessageContaining("smallest must be above 0 and at most 1, but was 1.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TotalVariation.standard().withKept(0))
        .withMessageContaining("kept");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Jpeg(0))
        .withMessageContaining("quality must be from 1 to 100, but was 0");
  }

  @Test
  void tables_are_no_images() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> applied(new MedianSmoothing(3), Shape.of(6), new float[6]))
        .withMessageContaining("but the model takes 6");
  }
}
