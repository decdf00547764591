package io.gauntlet.attacks.gradient;

import io.gauntlet.model.ImageShape;
import java.util.random.RandomGenerator;

/**
 * Images of one size, channel by channel, and the linear maps that transfer attacks put on them.
 */
record Images(ImageShape shape) {
  private static final double DEVIATIONS = 3;

  /** To a random size, no smaller than this share, at a random place, the rest zero. */
  Shrinking shrinking(float smallest, RandomGenerator random) {
    float share = smallest + (1 - smallest) * random.nextFloat();
    int tall = Math.max(Math.round(share * shape.height()), 1);
    int wide = Math.max(Math.round(share * shape.width()), 1);
    int top = random.nextInt(shape.height() - tall + 1);
    int left = random.nextInt(shape.width() - wide + 1);
    return new Shrinking(shape, tall, wide, top, left);
  }

  /** A bilinear resize to {@code tall} x {@code wide} pixels, padded with zeros. */
  record Shrinking(ImageShape shape, int tall, int wide, int top, int left) {
    /** Shrinks an image in place. */
    void apply(float[] image) {
      map(image, false);
    }

    /** The way back for a gradient: the transposed map, in place. */
    void applyTransposed(float[] gradient) {
      map(gradient, true);
    }

    private void map(float[] image, boolean transposed) {
      if (tall == shape.height() && wide == shape.width()) {
        return;
      }
      float[] mapped = new float[image.length];
      double down = (double) shape.height() / tall;
      double across = (double) shape.width() / wide;
      for (int r = 0; r < tall; r++) {
        double y = Math.min(Math.max((r + 0.5) * down - 0.5, 0), shape.height() - 1);
        int y0 = (int) y;
        int y1 = Math.min(y0 + 1, shape.height() - 1);
        float dy = (float) (y - y0);
        for (int c = 0; c < wide; c++) {
          double x = Math.min(Math.max((c + 0.5) * across - 0.5, 0), shape.width() - 1);
          int x0 = (int) x;
          int x1 = Math.min(x0 + 1, shape.width() - 1);
          float dx = (float) (x - x0);
          for (int k = 0; k < shape.channels(); k++) {
            int to = position(shape, k, top + r, left + c);
            add(transposed, image, mapped, to, position(shape, k, y0, x0), (1 - dy) * (1 - dx));
            add(transposed, image, mapped, to, position(shape, k, y0, x1), (1 - dy) * dx);
            add(transposed, image, mapped, to, position(shape, k, y1, x0), dy * (1 - dx));
            add(transposed, image, mapped, to, position(shape, k, y1, x1), dy * dx);
          }
        }
      }
      System.arraycopy(mapped, 0, image, 0, image.length);
    }

    private static void add(
        boolean transposed, float[] image, float[] mapped, int to, int from, float weight) {
      if (transposed) {
        mapped[from] += weight * image[to];
      } else {
        mapped[to] += weight * image[from];
      }
    }
  }

  private static int position(ImageShape shape, int channel, int row, int column) {
    return (channel * shape.height() + row) * shape.width() + column;
  }

  /** Convolves every channel with a Gaussian of {@code side} pixels, zero outside, in place. */
  void blur(float[] image, int side) {
    float[] kernel = new float[side];
    double sum = 0;
    for (int k = 0; k < side; k++) {
      double z = DEVIATIONS * (2.0 * k / (side - 1) - 1);
      kernel[k] = (float) Math.exp(-z * z / 2);
      sum += kernel[k];
    }
    for (int k = 0; k < side; k++) {
      kernel[k] /= (float) sum;
    }
    convolve(image, kernel, false);
    convolve(image, kernel, true);
  }

  private void convolve(float[] image, float[] kernel, boolean down) {
    float[] before = image.clone();
    int half = kernel.length / 2;
    for (int c = 0; c < shape.channels(); c++) {
      for (int y = 0; y < shape.height(); y++) {
        for (int x = 0; x < shape.width(); x++) {
          float sum = 0;
          int along = down ? y : x;
          int end = down ? shape.height() : shape.width();
          for (int k = Math.max(-half, -along); k <= Math.min(half, end - 1 - along); k++) {
            sum +=
                kernel[k + half] * before[position(shape, c, down ? y + k : y, down ? x : x + k)];
          }
          image[position(shape, c, y, x)] = sum;
        }
      }
    }
  }
}
