package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Goal;
import io.gauntlet.model.Batch;
import java.util.Arrays;

/**
 * For each row, the class to get away from and the one to get to, whose difference of logits an
 * attack follows.
 */
final class ClassPairs {
  private static final int NOISE =
      64; // rounding errors of a forward pass, in units in the last place

  private final Batch logits;
  private final int[][] fromTo;

  private ClassPairs(Batch logits, int[][] fromTo) {
    this.logits = logits;
    this.fromTo = fromTo;
  }

  /**
   * Untargeted, from the label to the other class of this rank by logits, 0 for the best; towards a
   * target, from the other class of this rank to the target.
   */
  static ClassPairs of(Batch logits, Goal goal, int rank) {
    int[][] fromTo = new int[logits.rows()][];
    for (int i = 0; i < fromTo.length; i++) {
      long example = logits.example(i);
      if (goal instanceof Goal.Targeted targeted) {
        int target = targeted.targets().classOf(example);
        fromTo[i] = new int[] {other(logits, i, target, rank), target};
      } else {
        int label = goal.labels().classOf(example);
        fromTo[i] = new int[] {label, other(logits, i, label, rank)};
      }
    }
    return new ClassPairs(logits, fromTo);
  }

  /**
   * The class that {@code rank} others but {@code excluded} come before; the first among equals.
   */
  private static int other(Batch logits, int row, int excluded, int rank) {
    int last = -1;
    for (int found = 0; found <= rank; found++) {
      int best = -1;
      for (int k = 0; k < logits.width(); k++) {
        boolean left = k != excluded && (last < 0 || comesAfter(logits, row, k, last));
        if (left && (best < 0 || logits.get(row, k) > logits.get(row, best))) {
          best = k;
        }
      }
      last = best;
    }
    return last;
  }

  private static boolean comesAfter(Batch logits, int row, int k, int last) {
    float z = logits.get(row, k);
    float before = logits.get(row, last);
    return z < before || (z == before && k > last);
  }

  /** The class to get to. */
  int to(int row) {
    return fromTo[row][1];
  }

  /**
   * How much the logit to get to is behind, at least as much as float can tell: a tie would give
   * steps without length.
   */
  double[] gaps() {
    double[] gaps = new double[fromTo.length];
    for (int i = 0; i < gaps.length; i++) {
      float largest = 0;
      for (int k = 0; k < logits.width(); k++) {
        largest = Math.max(largest, Math.abs(logits.get(i, k)));
      }
      double gap = (double) logits.get(i, fromTo[i][0]) - logits.get(i, fromTo[i][1]);
      gaps[i] = Math.max(gap, NOISE * Math.ulp(largest));
    }
    return gaps;
  }

  /** Derivative of the difference by the logits. */
  Batch byLogit() {
    return logits.editRows(
        (i, z) -> {
          Arrays.fill(z, 0);
          z[fromTo[i][1]] = 1;
          z[fromTo[i][0]] = -1;
        });
  }
}
