package io.gauntlet.attacks.minimum;

import io.gauntlet.model.Batch;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.Arrays;

/** For each row, the nearest of the linearised boundaries looked at so far, under Linf or L2. */
final class NearestBoundary {
  private final Batch x;
  private final Neighbourhood allowed;
  private final double[] distance;
  private final boolean movableOnly;
  private Batch normal;

  /**
   * None yet around the rows of {@code x}.
   *
   * @param movableOnly whether features that the domain keeps from moving are left out
   */
  NearestBoundary(Batch x, Neighbourhood allowed, boolean movableOnly) {
    this.x = x;
    this.allowed = allowed;
    this.movableOnly = movableOnly;
    distance = new double[x.rows()];
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
    normal = x;
  }

  /** Looks at the boundary where the linear function with this gradient has risen by the gap. */
  void offer(double[] gaps, Batch gradient) {
    Batch counted = movableOnly ? movable(gradient) : gradient;
    Norm dual = allowed.norm() == Norm.linf() ? Norm.l1() : Norm.l2();
    boolean[] nearer = new boolean[gaps.length];
    for (int i = 0; i < gaps.length; i++) {
      double offered = gaps[i] / dual.of(counted.row(i)); // infinite where it is flat
      nearer[i] = offered < distance[i];
      distance[i] = nearer[i] ? offered : distance[i];
    }
    Batch before = normal;
    normal =
        counted.editRows(
            (i, g) -> {
              if (!nearer[i]) {
                before.copyRow(i, g);
              }
            });
  }

  private Batch movable(Batch gradient) {
    float[] ones = new float[gradient.rows()];
    Arrays.fill(ones, 1);
    Batch step = allowed.steepest(x, gradient, ones);
    return gradient.editRows(
        (i, g) -> {
          for (int j = 0; j < g.length; j++) {
            g[j] = step.get(i, j) == 0 ? 0 : g[j];
          }
        });
  }

  /** Distance of the nearest boundary; infinite where there is none. */
  double distance(int row) {
    return distance[row];
  }

  /** The shortest step of this length, which may leave the domain, for each row. */
  Batch step(double[] lengths) {
    if (allowed.norm() == Norm.l2()) {
      return Ascent.along(normal, lengths);
    }
    return normal.editRows(
        (i, g) -> {
          for (int j = 0; j < g.length; j++) {
            g[j] = (float) (Math.signum(g[j]) * lengths[i]);
          }
        });
  }

  /** Rows that have a boundary to go to and have not {@code reached} the other side of one. */
  int[] ahead(boolean[] reached) {
    return x.rowsWhere(i -> !reached[i] && distance[i] < Double.POSITIVE_INFINITY);
  }
}
