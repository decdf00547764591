package io.gauntlet.attacks.score;

import io.gauntlet.model.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Where Square paints: the pixels of an image, channel by channel, or features that have no order,
 * of which any few can be painted together.
 */
record Canvas(int channels, int height, int width, boolean ordered) {
  /** Some pixels of every channel, as a rectangle, or as {@code height} rows of one feature. */
  static final class Window {
    final int height;
    final int width;
    final int[] pixels;

    Window(int height, int width, int[] pixels) {
      this.height = height;
      this.width = width;
      this.pixels = pixels;
    }
  }

  /** Channels, height, width; height, width of a grey image; or a row of a table. */
  static Canvas of(Shape shape) {
    int rank = shape.rank();
    if (rank == 3) {
      return new Canvas(shape.sizes().get(0), shape.sizes().get(1), shape.sizes().get(2), true);
    }
    return rank == 2
        ? new Canvas(1, shape.sizes().get(0), shape.sizes().get(1), true)
        : new Canvas(1, shape.size(), 1, false);
  }

  /** Pixels of one channel. */
  int pixels() {
    return height * width;
  }

  /** A random square of {@code side} pixels, cut to a rectangle of that area in a narrow image. */
  Window square(int area, RandomGenerator random) {
    if (!ordered) {
      return new Window(area, 1, someOf(area, random));
    }
    int side = Math.max((int) Math.round(Math.sqrt(area)), 1);
    int tall = Math.min(side, height);
    int wide = Math.min(side, width);
    if (tall < side) {
      wide = Math.min(area / tall, width);
    } else if (wide < side) {
      tall = Math.min(area / wide, height);
    }
    int top = random.nextInt(height - tall + 1);
    int left = random.nextInt(width - wide + 1);
    return rectangle(top, left, tall, wide);
  }

  Window rectangle(int top, int left, int tall, int wide) {
    int[] pixels = new int[tall * wide];
    for (int r = 0, k = 0; r < tall; r++) {
      for (int c = 0; c < wide; c++) {
        pixels[k++] = (top + r) * width + left + c;
      }
    }
    return new Window(tall, wide, pixels);
  }

  private int[] someOf(int count, RandomGenerator random) {
    int[] all = new int[pixels()];
    Arrays.setAll(all, j -> j);
    for (int k = 0; k < count; k++) { // the front of a Fisher-Yates shuffle
      int other = k + random.nextInt(all.length - k);
      int kept = all[other];
      all[other] = all[k];
      all[k] = kept;
    }
    return Arrays.copyOf(all, count);
  }
}
