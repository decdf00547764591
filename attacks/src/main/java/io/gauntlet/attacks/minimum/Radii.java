package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Closest;
import io.gauntlet.model.Batch;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.Locale;

/**
 * The ball that each example is searched in: it shrinks where the goal is reached and grows where
 * it is not, by a share of its radius; by ever larger shares until an example has seen both, so
 * that a bad first guess costs few steps. No ball is larger than the neighbourhood.
 */
final class Radii {
  private static final int HALVINGS = 12;
  private static final double SMALLEST_GUESS = 1e-9; // of the neighbourhood's radius

  private final Neighbourhood allowed;
  private final double[] radius;
  private final boolean[] inside;
  private final boolean[] outside;
  private int rounds;

  Radii(Neighbourhood allowed) {
    this.allowed = allowed;
    radius = new double[allowed.clean().rows()];
    inside = new boolean[radius.length];
    outside = new boolean[radius.length];
  }

  /** Returns {@code share}, which must be positive and below 1. */
  static float checkShare(float share, String name) {
    if (share > 0 && share < 1) {
      return share;
    }
    throw new IllegalArgumentException(
        String.format(Locale.ROOT, "%s must be positive and below 1, but was %s", name, share));
  }

  /**
   * Guesses how long the steepest step in the domain must be to lift the linearised loss of each
   * row by {@code climb}: halves, on a logarithmic scale, what lies between a billionth of the
   * neighbourhood's radius and all of it.
   */
  void guess(Batch x, Batch gradient, double[] climb) {
    double[] low = new double[x.rows()];
    double[] high = new double[x.rows()];
    float[] middle = new float[x.rows()];
    for (int i = 0; i < middle.length; i++) {
      high[i] = allowed.radius();
      low[i] = high[i] * SMALLEST_GUESS;
    }
    float[] g = new float[x.width()];
    float[] s = new float[x.width()];
    for (int halving = 0; halving < HALVINGS; halving++) {
      for (int i = 0; i < middle.length; i++) {
        middle[i] = (float) Math.sqrt(low[i] * high[i]);
      }
      Batch step = allowed.steepest(x, gradient, middle);
      for (int i = 0; i < middle.length; i++) {
        gradient.copyRow(i, g);
        step.copyRow(i, s);
        if (product(g, s) > climb[i]) {
          high[i] = middle[i];
        } else {
          low[i] = middle[i];
        }
      }
    }
    for (int i = 0; i < middle.length; i++) {
      radius[row(x, i)] = within(high[i]);
    }
  }

  /** Shrinks and grows by {@code share}, given which rows of {@code x} reach the goal. */
  void adapt(Batch x, boolean[] reached, Closest closest, double share) {
    rounds++;
    for (int i = 0; i < reached.length; i++) {
      int row = row(x, i);
      inside[row] |= !reached[i];
      outside[row] |= reached[i];
      int times = inside[row] && outside[row] ? 1 : rounds;
      radius[row] =
          within(
              reached[i]
                  ? Math.min(radius[row], closest.distance(x, i)) * Math.pow(1 - share, times)
                  : radius[row] * Math.pow(1 + share, times));
    }
  }

  private double within(double wanted) {
    double least = allowed.norm() == Norm.l0() ? 1 : 0; // part of a feature is none
    return Math.min(allowed.radius(), Math.max(least, wanted));
  }

  /** Radii for the rows of {@code x}. */
  float[] of(Batch x) {
    float[] radii = new float[x.rows()];
    for (int i = 0; i < radii.length; i++) {
      radii[i] = (float) radius[row(x, i)];
    }
    return radii;
  }

  private int row(Batch x, int i) {
    return allowed.clean().rowOf(x.example(i));
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += (double) a[j] * b[j];
    }
    return sum;
  }
}
