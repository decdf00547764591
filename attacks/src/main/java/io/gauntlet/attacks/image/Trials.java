package io.gauntlet.attacks.image;

import io.gauntlet.attack.Closest;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Incumbent;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.threat.Neighbourhood;
import java.util.Arrays;

/**
 * What an attack that makes its candidates without regard to the threat model has tried so far. A
 * candidate outside the neighbourhood is dropped before the model is asked. Confined to one call of
 * an attack.
 */
public final class Trials {
  private final Model model;
  private final Neighbourhood allowed;
  private final Closest closest;
  private final Incumbent widest;

  /** Starts with nothing tried. */
  public Trials(Model model, Neighbourhood allowed, Goal goal) {
    this.model = model;
    this.allowed = allowed;
    closest = new Closest(allowed, goal);
    widest = new Incumbent(allowed.clean(), goal);
  }

  /**
   * The clean examples worth more trials: those without a success, and without a bound all of them,
   * because a closer one may follow.
   */
  public Batch pending() {
    return closest.unsettled(allowed.clean());
  }

  /** The clean examples without a success, bound or not: for trials that go from near to far. */
  public Batch standing() {
    Batch clean = allowed.clean();
    int[] open = new int[clean.rows()];
    int count = 0;
    for (int row = 0; row < open.length; row++) {
      if (!isFooled(row)) {
        open[count++] = row;
      }
    }
    return count == open.length ? clean : clean.select(Arrays.copyOf(open, count));
  }

  private boolean isFooled(int cleanRow) {
    return closest.distance(allowed.clean(), cleanRow) < Double.POSITIVE_INFINITY;
  }

  /** Asks the model about those candidates that are allowed. */
  public void ask(Batch candidates) {
    Batch inside = inside(candidates);
    if (inside.rows() > 0) {
      Batch logits = model.logits(inside);
      closest.offer(inside, logits);
      widest.offer(inside, logits);
    }
  }

  private Batch inside(Batch candidates) {
    int[] kept = new int[candidates.rows()];
    int count = 0;
    for (int i = 0; i < kept.length; i++) {
      if (allowed.contains(candidates, i)) {
        kept[count++] = i;
      }
    }
    return count == kept.length ? candidates : candidates.select(Arrays.copyOf(kept, count));
  }

  /**
   * For each clean example its closest success; where there is none, the allowed candidate with the
   * widest margin; where nothing was allowed, itself.
   */
  public Batch batch() {
    Batch successes = closest.batch();
    return widest
        .batch()
        .editRows(
            (row, x) -> {
              if (isFooled(row)) {
                successes.copyRow(row, x);
              }
            });
  }
}
