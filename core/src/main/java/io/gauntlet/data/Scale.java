package io.gauntlet.data;

import io.gauntlet.model.Range;

/** Maps numbers between {@code lower} and {@code upper} onto a range, end to end. */
record Scale(double lower, double upper, Range target) {
  /** What each pixel value from 0 to {@code largest} becomes. */
  static float[] ofPixels(int largest, Range target) {
    Scale scale = new Scale(0, largest, target);
    float[] table = new float[largest + 1];
    for (int pixel = 0; pixel <= largest; pixel++) {
      table[pixel] = scale.of(pixel);
    }
    return table;
  }

  float of(double value) {
    double share = (value - lower) / (upper - lower);
    double mapped = target.lower() + share * ((double) target.upper() - target.lower());
    // rounding must not carry a value at the border over it
    return (float) Math.min(target.upper(), Math.max(target.lower(), mapped));
  }
}
