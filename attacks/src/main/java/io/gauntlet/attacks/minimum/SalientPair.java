package io.gauntlet.attacks.minimum;

import java.util.Arrays;

/**
 * The two moves, of different features and each up or down, whose joint rise of the wanted logit
 * times joint fall of the others is largest, both positive; where there are none, the two whose
 * rise and fall add up to most.
 *
 * <p>A move that three others match in both rise and fall is in no pair that is better than all: of
 * the three, one is not of its partner's feature and could take its place. Few moves are left to be
 * paired when these are dropped.
 *
 * @param first a move: twice the feature, plus 1 for down
 * @param second the other move; as the first where no pair is any good
 */
record SalientPair(int first, int second) {
  /**
   * The best pair, given for each move how much it lifts the wanted logit and lowers the others.
   *
   * @param rise of each move; NaN for a move that cannot be made
   */
  static SalientPair of(float[] rise, float[] fall) {
    int[] moves = undominated(rise, fall);
    SalientPair best = new SalientPair(-1, -1);
    SalientPair fallback = best;
    double most = 0;
    double mostInSum = 0;
    for (int m = 1; m < moves.length; m++) {
      for (int n = 0; n < m; n++) {
        double up = (double) rise[moves[m]] + rise[moves[n]];
        double down = (double) fall[moves[m]] + fall[moves[n]];
        if (moves[m] >> 1 == moves[n] >> 1) {
          continue;
        }
        if (up > 0 && down > 0 && up * down > most) {
          most = up * down;
          best = new SalientPair(moves[n], moves[m]);
        }
        if (up + down > mostInSum) {
          mostInSum = up + down;
          fallback = new SalientPair(moves[n], moves[m]);
        }
      }
    }
    return most > 0 ? best : fallback;
  }

  /** The moves that can be made and that at most two others match in rise and fall. */
  private static int[] undominated(float[] rise, float[] fall) {
    long[] byRise = new long[rise.length]; // largest rise first: no boxes, no comparator
    int count = 0;
    for (int move = 0; move < rise.length; move++) {
      if (!Float.isNaN(rise[move])) {
        byRise[count++] = (long) descending(rise[move]) << 32 | move;
      }
    }
    Arrays.sort(byRise, 0, count);
    int[] kept = new int[count];
    int left = 0;
    float[] largest = new float[3]; // falls so far, in descending order
    Arrays.fill(largest, Float.NEGATIVE_INFINITY);
    for (int m = 0; m < count; m++) {
      int move = (int) byRise[m];
      float f = fall[move];
      if (f > largest[2]) {
        kept[left++] = move;
        largest[2] = Math.min(f, largest[1]);
        largest[1] = Math.max(largest[1], Math.min(f, largest[0]));
        largest[0] = Math.max(f, largest[0]);
      }
    }
    return Arrays.copyOf(kept, left);
  }

  /** An integer that is smaller for larger values. */
  private static int descending(float value) {
    int bits = Float.floatToIntBits(value);
    return ~(bits >= 0 ? bits : bits ^ 0x7fffffff);
  }

  boolean isSalient() {
    return first != second;
  }
}
