package io.gauntlet.defenses.detect;

/**
 * Numbers cut in two, and how clear of the cut both groups lie: the distance from the cut to the
 * mean of either group in deviations of that group, whichever is less.
 *
 * <p>No distribution with one peak has a clearance above √3, wherever it is cut. On one side at
 * least the density falls from the cut on; by Khinchin's theorem what lies there is a uniform
 * number between the cut and a random point Z beyond it, so that mean² ≤ E[Z²] / 4 and variance =
 * E[Z²] / 3 - mean² ≥ mean² / 3. A long tail, which has a high silhouette and Ashman's D, is never
 * taken for a second group by it. Deviations are taken three standard errors too large, so that few
 * numbers that lie close together by chance are none either.
 *
 * @param cut numbers above it are in the upper group
 * @param below how many are not
 * @param above how many are
 * @param clearance 0 if there is one group only
 */
record TwoGroups(double cut, int below, int above, double clearance) {
  private static final double ONE_PEAK = Math.sqrt(3);
  private static final double FLOOR = 0.02; // of the whole deviation: equal numbers have none

  /**
   * The clearest cut.
   *
   * @param sorted ascending, not all equal
   * @param smallest group that is allowed; at least 1
   */
  static TwoGroups of(double[] sorted, int smallest) {
    Moments above = new Moments();
    for (double x : sorted) {
      above.add(x);
    }
    double floor = FLOOR * above.deviation(0);
    Moments below = new Moments();
    TwoGroups clearest = new TwoGroups(sorted[sorted.length - 1], sorted.length, 0, 0);
    for (int i = 0; i + smallest < sorted.length; i++) {
      below.add(sorted[i]);
      above.remove(sorted[i]);
      if (below.count >= smallest && sorted[i] < sorted[i + 1]) {
        TwoGroups groups = cut(below, above, sorted[i], sorted[i + 1], floor);
        clearest = groups.clearance > clearest.clearance ? groups : clearest;
      }
    }
    return clearest;
  }

  /** Whether no distribution with one peak can be cut so clearly. */
  boolean exist() {
    return clearance > ONE_PEAK;
  }

  /** Where both groups are as clear, if that is in the gap between them. */
  private static TwoGroups cut(
      Moments below, Moments above, double last, double first, double floor) {
    double low = below.deviation(floor);
    double high = above.deviation(floor);
    double even = (below.mean() * high + above.mean() * low) / (low + high);
    double cut = Math.max(last, Math.min(even, Math.nextDown(first)));
    double clearance = Math.min((cut - below.mean()) / low, (above.mean() - cut) / high);
    return new TwoGroups(cut, below.count, above.count, clearance);
  }

  /** Sums of numbers near zero, as coordinates from a mean are. */
  private static final class Moments {
    private int count;
    private double sum;
    private double squares;

    void add(double x) {
      count++;
      sum += x;
      squares += x * x;
    }

    void remove(double x) {
      count--;
      sum -= x;
      squares -= x * x;
    }

    double mean() {
      return sum / count;
    }

    double deviation(double floor) {
      double measured = Math.sqrt(Math.max(0, squares / count - mean() * mean()));
      return Math.max(floor, measured) * (1 + 3 / Math.sqrt(2 * count));
    }
  }
}
