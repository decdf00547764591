package io.gauntlet.defenses.monitor;

import io.gauntlet.random.Seed;
import java.util.Arrays;

/** The smallest keyed hashes of all windows of a rounded input: alike inputs share many. */
final class Fingerprinter {
  private static final long BASE = 0x9E3779B97F4A7C15L; // odd, so that no feature is shifted out

  private final NearDuplicateSettings settings;
  private final long key;

  Fingerprinter(NearDuplicateSettings settings, Seed key) {
    this.settings = settings;
    this.key = key.forExample(0).nextLong();
  }

  /** Ascending and distinct; fewer where the input has fewer windows. */
  long[] of(float[] input) {
    int window = Math.min(settings.window(), input.length);
    long leaving = 1; // weight of the feature that leaves a window
    for (int i = 0; i < window; i++) {
      leaving *= BASE;
    }
    long[] smallest = new long[settings.hashes()];
    int count = 0;
    long rolling = 0;
    for (int j = 0; j < input.length; j++) {
      rolling = rolling * BASE + level(input[j]);
      if (j >= window) {
        rolling -= leaving * level(input[j - window]);
      }
      if (j >= window - 1) {
        count = insert(smallest, count, mix(rolling ^ key));
      }
    }
    return Arrays.copyOf(smallest, count);
  }

  private long level(float value) {
    return 1 + (long) Math.floor(value / settings.step());
  }

  private static int insert(long[] smallest, int count, long hash) {
    if (count == smallest.length && hash >= smallest[count - 1]) {
      return count;
    }
    int found = Arrays.binarySearch(smallest, 0, count, hash);
    if (found >= 0) {
      return count;
    }
    int at = -found - 1;
    int kept = Math.min(count, smallest.length - 1);
    System.arraycopy(smallest, at, smallest, at + 1, kept - at);
    smallest[at] = hash;
    return kept + 1;
  }

  private static long mix(long z) { // SplitMix64 finaliser, Steele et al. 2014
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
