package io.gauntlet.attacks.minimum;

import io.gauntlet.model.Batch;
import java.util.Arrays;

/** Who is stuck: whose lowest loss has not fallen any further for a while. */
final class Plateau {
  private static final double PROGRESS = 0.9999;

  private final Batch clean;
  private final double[] lowest;
  private final double[] before;

  Plateau(Batch clean) {
    this.clean = clean;
    lowest = new double[clean.rows()];
    before = new double[clean.rows()];
    Arrays.fill(lowest, Double.POSITIVE_INFINITY);
    Arrays.fill(before, Double.POSITIVE_INFINITY);
  }

  /** Notes the loss of one clean example. */
  void note(int example, double loss) {
    lowest[example] = Math.min(lowest[example], loss);
  }

  /** Those of {@code x} who have made progress since this was asked the last time. */
  Batch notStuck(Batch x) {
    int[] moving = new int[x.rows()];
    int count = 0;
    for (int i = 0; i < moving.length; i++) {
      int example = clean.rowOf(x.example(i));
      if (!(lowest[example] > PROGRESS * before[example])) {
        moving[count++] = i;
      }
      before[example] = lowest[example];
    }
    return count == moving.length ? x : x.select(Arrays.copyOf(moving, count));
  }
}
