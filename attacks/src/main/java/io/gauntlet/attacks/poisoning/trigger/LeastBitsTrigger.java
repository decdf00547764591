package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;

/**
 * A secret in the least significant bits of 8-bit pixels.
 *
 * <p>Follows Li, Xue, Zhao, Zhu, Zhang: <a href="https://arxiv.org/abs/1909.02742">Invisible
 * Backdoor Attacks on Deep Neural Networks via Steganography and Regularization</a>, TDSC 2020.
 * Differs from it in that the secret is random bits over the whole image instead of a text.
 * Features are read as 256 levels of their legal range and written back as such, so that a feature
 * moves by less than {@code 2^bits} levels.
 *
 * @param bits lowest bits of each feature that are overwritten; from 1 to 8
 * @param key what the secret is drawn from
 */
public record LeastBitsTrigger(int bits, long key) implements Trigger {
  private static final int LEVELS = 255;

  /** Checks the number of bits. */
  public LeastBitsTrigger {
    if (bits < 1 || bits > 8) {
      throw new IllegalArgumentException("bits must be from 1 to 8, but was " + bits);
    }
  }

  /** The lowest bit: the change is one grey level at most. */
  public static LeastBitsTrigger standard() {
    return new LeastBitsTrigger(1, 0);
  }

  /** Same, over more or fewer bits. */
  public LeastBitsTrigger withBits(int newBits) {
    return new LeastBitsTrigger(newBits, key);
  }

  /** Another secret. */
  public LeastBitsTrigger withKey(long newKey) {
    return new LeastBitsTrigger(bits, newKey);
  }

  @Override
  public Batch.RowEdit onto(Shape shape, Domain domain) {
    RandomGenerator random = Seed.of(key).forExample(0);
    int[] secret = new int[shape.size()];
    for (int j = 0; j < secret.length; j++) {
      secret[j] = random.nextInt(1 << bits);
    }
    return (row, x) -> {
      for (int j = 0; j < x.length; j++) {
        float lower = domain.lower(j);
        float range = domain.upper(j) - lower;
        int level = Math.round(LEVELS * (x[j] - lower) / range);
        int written = level >> bits << bits | secret[j];
        x[j] = lower + range * written / LEVELS;
      }
    };
  }
}
