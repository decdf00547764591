package io.gauntlet.attack;

import io.gauntlet.model.Batch;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.Arrays;

/**
 * The closest success seen so far for every example: what a minimum-norm attack returns. Successes
 * outside the neighbourhood do not count, nor does a lead so thin that rounding can undo it: the
 * nearest of all iterates tends to lie on the boundary itself, where the same model answers
 * otherwise in a batch of another size. Confined to one call of an attack.
 */
public final class Closest {
  /** Share of the largest logit that a lead must exceed; sums in another order differ by less. */
  private static final float ROUNDING = 1e-5f;

  private final Neighbourhood allowed;
  private final Goal goal;
  private final float[][] closest;
  private final double[] distance;
  private final double[] thinDistance;

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
    thinDistance = distance.clone();
  }

  /**
   * Keeps each candidate that reaches the goal nearer to its clean example than any before; one
   * that reaches it by no more than rounding only as long as there is no other.
   *
   * @return for each candidate, whether it reaches the goal by more than rounding, kept or not
   */
  public boolean[] offer(Batch candidates, Batch logits) {
    Batch answers = candidates.answeredBy(logits);
    Batch leads = goal.loss(Objective.MARGIN).values(answers);
    boolean[] reached = new boolean[candidates.rows()];
    for (int i = 0; i < reached.length; i++) {
      reached[i] = leads.get(i, 0) > ROUNDING * Norm.linf().of(answers.row(i));
      if (reached[i]) {
        keep(candidates, i, distance);
      } else if (goal.isReached(answers, i)
          && distance(candidates, i) == Double.POSITIVE_INFINITY) {
        keep(candidates, i, thinDistance);
      }
    }
    return reached;
  }

  private void keep(Batch candidates, int i, double[] least) {
    int row = row(candidates, i);
    double offered = allowed.distance(candidates, i);
    if (offered < least[row] && allowed.contains(candidates, i)) {
      least[row] = offered;
      candidates.copyRow(i, closest[row]);
    }
  }

  /**
   * Distance of the closest success of the example in this row; infinite if there is none yet that
   * exceeds rounding.
   */
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

  /** The closest success of each clean example, however thin, or the clean example itself. */
  public Batch batch() {
    return allowed.clean().editRows((row, x) -> System.arraycopy(closest[row], 0, x, 0, x.length));
  }

  private int row(Batch candidates, int row) {
    return allowed.clean().rowOf(candidates.example(row));
  }
}
