package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Conv2d;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Some features of a value, to be bounded a few at a time: neighbours together, because all
 * channels of one pixel of a convolution see the same inputs, so that most coefficients are zero
 * for all of them at once.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never leaves the package
record Features(int value, int[] chosen) {
  private static final int AT_ONCE = 32; // 64 forms: a row of them is eight cache lines

  static Features all(Weighed network, int value) {
    int size = network.network().size(value);
    int pixels = pixels(network, value);
    int channels = size / pixels;
    int[] order = IntStream.range(0, size).map(i -> i % channels * pixels + i / channels).toArray();
    return new Features(value, order);
  }

  /** Pixels of the convolution that a value comes from; 1 if it comes from none. */
  private static int pixels(Weighed network, int value) {
    int k = value - 1;
    while (k >= 0) {
      if (network.step(k).layer() instanceof Conv2d conv) {
        return conv.rows().outputs() * conv.columns().outputs();
      }
      if (network.network().size(k + 1) != network.network().size(network.step(k).input())) {
        return 1;
      }
      k = network.step(k).input() - 1;
    }
    return 1;
  }

  /** Those that an interval leaves on either side of zero. */
  Features undecidedIn(Box box) {
    int[] undecided =
        IntStream.of(chosen).filter(j -> box.lower(j) < 0 && box.upper(j) > 0).toArray();
    return new Features(value, undecided);
  }

  /**
   * Linear bounds where they are narrower than what is known, which stays for all others; empty if
   * they contradict each other, which they only do where splits leave no input.
   */
  Optional<Box> bounds(Backward backward, Box known) {
    double[] lower = new double[known.size()];
    double[] upper = new double[known.size()];
    for (int j = 0; j < lower.length; j++) {
      lower[j] = known.lower(j);
      upper[j] = known.upper(j);
    }
    for (int from = 0; from < chosen.length; from += AT_ONCE) {
      int count = Math.min(AT_ONCE, chosen.length - from);
      double[] @Nullable [] forms = new double[known.size()][];
      for (int i = 0; i < count; i++) {
        double[] row = new double[2 * count];
        row[i] = 1;
        row[count + i] = -1; // the least value of -x is minus the largest of x
        forms[chosen[from + i]] = row;
      }
      double[] least = backward.lower(value, forms, 2 * count);
      for (int i = 0; i < count; i++) {
        int j = chosen[from + i];
        lower[j] = Math.max(lower[j], least[i]);
        upper[j] = Math.min(upper[j], -least[count + i]);
      }
    }
    return Box.between(lower, upper);
  }
}
