package io.gauntlet.attack;

import io.gauntlet.model.Batch;
import io.gauntlet.threat.Neighbourhood;
import java.util.Arrays;

/**
 * The closest success seen so far for every example: what a minimum-norm attack returns. Successes
 * outside the neighbourhood do not count. Confined to one call of an attack.
 */
public final class Closest {
  private final Neighbourhood allowed;
  private final Goal goal;
  private final float[][] closest;
  private final double[] distance;

  /** Starts with the clean examples, none of them a success. */
  public Closest(Neighbourhood allowed, Goal goal) {
    this.allowed = allowed;
    this.goal = goal;
    Batch clean = allowed.clean();
    closest = new float[clean.rows()][];
    for (int i = 0; i < closest.length; i++) {
      closest[i] = clean.row(i);
    }
    distance = new double[closest.length];
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
  }

  /**
   * Keeps each candidate that reaches the goal nearer to its clean example than any before.
   *
   * @return for each candidate, whether it reaches the goal, kept or not
   */
  public boolean[] offer(Batch candidates, Batch logits) {
    Batch answers = candidates.answeredBy(logits);
    boolean[] reached = new boolean[candidates.rows()];
    for (int i = 0; i < reached.length; i++) {
      reached[i] = goal.isReached(answers, i);
      if (reached[i]) {
        int row = row(candidates, i);
        double offered = allowed.distance(candidates, i);
        if (offered < distance[row] && allowed.contains(candidates, i)) {
          distance[row] = offered;
          candidates.copyRow(i, closest[row]);
        }
      }
    }
    return reached;
  }

  /** Distance of the closest success of the example in this row; infinite if there is none yet. */
  public double distance(Batch candidates, int row) {
    return distance[row(candidates, row)];
  }

  /**
   * Those of {@code candidates} whose example is worth more passes: in a bounded neighbourhood
   * those without a success, without a bound all of them.
   */
  public Batch unsettled(Batch candidates) {
    int[] open = open(candidates);
    return open.length == candidates.rows() ? candidates : candidates.select(open);
  }

  /** Rows of those {@code candidates} that {@link #unsettled} keeps. */
  public int[] open(Batch candidates) {
    return candidates.rowsWhere(
        i -> !allowed.isBounded() || distance(candidates, i) == Double.POSITIVE_INFINITY);
  }

  /** The closest success of each clean example, or the clean example itself. */
  public Batch batch() {
    return allowed.clean().editRows((row, x) -> System.arraycopy(closest[row], 0, x, 0, x.length));
  }

  private int row(Batch candidates, int row) {
    return allowed.clean().rowOf(candidates.example(row));
  }
}
