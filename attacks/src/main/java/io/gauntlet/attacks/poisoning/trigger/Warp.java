package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.model.ImageShape;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;

/** Where each pixel of a warped image is read from, in pixels from the first. */
final class Warp {
  private static final double KEYS = -0.75;

  private final ImageShape image;
  private final double[] lines;
  private final double[] columns;

  private Warp(ImageShape image, double[] lines, double[] columns) {
    this.image = image;
    this.lines = lines;
    this.columns = columns;
  }

  static Warp of(ImageShape image, WarpTrigger trigger) {
    int k = trigger.grid();
    RandomGenerator random = Seed.of(trigger.key()).forExample(0);
    double[] offsets = new double[2 * k * k]; // all across, then all down
    double mean = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = 2 * random.nextDouble() - 1;
      mean += Math.abs(offsets[i]) / offsets.length;
    }
    double size = trigger.strength() / (image.height() * mean);
    double[] lines = new double[image.area()];
    double[] columns = new double[image.area()];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        double v = onGrid(y, image.height(), k);
        double u = onGrid(x, image.width(), k);
        int pixel = y * image.width() + x;
        columns[pixel] = x + size * bicubic(offsets, 0, k, v, u) * (image.width() - 1) / 2;
        lines[pixel] = y + size * bicubic(offsets, k * k, k, v, u) * (image.height() - 1) / 2;
      }
    }
    return new Warp(image, lines, columns);
  }

  private static double onGrid(int place, int length, int points) {
    return length == 1 ? 0 : (double) place * (points - 1) / (length - 1);
  }

  private static double bicubic(double[] values, int from, int k, double v, double u) {
    int line = (int) Math.floor(v);
    int column = (int) Math.floor(u);
    double sum = 0;
    for (int i = line - 1; i <= line + 2; i++) {
      for (int j = column - 1; j <= column + 2; j++) {
        double weight = cubic(v - i) * cubic(u - j);
        sum += weight * values[from + clamp(i, k) * k + clamp(j, k)];
      }
    }
    return sum;
  }

  private static double cubic(double distance) {
    double d = Math.abs(distance);
    if (d <= 1) {
      return ((KEYS + 2) * d - (KEYS + 3)) * d * d + 1;
    }
    return d < 2 ? ((KEYS * d - 5 * KEYS) * d + 8 * KEYS) * d - 4 * KEYS : 0;
  }

  private static int clamp(int place, int length) {
    return Math.min(length - 1, Math.max(0, place));
  }

  /** The same with noise of its own for each pixel. */
  Warp jittered(RandomGenerator random) {
    double[] jitteredLines = lines.clone();
    double[] jitteredColumns = columns.clone();
    double down = (image.height() - 1) / (2.0 * image.height());
    double across = (image.width() - 1) / (2.0 * image.height());
    for (int pixel = 0; pixel < image.area(); pixel++) {
      jitteredColumns[pixel] += across * (2 * random.nextDouble() - 1);
      jitteredLines[pixel] += down * (2 * random.nextDouble() - 1);
    }
    return new Warp(image, jitteredLines, jitteredColumns);
  }

  /** Warps in place. */
  void apply(float[] x) {
    float[] source = x.clone();
    for (int pixel = 0; pixel < image.area(); pixel++) {
      double line = Math.min(image.height() - 1, Math.max(0, lines[pixel]));
      double column = Math.min(image.width() - 1, Math.max(0, columns[pixel]));
      int top = (int) line;
      int left = (int) column;
      int bottom = clamp(top + 1, image.height());
      int right = clamp(left + 1, image.width());
      double below = line - top;
      double beyond = column - left;
      for (int channel = 0; channel < image.channels(); channel++) {
        int first = channel * image.area();
        int above = first + top * image.width();
        int under = first + bottom * image.width();
        double upper = (1 - beyond) * source[above + left] + beyond * source[above + right];
        double lower = (1 - beyond) * source[under + left] + beyond * source[under + right];
        x[first + pixel] = (float) ((1 - below) * upper + below * lower);
      }
    }
  }
}
