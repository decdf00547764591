package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a piecewise linear victim bends along the segment between two inputs (Jagielski 2020,
 * section 6.2). Where two kinks are too close to be told apart there is a gap in the list, and what
 * is seen beside it is of no use.
 */
final class Kinks {
  private static final int HALVINGS = 16;

  private final Probe probe;
  private final float[] from;
  private final float[] to;
  private final List<Double> places = new ArrayList<>();

  private Kinks(Probe probe, float[] from, float[] to) {
    this.probe = probe;
    this.from = from;
    this.to = to;
  }

  /** Places from 0 to 1 along the segment, ascending. */
  static List<Double> between(Probe probe, float[] from, float[] to) {
    Kinks kinks = new Kinks(probe, from, to);
    double[][] ends = kinks.ask(0, 1);
    kinks.search(0, ends[0], 1, ends[1], HALVINGS);
    return kinks.places;
  }

  /** The input at a place along a segment. */
  static float[] at(double place, float[] from, float[] to) {
    float[] x = new float[from.length];
    for (int j = 0; j < x.length; j++) {
      x[j] = (float) (from[j] + place * ((double) to[j] - from[j]));
    }
    return x;
  }

  private double[][] ask(double... places) {
    float[][] rows = new float[places.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = at(places[i], from, to);
    }
    return probe.ask(Batch.of(rows));
  }

  private void search(double low, double[] atLow, double high, double[] atHigh, int halvings) {
    double quarter = (high - low) / 4;
    double[][] inner = ask(low + quarter, high - quarter);
    double[] left = slope(atLow, inner[0], quarter);
    double[] right = slope(inner[1], atHigh, quarter);
    double[] across = slope(atLow, atHigh, 4 * quarter);
    if (fits(atLow, across, quarter, inner[0], 2)
        && fits(atLow, across, 3 * quarter, inner[1], 2)) {
      return;
    }
    double width = high - low;
    double meeting = meeting(atLow, left, atHigh, right, width);
    if (meeting >= quarter && meeting <= 3 * quarter) {
      // a kink nearer to an end than a quarter bends one of the lines: its own middle gives it away
      double before = meeting / 2;
      double after = (meeting + width) / 2;
      double[][] there = ask(low + before, low + meeting, low + after);
      if (fits(atLow, left, before, there[0], 8)
          && fits(atLow, left, meeting, there[1], 8)
          && fits(atHigh, right, meeting - width, there[1], 8)
          && fits(atHigh, right, after - width, there[2], 8)) {
        places.add(low + meeting);
        return;
      }
    }
    if (halvings > 0) {
      double middle = low + 2 * quarter;
      double[] atMiddle = ask(middle)[0];
      search(low, atLow, middle, atMiddle, halvings - 1);
      search(middle, atMiddle, high, atHigh, halvings - 1);
    }
  }

  /** Where the line through the low end meets the one through the high end, by least squares. */
  private static double meeting(
      double[] atLow, double[] left, double[] atHigh, double[] right, double width) {
    double product = 0;
    double square = 0;
    for (int k = 0; k < left.length; k++) {
      double bend = left[k] - right[k];
      product += bend * (atHigh[k] - atLow[k] - right[k] * width);
      square += bend * bend;
    }
    return square == 0 ? Double.NaN : product / square;
  }

  private boolean fits(double[] value, double[] slope, double way, double[] there, double terms) {
    double[] error = new double[value.length];
    for (int k = 0; k < error.length; k++) {
      error[k] = value[k] + slope[k] * way - there[k];
    }
    return probe.isRounding(error, terms);
  }

  private static double[] slope(double[] low, double[] high, double way) {
    double[] slope = new double[low.length];
    for (int k = 0; k < slope.length; k++) {
      slope[k] = (high[k] - low[k]) / way;
    }
    return slope;
  }
}
