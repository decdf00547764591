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
      double outside = delta[j] - inside;
      gain[j] = Math.max(0, (double) delta[j] * delta[j] - outside * outside);
      delta[j] = inside;
    }
    if (of(delta) > radius) {
      int[] order = SteepestFirst.order(gain);
      for (int i = (int) radius; i < order.length; i++) {
        delta[order[i]] = 0;
      }
    }
  }

  /** Moves the features that raise the linearised loss most to their bound, at least one. */
  @Override
  public void steepen(float[] gradient, float length, float[] low, float[] high) {
    double[] gain = new double[gradient.length];
    float[] bound = new float[gradient.length];
    for (int j = 0; j < gradient.length; j++) {
      bound[j] = gradient[j] > 0 ? high[j] : gradient[j] < 0 ? low[j] : 0;
      gain[j] = Math.abs((double) bound[j] * gradient[j]);
    }
    int[] order = SteepestFirst.order(gain);
    Arrays.fill(gradient, 0);
    for (int i = 0; i < Math.min(order.length, Math.ceil(length)); i++) {
      gradient[order[i]] = bound[order[i]];
    }
  }

  @Override
  public void sample(
      float[] delta, float radius, float[] low, float[] high, RandomGenerator random) {
    double[] lot = new double[delta.length];
    Arrays.setAll(lot, j -> random.nextDouble());
    int[] order = SteepestFirst.order(lot);
    Arrays.fill(delta, 0);
    for (int i = 0; i < Math.min(order.length, (int) radius); i++) {
      int j = order[i];
      delta[j] = low[j] + random.nextFloat() * (high[j] - low[j]);
    }
  }

  @Override
  public double rounding(float[] clean, float radius) {
    return 0; // a count is exact
  }

  @Override
  public String toString() {
    return "L0";
  }
}
