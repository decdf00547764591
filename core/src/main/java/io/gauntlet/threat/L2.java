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
   * The nearest point is {@code clip(share * delta, low, high)} for the largest {@code share <= 1}
   * that fits the ball (Karush-Kuhn-Tucker conditions of the joint problem).
   */
  @Override
  public void project(float[] delta, float radius, float[] low, float[] high) {
    double share = boxedSize(delta, low, high) > radius ? share(delta, radius, low, high) : 1;
    for (int j = 0; j < delta.length; j++) {
      delta[j] = (float) Math.min(high[j], Math.max(low[j], share * delta[j]));
    }
  }

  private static double boxedSize(float[] delta, float[] low, float[] high) {
    double sum = 0;
    for (int j = 0; j < delta.length; j++) {
      double d = Math.min(high[j], Math.max(low[j], delta[j]));
      sum += d * d;
    }
    return Math.sqrt(sum);
  }

  /**
   * Features at their bound use up a part of the radius, one share of the others the rest. The
   * share only grows from round to round, so that a feature once at its bound stays there: exact
   * after a few rounds (about four for images).
   */
  private static double share(float[] delta, float radius, float[] low, float[] high) {
    double share = 0;
    while (true) {
      double bounded = 0;
      double free = 0;
      for (int j = 0; j < delta.length; j++) {
        double size = Math.abs(delta[j]);
        double bound = delta[j] > 0 ? high[j] : -low[j];
        if (share * size >= bound) {
          bounded += bound * bound;
        } else {
          free += size * size;
        }
      }
      double next = Math.sqrt(((double) radius * radius - bounded) / free);
      if (!(next > share)) {
        return share;
      }
      share = next;
    }
  }

  @Override
  public void steepen(float[] gradient, float length, float[] low, float[] high) {
    for (int j = 0; j < gradient.length; j++) {
      if (gradient[j] > 0 ? high[j] <= 0 : gradient[j] < 0 && low[j] >= 0) {
        gradient[j] = 0; // at the border of the box already
      }
    }
    ascend(gradient, length, low, high);
  }

  @Override
  public void ascend(float[] gradient, float length, float[] low, float[] high) {
    double size = of(gradient);
    if (size != 0) {
      scale(gradient, length / size);
    }
  }

  /** Every feature moves by one multiple of its gradient or to its bound, whichever is nearer. */
  @Override
  public void reach(float[] gradient, double gain, float[] low, float[] high) {
    double multiple = Slope.lengthFor(gain, gradient, low, high, Math::abs);
    for (int j = 0; j < gradient.length; j++) {
      float step = gradient[j] == 0 ? gradient[j] : (float) (multiple * gradient[j]);
      gradient[j] = Math.min(high[j], Math.max(low[j], step));
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
  public String toString() {
    return "L2";
  }
}
