package io.gauntlet.defenses.preprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Shape;

/**
 * Fewer bits for each value: the nearest of {@code 2^bits} levels from 0 to 1.
 *
 * <p>Follows Xu, Evans, Qi: <a href="https://arxiv.org/abs/1704.01155">Feature Squeezing</a>, NDSS
 * 2018; halfway between two levels the even one is taken, as in the authors' code.
 *
 * <p>Its derivative is zero almost everywhere, which stops attackers who differentiate and nobody
 * else: {@link #pullBack} is the identity. One bit on images that are black and white anyway does
 * withstand small changes, since it takes half the range to flip a pixel.
 *
 * @param bits of each value; from 1 to 16
 */
public record BitDepth(int bits) implements Preprocessing {
  /** Checks the range. */
  public BitDepth {
    Check.atLeast(1, bits, "bits");
    if (bits > 16) {
      throw new IllegalArgumentException("bits must be at most 16, but was " + bits);
    }
  }

  @Override
  public Batch apply(Batch inputs, Shape shape, Draw draw) {
    double steps = (1 << bits) - 1;
    return inputs.editRows(
        (row, x) -> {
          for (int j = 0; j < x.length; j++) {
            x[j] = (float) (Math.rint(x[j] * steps) / steps);
          }
        });
  }

  @Override
  public Batch pullBack(Batch inputs, Batch byOutput, Shape shape, Draw draw) {
    return byOutput;
  }

  @Override
  public String route() {
    return "BPDA, the identity in place of the rounding's derivative";
  }
}
