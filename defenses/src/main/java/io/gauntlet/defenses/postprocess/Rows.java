package io.gauntlet.defenses.postprocess;

import java.util.Arrays;

/** What several guards do to one row of scores. */
final class Rows {
  private Rows() {}

  static int argmax(float[] p) {
    int best = 0;
    for (int k = 1; k < p.length; k++) {
      best = p[k] > p[best] ? k : best;
    }
    return best;
  }

  /** Swaps the largest value to class {@code chosen}. */
  static void putOnTop(float[] p, int chosen) {
    int top = argmax(p);
    float largest = p[top];
    p[top] = p[chosen];
    p[chosen] = largest;
  }

  static void oneHot(float[] p, int chosen) {
    Arrays.fill(p, 0);
    p[chosen] = 1;
  }

  /** Clips at 0 and divides by the sum; the largest gets everything where nothing is positive. */
  static void toSimplex(float[] p) {
    double sum = 0;
    for (float value : p) {
      sum += Math.max(0, value);
    }
    if (sum == 0) {
      oneHot(p, argmax(p));
      return;
    }
    for (int k = 0; k < p.length; k++) {
      p[k] = (float) (Math.max(0, p[k]) / sum);
    }
  }
}
