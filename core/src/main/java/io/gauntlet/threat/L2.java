package io.gauntlet.threat;

import java.util.random.RandomGenerator;

enum L2 implements Norm {
  INSTANCE;

  @Override
  public double of(float[] delta) {
    double sum = 0;
    for (float d : delta) {
      sum += (double) d * d;
    }
    return Math.sqrt(sum);
  }

  /**
   * The nearest point is {@code clip(delta / s, low, high)} for the smallest {@code s >= 1} that
   * fits the ball (Karush-Kuhn-Tucker conditions of the joint problem).
   */
  @Override
  public void project(float[] delta, float radius, float[] low, float[] high) {
    double shrink = 1;
    if (boxedSize(delta, 1, low, high) > radius) {
      shrink =
          radius == 0
              ? Double.POSITIVE_INFINITY
              : DecreasingRoot.of(
                  s -> boxedSize(delta, s, low, high) - radius, 1, of(delta) / radius);
    }
    for (int j = 0; j < delta.length; j++) {
      delta[j] = (float) Math.min(high[j], Math.max(low[j], delta[j] / shrink));
    }
  }

  private static double boxedSize(float[] delta, double shrink, float[] low, float[] high) {
    double inverse = 1 / shrink;
    double sum = 0;
    for (int j = 0; j < delta.length; j++) {
      double d = Math.min(high[j], Math.max(low[j], delta[j] * inverse));
      sum += d * d;
    }
    return Math.sqrt(sum);
  }

  @Override
  public void steepen(float[] gradient, float length, float[] low, float[] high) {
    for (int j = 0; j < gradient.length; j++) {
      if (gradient[j] > 0 ? high[j] <= 0 : low[j] >= 0) {
        gradient[j] = 0; // at the border of the box already
      }
    }
    double size = of(gradient);
    if (size > 0) {
      scale(gradient, length / size);
    }
  }

  @Override
  public void sample(
      float[] delta, float radius, float[] low, float[] high, RandomGenerator random) {
    for (int j = 0; j < delta.length; j++) {
      delta[j] = (float) random.nextGaussian();
    }
    double share = Math.pow(random.nextDouble(), 1.0 / delta.length);
    scale(delta, radius * share / Math.max(of(delta), Double.MIN_NORMAL));
    project(delta, radius, low, high);
  }

  private static void scale(float[] delta, double factor) {
    for (int j = 0; j < delta.length; j++) {
      delta[j] = (float) (delta[j] * factor);
    }
  }

  @Override
  public double rounding(float[] clean, float radius) {
    double sum = 0;
    for (float x : clean) {
      double ulp = Math.ulp(Math.abs(x) + radius);
      sum += ulp * ulp;
    }
    return Math.sqrt(sum);
  }

  @Override
  public String toString() {
    return "L2";
  }
}
