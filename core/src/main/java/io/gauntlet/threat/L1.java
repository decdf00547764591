package io.gauntlet.threat;

import java.util.Arrays;
import java.util.random.RandomGenerator;

enum L1 implements Norm {
  INSTANCE;

  @Override
  public double of(float[] delta) {
    double sum = 0;
    for (float d : delta) {
      sum += Math.abs(d);
    }
    return sum;
  }

  /**
   * The nearest point is {@code clip(soft(delta, t), low, high)} for the smallest threshold {@code
   * t >= 0} that fits the ball, where {@code soft} shrinks every feature towards zero by t (Croce,
   * Hein 2021, proposition 2.2). The size is linear in t between the points where a feature reaches
   * zero or leaves its bound, so that sorting these points gives t exactly.
   */
  @Override
  public void project(float[] delta, float radius, float[] low, float[] high) {
    double threshold = 0;
    if (boxedSize(delta, 0, low, high) > radius) {
      threshold = threshold(delta, radius, low, high);
    }
    for (int j = 0; j < delta.length; j++) {
      double shrunk = Math.max(0, Math.abs(delta[j]) - threshold);
      delta[j] = (float) Math.min(high[j], Math.max(low[j], Math.copySign(shrunk, delta[j])));
    }
  }

  private static double threshold(float[] delta, float radius, float[] low, float[] high) {
    double[] points = new double[2 * delta.length];
    for (int j = 0; j < delta.length; j++) {
      double size = Math.abs(delta[j]);
      points[2 * j] = size;
      points[2 * j + 1] = Math.max(0, size - (delta[j] > 0 ? high[j] : -low[j]));
    }
    Arrays.sort(points);
    int below = 0; // size at points[below] is above the radius, at points[above] it is not
    int above = points.length - 1;
    if (boxedSize(delta, points[0], low, high) <= radius) {
      return between(delta, radius, low, high, 0, points[0]);
    }
    while (above - below > 1) {
      int middle = (below + above) >>> 1;
      if (boxedSize(delta, points[middle], low, high) > radius) {
        below = middle;
      } else {
        above = middle;
      }
    }
    return between(delta, radius, low, high, points[below], points[above]);
  }

  private static double between(
      float[] delta, float radius, float[] low, float[] high, double from, double to) {
    double atFrom = boxedSize(delta, from, low, high);
    double atTo = boxedSize(delta, to, low, high);
    // seen from the upper end, which then comes out exactly where it is the answer, as for radius 0
    return atFrom == atTo ? to : to - (to - from) * (radius - atTo) / (atFrom - atTo);
  }

  private static double boxedSize(float[] delta, double threshold, float[] low, float[] high) {
    double sum = 0;
    for (int j = 0; j < delta.length; j++) {
      double bound = delta[j] > 0 ? high[j] : -low[j];
      sum += Math.min(bound, Math.max(0, Math.abs(delta[j]) - threshold));
    }
    return sum;
  }

  /** Moves the features with the steepest gradient to their bound until the length is used up. */
  @Override
  public void steepen(float[] gradient, float length, float[] low, float[] high) {
    float left = length;
    float[] step = new float[gradient.length];
    for (int j : SteepestFirst.order(gradient)) {
      float room = gradient[j] > 0 ? high[j] : -low[j];
      float move = Math.min(room, left);
      step[j] = gradient[j] > 0 ? move : gradient[j] < 0 ? -move : gradient[j];
      left -= move;
      if (gradient[j] == 0 || left <= 0) {
        break;
      }
    }
    System.arraycopy(step, 0, gradient, 0, step.length);
  }

  @Override
  public void sample(
      float[] delta, float radius, float[] low, float[] high, RandomGenerator random) {
    double sum = random.nextExponential(); // one more than there are features: inside, not on it
    double[] sizes = new double[delta.length];
    for (int j = 0; j < delta.length; j++) {
      sizes[j] = random.nextExponential();
      sum += sizes[j];
    }
    for (int j = 0; j < delta.length; j++) {
      double size = radius * sizes[j] / sum;
      delta[j] = (float) (random.nextBoolean() ? size : -size);
    }
    project(delta, radius, low, high);
  }

  @Override
  public String toString() {
    return "L1";
  }
}
