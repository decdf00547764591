package io.gauntlet.attacks.corruption;

import io.gauntlet.model.ImageShape;
import java.util.random.RandomGenerator;

/** The arithmetic of every {@link Kind}, in place, on one image of values from 0 to 1. */
final class Filter {
  private static final int TAIL = 4; // standard deviations; less than 1e-4 of the weight is beyond

  private final ImageShape image;

  Filter(ImageShape image) {
    this.image = image;
  }

  /**
   * Corrupts; values may leave [0, 1].
   *
   * @param random a fresh stream; the same one at a higher level gives the same noise, but more
   */
  void apply(Kind kind, float level, float[] x, RandomGenerator random) {
    switch (kind) {
      case BRIGHTER -> add(level, x);
      case DARKER -> add(-level, x);
      case CONTRAST -> flatten(level, x);
      case GAUSSIAN_NOISE -> gaussianNoise(level, x, random);
      case SHOT_NOISE -> shotNoise(level, x, random);
      case SALT_AND_PEPPER -> saltAndPepper(level, x, random);
      case GAUSSIAN_BLUR -> blur(gaussian(level * shorterSide()), x);
      case BOX_BLUR -> blur(box(level * shorterSide()), x);
      case FADE -> fade(level, x);
      case HUE -> turnHue(level * Math.PI, x);
    }
  }

  private int shorterSide() {
    return Math.min(image.height(), image.width());
  }

  private static void add(float level, float[] x) {
    for (int j = 0; j < x.length; j++) {
      x[j] += level;
    }
  }

  private static void flatten(float level, float[] x) {
    double sum = 0;
    for (float v : x) {
      sum += v;
    }
    float mean = (float) (sum / x.length);
    for (int j = 0; j < x.length; j++) {
      x[j] += level * (mean - x[j]);
    }
  }

  private static void gaussianNoise(float level, float[] x, RandomGenerator random) {
    for (int j = 0; j < x.length; j++) {
      x[j] += level * (float) random.nextGaussian();
    }
  }

  private static void shotNoise(float level, float[] x, RandomGenerator random) {
    for (int j = 0; j < x.length; j++) {
      x[j] += level * (float) (Math.sqrt(x[j]) * random.nextGaussian());
    }
  }

  private static void saltAndPepper(float level, float[] x, RandomGenerator random) {
    for (int j = 0; j < x.length; j++) {
      float lot = random.nextFloat();
      boolean salt = random.nextBoolean(); // drawn in any case: every level sees the same stream
      if (lot < level) {
        x[j] = salt ? 1 : 0;
      }
    }
  }

  /** Weights of the places 0, 1, 2 and so on away from the centre; both sides add up to 1. */
  private static float[] gaussian(float deviation) {
    double[] half = new double[1 + (int) Math.ceil(TAIL * deviation)];
    for (int k = 0; k < half.length; k++) {
      half[k] = Math.exp(-0.5 * k * k / ((double) deviation * deviation));
    }
    return normalised(half);
  }

  private static float[] box(float reach) {
    double[] half = new double[1 + (int) Math.ceil(reach)];
    for (int k = 0; k < half.length; k++) {
      half[k] = Math.min(1, 1 + reach - k); // the outermost pixel counts as far as it is reached
    }
    return normalised(half);
  }

  private static float[] normalised(double[] half) {
    double sum = half[0];
    for (int k = 1; k < half.length; k++) {
      sum += 2 * half[k];
    }
    float[] kernel = new float[half.length];
    for (int k = 0; k < half.length; k++) {
      kernel[k] = (float) (half[k] / sum);
    }
    return kernel;
  }

  /** Along the columns, then along the lines; beyond the rim the nearest pixel counts on. */
  private void blur(float[] kernel, float[] x) {
    for (int channel = 0; channel < image.channels(); channel++) {
      int origin = channel * image.area();
      for (int column = 0; column < image.width(); column++) {
        blurLine(kernel, x, origin + column, image.width(), image.height());
      }
      for (int row = 0; row < image.height(); row++) {
        blurLine(kernel, x, origin + row * image.width(), 1, image.width());
      }
    }
  }

  private static void blurLine(float[] kernel, float[] x, int first, int stride, int length) {
    float[] line = new float[length];
    for (int i = 0; i < length; i++) {
      line[i] = x[first + i * stride];
    }
    for (int i = 0; i < length; i++) {
      float sum = kernel[0] * line[i];
      for (int k = 1; k < kernel.length; k++) {
        sum += kernel[k] * (line[Math.max(0, i - k)] + line[Math.min(length - 1, i + k)]);
      }
      x[first + i * stride] = sum;
    }
  }

  private void fade(float level, float[] x) {
    int area = image.area();
    for (int p = 0; p < area; p++) {
      float grey = 0.299f * x[p] + 0.587f * x[area + p] + 0.114f * x[2 * area + p]; // BT.601
      for (int j = p; j < x.length; j += area) {
        x[j] += level * (grey - x[j]);
      }
    }
  }

  /** Rodrigues' turn about the axis of greys; a third of a turn makes red green, green blue. */
  private void turnHue(double angle, float[] x) {
    double cos = Math.cos(angle);
    double even = (1 - cos) / 3;
    double odd = Math.sin(angle) / Math.sqrt(3);
    float own = (float) (cos + even);
    float before = (float) (even + odd);
    float after = (float) (even - odd);
    int area = image.area();
    for (int p = 0; p < area; p++) {
      float red = x[p];
      float green = x[area + p];
      float blue = x[2 * area + p];
      x[p] = own * red + after * green + before * blue;
      x[area + p] = before * red + own * green + after * blue;
      x[2 * area + p] = after * red + before * green + own * blue;
    }
  }
}
