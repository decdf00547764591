package io.gauntlet.attacks.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.ImageShape;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlacementTest {
  private static final Pose STILL = Pose.shifted(0, 0);

  private static float[] random(long seed, int size) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    float[] values = new float[size];
    for (int j = 0; j < size; j++) {
      values[j] = random.nextFloat();
    }
    return values;
  }

  private static float[] moved(ImageShape frame, float[] image, Pose pose, Padding padding) {
    float[] canvas = new float[image.length];
    Placement.of(frame, pose, padding).paint(image, canvas);
    return canvas;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 6})
  void no_move_changes_no_bit(int height) {
    ImageShape frame = new ImageShape(2, height, 5);
    float[] image = random(1, frame.size());
    for (Padding padding : Padding.values()) {
      assertThat(moved(frame, image, STILL, padding)).containsExactly(image);
      assertThat(moved(frame, image, STILL.turned(-720), padding)).containsExactly(image);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void quarter_turns_of_a_square_are_permutations_against_the_clock(int side) {
    ImageShape frame = new ImageShape(2, side, side);
    float[] image = random(2, frame.size());
    float[] expected = image;
    for (int quarter = 1; quarter <= 4; quarter++) {
      expected = quarterTurn(expected, side);
      for (int turns : new int[] {quarter, quarter - 4, quarter + 4}) {
        for (Padding padding : Padding.values()) {
          assertThat(moved(frame, image, STILL.turned(90 * turns), padding))
              .as("%s quarters", turns)
              .containsExactly(expected);
        }
      }
    }
  }

  /** The rightmost column becomes the first line. */
  private static float[] quarterTurn(float[] image, int side) {
    float[] turned = new float[image.length];
    for (int channel = 0; channel < image.length; channel += side * side) {
      for (int row = 0; row < side; row++) {
        for (int column = 0; column < side; column++) {
          turned[channel + row * side + column] = image[channel + column * side + (side - 1 - row)];
        }
      }
    }
    return turned;
  }

  @Test
  void shifts_by_whole_pixels_are_exact_and_what_is_left_empty_is_padded() {
    ImageShape frame = new ImageShape(1, 2, 3);
    float[] image = {1, 2, 3, 4, 5, 6};
    assertThat(moved(frame, image, Pose.shifted(0, 1), Padding.BLACK))
        .containsExactly(0, 1, 2, 0, 4, 5);
    assertThat(moved(frame, image, Pose.shifted(0, 1), Padding.EDGE))
        .containsExactly(1, 1, 2, 4, 4, 5);
    assertThat(moved(frame, image, Pose.shifted(-1, 0), Padding.BLACK))
        .containsExactly(4, 5, 6, 0, 0, 0);
    assertThat(moved(frame, image, Pose.shifted(-1, -2), Padding.EDGE))
        .containsExactly(6, 6, 6, 6, 6, 6);
    assertThat(moved(frame, image, Pose.shifted(5, 5), Padding.BLACK)).containsOnly(0);
  }

  @Test
  void shifts_by_parts_of_pixels_are_weighted_means() {
    ImageShape frame = new ImageShape(1, 1, 3);
    float[] image = {8, 16, 32};
    assertThat(moved(frame, image, Pose.shifted(0, 0.25f), Padding.BLACK))
        .containsExactly(6, 14, 28); // three quarters of its own, one of the left neighbour's
    assertThat(moved(frame, image, Pose.shifted(0, 0.25f), Padding.EDGE))
        .containsExactly(8, 14, 28);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void any_pose_is_what_the_textbook_says(long seed) {
    RandomGenerator random = Seed.of(seed).forExample(1);
    ImageShape frame = new ImageShape(1, 5, 7);
    float[] image = random(seed, frame.size());
    Pose pose =
        new Pose(
            3 * random.nextFloat() - 1.5f,
            3 * random.nextFloat() - 1.5f,
            360 * random.nextFloat(),
            0.5f + random.nextFloat());
    float[] found = moved(frame, image, pose, Padding.BLACK);
    for (int row = 0; row < 5; row++) {
      for (int column = 0; column < 7; column++) {
        assertThat((double) found[row * 7 + column])
            .isCloseTo(textbook(image, pose, row, column), within(1e-5));
      }
    }
  }

  /** Every pixel of a 5x7 image is a tent; where the canvas's pixel came from, the tents add up. */
  private static double textbook(float[] image, Pose pose, int row, int column) {
    double angle = Math.toRadians(pose.degrees());
    double x = (column - 3 - pose.right()) / pose.scale();
    double up = -(row - 2 - pose.down()) / pose.scale();
    double sourceX = 3 + x * Math.cos(angle) + up * Math.sin(angle);
    double sourceY = 2 - (up * Math.cos(angle) - x * Math.sin(angle));
    double sum = 0;
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 7; j++) {
        double tent =
            Math.max(0, 1 - Math.abs(sourceY - i)) * Math.max(0, 1 - Math.abs(sourceX - j));
        sum += tent * image[i * 7 + j];
      }
    }
    return sum;
  }

  @Test
  void a_square_covers_its_opaque_pixels_only() {
    ImageShape canvas = new ImageShape(1, 3, 4);
    boolean[] opaque = {true, true, false, true};
    float[] pixels = {1, 2, 3, 4};
    float[] image = {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
    Placement.of(2, opaque, canvas, Pose.shifted(0.5f, 1)).paint(pixels, image); // at (1, 2)
    assertThat(image).containsExactly(9, 9, 9, 9, 9, 9, 1, 2, 9, 9, 9, 4);
  }

  @Test
  void the_rim_lets_the_canvas_through() {
    ImageShape canvas = new ImageShape(1, 1, 3);
    float[] image = {8, 8, 8};
    Placement.of(1, new boolean[] {true}, canvas, Pose.shifted(0, 0.25f))
        .paint(new float[] {0}, image);
    assertThat(image).containsExactly(8, 2, 6);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void going_backwards_is_the_transposed_map(long seed) {
    RandomGenerator random = Seed.of(seed).forExample(2);
    ImageShape canvas = new ImageShape(2, 6, 5);
    boolean[] opaque = {true, true, true, true, false, true, true, true, true};
    Pose pose = new Pose(random.nextFloat(), random.nextFloat(), 50 * random.nextFloat(), 1.2f);
    Placement placement = Placement.of(3, opaque, canvas, pose);
    float[] pixels = random(seed, 18);
    float[] weights = random(seed + 100, 60);
    float[] byPixel = new float[18];
    placement.backward(weights, byPixel);
    for (int p = 0; p < 18; p++) { // linear: a step of one is as good as an infinitesimal one
      float[] stepped = pixels.clone();
      stepped[p] += 1;
      double difference =
          dot(weights, painted(placement, stepped)) - dot(weights, painted(placement, pixels));
      assertThat((double) byPixel[p]).isCloseTo(difference, within(1e-5));
    }
    assertThat(byPixel[4]).isZero();
    assertThat(byPixel[0]).isPositive();
  }

  private static float[] painted(Placement placement, float[] pixels) {
    float[] canvas = random(77, 60);
    placement.paint(pixels, canvas);
    return canvas;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += (double) a[j] * b[j];
    }
    return sum;
  }

  @Test
  void an_image_beside_the_canvas_covers_nothing() {
    float[] canvas = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    for (float away : new float[] {-50, 50}) {
      float[] painted = canvas.clone();
      Placement.of(1, new boolean[] {true}, new ImageShape(1, 3, 4), Pose.shifted(away, away))
          .paint(new float[] {0}, painted);
      assertThat(painted).containsExactly(canvas);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void a_small_image_on_a_large_canvas_is_that_canvas_wide_image_cut_to_it(long seed) {
    // the same pixels with a transparent margin reach the whole canvas, but show no more
    RandomGenerator random = Seed.of(seed).forExample(3);
    ImageShape canvas = new ImageShape(1, 20, 17);
    Pose pose =
        new Pose(
            16 * random.nextFloat() - 8,
            16 * random.nextFloat() - 8,
            360 * random.nextFloat(),
            0.5f + 2 * random.nextFloat());
    float[] small = random(seed, 9);
    boolean[] all = new boolean[9];
    float[] large = new float[43 * 43];
    boolean[] middle = new boolean[43 * 43];
    for (int p = 0; p < 9; p++) {
      all[p] = true;
      large[(20 + p / 3) * 43 + 20 + p % 3] = small[p];
      middle[(20 + p / 3) * 43 + 20 + p % 3] = true;
    }
    float[] found = random(seed + 50, canvas.size());
    float[] expected = found.clone();
    Placement.of(3, all, canvas, pose).paint(small, found);
    Placement.of(43, middle, canvas, pose).paint(large, expected);
    assertThat(found).usingComparatorWithPrecision(1e-6f).containsExactly(expected);
  }

  @Test
  void what_does_not_fit_is_refused() {
    ImageShape canvas = new ImageShape(1, 3, 4);
    assertThatThrownBy(() -> Placement.of(2, new boolean[3], canvas, STILL))
        .hasMessage("a square of side 2 has 4 pixels, but opacity was given for 3");
    Placement placement = Placement.of(2, new boolean[4], canvas, STILL);
    assertThatThrownBy(() -> placement.paint(new float[4], new float[24]))
        .hasMessage(
            "4 pixels laid over 12 need whole channels of both, but there were 4 and 24 values");
    assertThatThrownBy(() -> STILL.scaled(0))
        .hasMessage("scale must be finite and positive, but was 0.0");
    assertThatThrownBy(() -> STILL.turned(Float.NaN))
        .hasMessage("a pose must be finite, but was 0.0 down, 0.0 right, turned by NaN");
  }
}
