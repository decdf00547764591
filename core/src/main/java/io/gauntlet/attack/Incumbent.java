package io.gauntlet.attack;

import io.gauntlet.model.Batch;
import java.util.Arrays;

/**
 * The best candidate seen so far for every example: the one with the largest margin by which the
 * goal is reached, the first among equals unless a later one reaches the goal and it does not (a
 * tie of two classes goes to the first). Confined to one call of an attack.
 */
public final class Incumbent {
  private final Batch clean;
  private final Goal goal;
  private final float[][] best;
  private final float[] margin;
  private final boolean[] reached;

  /** Starts with nothing better than {@code clean}. */
  public Incumbent(Batch clean, Goal goal) {
    this.clean = clean;
    this.goal = goal;
    best = new float[clean.rows()][];
    for (int i = 0; i < best.length; i++) {
      best[i] = clean.row(i);
    }
    margin = new float[best.length];
    Arrays.fill(margin, Float.NEGATIVE_INFINITY);
    reached = new boolean[best.length];
  }

  /** Keeps each candidate whose margin beats the incumbent's. */
  public void offer(Batch candidates, Batch logits) {
    Batch answers = candidates.answeredBy(logits);
    Batch margins = goal.loss(Objective.MARGIN).values(answers);
    for (int i = 0; i < candidates.rows(); i++) {
      int row = clean.rowOf(candidates.example(i));
      float offered = margins.get(i, 0);
      boolean reaches = goal.isReached(answers, i);
      if (offered > margin[row] || (offered == margin[row] && reaches && !reached[row])) {
        margin[row] = offered;
        candidates.copyRow(i, best[row]);
        reached[row] |= reaches;
      }
    }
  }

  /** Those of {@code candidates} whose example has not reached the goal yet. */
  public Batch unsettled(Batch candidates) {
    int[] open = open(candidates);
    return open.length == candidates.rows() ? candidates : candidates.select(open);
  }

  /** Rows of those {@code candidates} whose example has not reached the goal yet. */
  public int[] open(Batch candidates) {
    return candidates.rowsWhere(i -> !reached[clean.rowOf(candidates.example(i))]);
  }

  /** The incumbents, one for each clean example. */
  public Batch batch() {
    float[] flat = new float[clean.rows() * clean.width()];
    for (int i = 0; i < best.length; i++) {
      System.arraycopy(best[i], 0, flat, i * clean.width(), clean.width());
    }
    return clean.withValues(clean.width(), flat);
  }
}
