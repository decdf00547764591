package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import java.util.Arrays;

/**
 * First any inputs, then always the one farthest from all chosen so far, as the surrogate's
 * probabilities see it.
 */
final class KCenter implements Selection {
  private final Batch pool;
  private final int[] order;
  private final boolean[] chosen;
  private boolean first = true;

  /** Chooses by distance; {@code order} is random, that of the first choice and among equals. */
  KCenter(Batch pool, int[] order) {
    this.pool = pool;
    this.order = order;
    chosen = new boolean[order.length];
  }

  @Override
  public int[] next(int count, Model surrogate) {
    int[] rows = first ? Arrays.copyOf(order, count) : farthest(count, surrogate);
    first = false;
    for (int row : rows) {
      chosen[row] = true;
    }
    return rows;
  }

  private int[] farthest(int count, Model surrogate) {
    Batch probabilities = Guesses.probabilities(surrogate, pool);
    double[] distance = new double[order.length];
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
    for (int row = 0; row < chosen.length; row++) {
      if (chosen[row]) {
        approach(distance, probabilities, row);
      }
    }
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      int best = -1;
      for (int row : order) {
        boolean farther = best < 0 || distance[row] > distance[best];
        best = distance[row] >= 0 && farther ? row : best;
      }
      rows[i] = best;
      approach(distance, probabilities, best);
    }
    return rows;
  }

  /** Distances to the nearest centre, once {@code centre} is one; its own becomes minus one. */
  private static void approach(double[] distance, Batch probabilities, int centre) {
    float[] there = probabilities.row(centre);
    for (int row = 0; row < distance.length; row++) {
      double square = 0;
      for (int k = 0; k < there.length; k++) {
        double way = probabilities.get(row, k) - (double) there[k];
        square += way * way;
      }
      distance[row] = Math.min(distance[row], square);
    }
    distance[centre] = -1;
  }
}
