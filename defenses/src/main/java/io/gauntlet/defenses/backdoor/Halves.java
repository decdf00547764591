package io.gauntlet.defenses.backdoor;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.random.Seed;
import java.util.Arrays;

/** Held-out inputs in two: what a score is made with must not set its threshold. */
record Halves(Batch reference, Batch calibration) {
  static Halves of(Batch heldOut, Seed seed) {
    Check.atLeast(2, heldOut.rows(), "number of held-out inputs");
    int[] order = seed.permutation(heldOut.rows());
    int middle = order.length / 2;
    return new Halves(part(heldOut, order, 0, middle), part(heldOut, order, middle, order.length));
  }

  private static Batch part(Batch heldOut, int[] order, int from, int to) {
    int[] rows = Arrays.copyOfRange(order, from, to);
    Arrays.sort(rows);
    return heldOut.select(rows);
  }
}
