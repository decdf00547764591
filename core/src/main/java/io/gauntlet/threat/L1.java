package io.gauntlet.threat;

import java.util.random.RandomGenerator;

enum L1 implements Norm {
  INSTANCE;

  private static final double ROUNDING = 1e-14;

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
   * Hein 2021, proposition 2.2).
   */
  @Override
  public void project(float[] delta, float radius, float[] low, float[] high) {
    double threshold = 0;
    if (boxedSize(delta, 0, low, high) > radius) {
      threshold = radius > 0 ? threshold(delta, radius, low, high) : Double.POSITIVE_INFINITY;
    }
    for (int j = 0; j < delta.length; j++) {
      double shrunk = Math.max(0, Math.abs(delta[j]) - threshold);
      delta[j] = (float) Math.min(high[j], Math.max(low[j], Math.copySign(shrunk, delta[j])));
    }
  }

  /**
   * The size is linear in the threshold between the points where a feature reaches zero or leaves
   * its bound, so that Newton's method is exact on the right piece; bisection brings it there.
   */
  private static double threshold(float[] delta, float radius, float[] low, float[] high) {
    double below = 0; // there the size is above the radius, at above it is not
    double above = 0;
    for (float d : delta) {
      above = Math.max(above, Math.abs(d));
    }
    double threshold = 0;
    while (true) {
      double size = 0;
      int slope = 0;
      for (int j = 0; j < delta.length; j++) {
        double bound = delta[j] > 0 ? high[j] : -low[j];
        double shrunk = Math.abs(delta[j]) - threshold;
        if (shrunk > 0) {
          size += Math.min(bound, shrunk);
          slope += shrunk <= bound ? 1 : 0;
        }
      }
      if (size > radius) {
        below = threshold;
      } else {
        above = threshold;
      }
      double next = threshold + (size - radius) / slope;
      if (Math.abs(next - threshold) <= ROUNDING * above) {
        return next;
      }
      if (!(next > below && next < above)) {
        next = (below + above) / 2;
        if (next <= below || next >= above) {
          return above;
        }
      }
      threshold = next;
    }
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

  /** Moves the features with the steepest gradient to their bound until the gain is there. */
  @Override
  public void reach(float[] gradient, double gain, float[] low, float[] high) {
    double left = gain;
    float[] step = new float[gradient.length];
    for (int j : SteepestFirst.order(gradient)) {
      if (gradient[j] == 0 || left <= 0) {
        break;
      }
      double slope = Math.abs(gradient[j]);
      float room = gradient[j] > 0 ? high[j] : -low[j];
      float move = (float) Math.min(room, left / slope);
      step[j] = Math.copySign(move, gradient[j]);
      left -= move * slope;
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
