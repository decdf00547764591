package io.gauntlet.threat;

/** How far a boxed step has to go along a gradient to gain a given amount. */
final class Slope {
  private Slope() {}

  /** How fast a feature moves, given its gradient. */
  interface Speed {
    double of(float gradient);
  }

  /**
   * The length {@code t} at which the step that moves every feature uphill by {@code t} times its
   * speed, or to its bound, gains {@code gain}; infinite if no length does.
   *
   * <p>The gain is concave and piecewise linear in t, so that Newton's method from zero never
   * overshoots and is exact once it has met the right piece (a few rounds for images).
   */
  static double lengthFor(double gain, float[] gradient, float[] low, float[] high, Speed speed) {
    double length = 0;
    while (true) {
      double bounded = 0;
      double slope = 0;
      for (int j = 0; j < gradient.length; j++) {
        double steepness = Math.abs(gradient[j]);
        double room = gradient[j] > 0 ? high[j] : -low[j];
        double pace = speed.of(gradient[j]);
        if (length * pace >= room) {
          bounded += steepness * room;
        } else {
          slope += steepness * pace;
        }
      }
      double next = bounded >= gain ? length : (gain - bounded) / slope;
      if (!(next > length)) {
        return length;
      }
      if (Double.isInfinite(next)) {
        return next;
      }
      length = next;
    }
  }
}
