package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Closest;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Gradient;
import java.util.Arrays;

/**
 * The constant that weighs the lack of success against the distance, one for each example. The
 * smallest that still leads to success gives the closest one, so that it grows tenfold until it
 * does and is bisected then. The last one of an example that was never fooled grows a thousandfold:
 * an example fooled from too far is worth more than one not fooled.
 */
final class Tradeoff {
  static final float GROWTH = 10;
  private static final float LARGEST = 1e10f;

  private final Batch clean;
  private final Closest closest;
  private final float[] constant;
  private final float[] tooSmall;
  private final float[] enough;
  private final boolean[] succeeded;
  private final float lastGrowth;
  private int left;

  /**
   * Starts with the same constant for all.
   *
   * @param searchSteps constants to try for each example
   * @param lastGrowth growth to the last constant of an example never fooled
   */
  Tradeoff(Batch clean, Closest closest, float initial, int searchSteps, float lastGrowth) {
    this.clean = clean;
    this.closest = closest;
    left = searchSteps;
    this.lastGrowth = lastGrowth;
    constant = new float[clean.rows()];
    Arrays.fill(constant, initial);
    tooSmall = new float[constant.length];
    enough = new float[constant.length];
    Arrays.fill(enough, Float.POSITIVE_INFINITY);
    succeeded = new boolean[constant.length];
  }

  /** The constant of one clean example. */
  float of(int example) {
    return constant[example];
  }

  /**
   * Offers the candidates that lack nothing, and remembers who succeeded.
   *
   * @param lack the {@link Hinge} of each candidate
   */
  void offer(Batch candidates, Gradient lack) {
    int[] sure = candidates.rowsWhere(i -> lack.losses().get(i, 0) == 0);
    Batch offered = candidates.select(sure);
    boolean[] reached = closest.offer(offered, lack.logits().select(sure));
    for (int i = 0; i < sure.length; i++) {
      succeeded[clean.rowOf(offered.example(i))] |= reached[i];
    }
  }

  /** Forgets past successes of these candidates' examples: only what they keep counts. */
  void forget(Batch candidates) {
    for (int i = 0; i < candidates.rows(); i++) {
      succeeded[clean.rowOf(candidates.example(i))] = false;
    }
  }

  /** Goes on to the next constants. */
  void next() {
    left--;
    for (int i = 0; i < constant.length; i++) {
      if (succeeded[i]) {
        enough[i] = constant[i];
      } else {
        tooSmall[i] = constant[i];
      }
      succeeded[i] = false;
      boolean bracketed = enough[i] != Float.POSITIVE_INFINITY;
      constant[i] = bracketed ? (tooSmall[i] + enough[i]) / 2 : larger(i);
    }
  }

  private float larger(int example) {
    boolean lastChance = left == 1 && closest.distance(clean, example) == Double.POSITIVE_INFINITY;
    return Math.min((lastChance ? lastGrowth : GROWTH) * constant[example], LARGEST);
  }
}
