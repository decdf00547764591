package io.gauntlet.defenses.detect;

/**
 * A class in two parts, one of which is not what it says: as a rule the smaller one. Poison that
 * was taken from several classes is mixed, and may be as many rows as the rest: it lies farther
 * apart.
 *
 * @param first rows of the one part
 * @param second rows of the other
 * @param firstSpread mean squared distance of the first from their mean
 * @param secondSpread that of the second
 */
record TwoSides(int first, int second, double firstSpread, double secondSpread) {
  private static final double LIKE_SIZE = 0.4; // of the class in the smaller part, or more
  private static final double MIXED = 1.25; // times the spread of the other part

  static TwoSides of(double[][] points, boolean[] isFirst) {
    int width = points[0].length;
    int[] count = new int[2];
    double[][] sum = new double[2][width];
    double[] squares = new double[2];
    for (int i = 0; i < points.length; i++) {
      int side = isFirst[i] ? 0 : 1;
      count[side]++;
      squares[side] += Scatter.dot(points[i], points[i]);
      Scatter.plus(sum[side], 1, points[i]);
    }
    double[] spread = new double[2];
    for (int side = 0; side < 2; side++) {
      double n = Math.max(1, count[side]);
      spread[side] = squares[side] / n - Scatter.dot(sum[side], sum[side]) / (n * n);
    }
    return new TwoSides(count[0], count[1], spread[0], spread[1]);
  }

  /** Share of the class in the smaller part. */
  double smallerShare() {
    return Math.min(first, second) / (double) (first + second);
  }

  /** Whether the first part is the one to be looked at, and not the second. */
  boolean firstIsSuspect() {
    return smallerShare() > LIKE_SIZE ? firstSpread > secondSpread : first < second;
  }

  /** Whether the suspect part is spread so widely that it is not of one class. */
  boolean isMixed() {
    double suspect = firstIsSuspect() ? firstSpread : secondSpread;
    double other = firstIsSuspect() ? secondSpread : firstSpread;
    return suspect > MIXED * other;
  }

  /** Rows of the suspect part. */
  int suspects() {
    return firstIsSuspect() ? first : second;
  }

  /** Rows of the other part. */
  int others() {
    return firstIsSuspect() ? second : first;
  }

  /** What the suspect part is, for a sentence. */
  String kind() {
    return isMixed() ? "mixed" : "even";
  }
}
