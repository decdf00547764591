package io.gauntlet.threat;

import java.util.SplittableRandom;

/** One perturbation in its box, as {@link Norm} is handed it, and the exact answers to compare. */
final class Boxed {
  final float[] delta;
  final float[] low;
  final float[] high;

  Boxed(float[] delta, float[] low, float[] high) {
    this.delta = delta;
    this.low = low;
    this.high = high;
  }

  /** A random case, in which zeros, sides without width and points on the border are common. */
  static Boxed random(int features, SplittableRandom random) {
    float[] delta = new float[features];
    float[] low = new float[features];
    float[] high = new float[features];
    for (int j = 0; j < features; j++) {
      low[j] = random.nextInt(4) == 0 ? 0 : -random.nextFloat();
      high[j] = random.nextInt(4) == 0 ? 0 : random.nextFloat();
      delta[j] =
          switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> low[j];
            case 2 -> high[j];
            case 3 -> -0.0f;
            case 4 -> 5 * (random.nextFloat() - 0.5f);
            default -> 2 * (random.nextFloat() - 0.5f);
          };
    }
    return new Boxed(delta, low, high);
  }

  int features() {
    return delta.length;
  }

  float[] projected(Norm norm, float radius) {
    float[] moved = delta.clone();
    norm.project(moved, radius, low, high);
    return moved;
  }

  float[] steepened(Norm norm, float length) {
    float[] step = delta.clone();
    norm.steepen(step, length, low, high);
    return step;
  }

  boolean holds(float[] point) {
    for (int j = 0; j < point.length; j++) {
      if (!(low[j] <= point[j] && point[j] <= high[j])) {
        return false;
      }
    }
    return true;
  }

  boolean holds(double[] point) {
    for (int j = 0; j < point.length; j++) {
      if (!(low[j] <= point[j] && point[j] <= high[j])) {
        return false;
      }
    }
    return true;
  }

  /** Euclidean distance from {@code delta}. */
  double to(double... point) {
    double sum = 0;
    for (int j = 0; j < point.length; j++) {
      sum += (delta[j] - point[j]) * (delta[j] - point[j]);
    }
    return Math.sqrt(sum);
  }

  double to(float[] point) {
    return to(wide(point));
  }

  static double[] wide(float... values) {
    double[] wide = new double[values.length];
    for (int j = 0; j < wide.length; j++) {
      wide[j] = values[j];
    }
    return wide;
  }

  static double inner(float[] a, float[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += (double) a[j] * b[j];
    }
    return sum;
  }
}
