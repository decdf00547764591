package io.gauntlet.threat;

import java.util.Arrays;
import java.util.random.RandomGenerator;

enum L0 implements Norm {
  INSTANCE;

  @Override
  public double of(float[] delta) {
    int changed = 0;
    for (float d : delta) {
      if (Float.isNaN(d)) {
        return Double.NaN;
      }
      changed += d != 0 ? 1 : 0;
    }
    return changed;
  }

  /** Keeps the features whose loss would cost most Euclidean distance, cut to the box. */
  @Override
  public void project(float[] delta, float radius, float[] low, float[] high) {
    double[] gain = new double[delta.length];
    for (int j = 0; j < delta.length; j++) {
      float inside = Math.min(high[j], Math.max(low[j], delta[j]));
      gain[j] =
          inside == 0 ? 0 : inside * (2.0 * delta[j] - inside); // delta^2 - (delta - inside)^2
      delta[j] = inside;
    }
    if (of(delta) > radius) {
      zeroAllBut((int) radius, gain, delta);
    }
  }

  /** Moves the features that raise the linearised loss most to their bound, at least one. */
  @Override
  public void steepen(float[] gradient, float length, float[] low, float[] high) {
    double[] gain = new double[gradient.length];
    for (int j = 0; j < gradient.length; j++) {
      float bound = gradient[j] > 0 ? high[j] : gradient[j] < 0 ? low[j] : gradient[j];
      gain[j] = Math.abs((double) bound * gradient[j]);
      gradient[j] = bound;
    }
    zeroAllBut((int) Math.ceil(length), gain, gradient);
  }

  /** Moves the features that gain most to their bound, the last one no further than it must. */
  @Override
  public void reach(float[] gradient, double gain, float[] low, float[] high) {
    float[] most = new float[gradient.length];
    for (int j = 0; j < gradient.length; j++) {
      most[j] = Math.abs(gradient[j] * (gradient[j] > 0 ? high[j] : low[j]));
    }
    double left = gain;
    float[] step = new float[gradient.length];
    for (int j : SteepestFirst.order(most)) {
      if (most[j] == 0 || left <= 0) {
        break;
      }
      float bound = gradient[j] > 0 ? high[j] : low[j];
      step[j] = most[j] <= left ? bound : (float) (bound * (left / most[j]));
      left -= most[j];
    }
    System.arraycopy(step, 0, gradient, 0, step.length);
  }

  @Override
  public void sample(
      float[] delta, float radius, float[] low, float[] high, RandomGenerator random) {
    double[] lot = new double[delta.length];
    for (int j = 0; j < delta.length; j++) {
      lot[j] = random.nextDouble();
      delta[j] = low[j] + random.nextFloat() * (high[j] - low[j]);
    }
    zeroAllBut((int) radius, lot, delta);
  }

  /** Keeps the features of the {@code count} largest keys, the first ones among equals. */
  private static void zeroAllBut(int count, double[] keys, float[] values) {
    if (count >= values.length) {
      return;
    }
    double[] ascending = keys.clone();
    Arrays.sort(ascending);
    double last = ascending[keys.length - 1 - Math.max(0, count - 1)];
    int ties = count;
    for (double key : keys) {
      ties -= Double.compare(key, last) > 0 ? 1 : 0;
    }
    for (int j = 0; j < values.length; j++) {
      int order = Double.compare(keys[j], last);
      if (order < 0 || (order == 0 && ties-- <= 0)) {
        values[j] = 0;
      }
    }
  }

  @Override
  public String toString() {
    return "L0";
  }
}
