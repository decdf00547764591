package io.gauntlet.defenses.monitor;

import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** The smallest keyed hashes of all windows of a rounded input: alike inputs share many. */
final class Fingerprinter {
  private static final long BASE = 0x9E3779B97F4A7C15L; // odd, so that no feature is shifted out
  private static final long PLACE = 0xD1B54A32D192ED03L;
  private static final double COMMON = 0.1;

  private final NearDuplicateSettings settings;
  private final long key;
  private final Set<Long> common = new HashSet<>();

  Fingerprinter(NearDuplicateSettings settings, Seed key) {
    this.settings = settings;
    this.key = key.forExample(0).nextLong();
  }

  /**
   * Leaves out, from now on, what more than a tenth of honest inputs share, such as blank windows:
   * it tells nothing of who repeats whom. Others take its place in a fingerprint, so the search
   * goes on until none is common.
   */
  Fingerprinter withoutCommonOf(Batch honest) {
    boolean more = true;
    while (more) {
      Map<Long, Integer> inputs = new HashMap<>();
      for (long[] fingerprint : ofAll(honest)) {
        for (long hash : fingerprint) {
          inputs.merge(hash, 1, Integer::sum);
        }
      }
      inputs.values().removeIf(count -> count <= COMMON * honest.rows());
      more = common.addAll(inputs.keySet());
    }
    return this;
  }

  List<long[]> ofAll(Batch inputs) {
    return IntStream.range(0, inputs.rows()).mapToObj(row -> of(inputs.row(row))).toList();
  }

  /** Ascending and distinct; fewer where the input has fewer windows, that are not common. */
  long[] of(float[] input) {
    int window = Math.min(settings.window(), input.length);
    long leaving = 1; // weight of the feature that leaves a window
    for (int i = 0; i < window; i++) {
      leaving *= BASE;
    }
    long[] smallest = new long[settings.hashes()];
    int count = 0;
    long rolling = 0;
    long[] levels = levels(input);
    for (int j = 0; j < input.length; j++) {
      rolling = rolling * BASE + levels[j];
      if (j >= window) {
        rolling -= leaving * levels[j - window];
      }
      if (j >= window - 1) {
        long place = settings.anchored() ? j * PLACE : 0;
        count = insert(smallest, count, mix((rolling + place) ^ key));
      }
    }
    return Arrays.copyOf(smallest, count);
  }

  private long[] levels(float[] input) {
    long[] levels = new long[input.length];
    float step = settings.step();
    for (int j = 0; j < levels.length; j++) {
      levels[j] = 1 + (long) Math.floor(input[j] / step);
    }
    return levels;
  }

  private int insert(long[] smallest, int count, long hash) {
    if (count == smallest.length && hash >= smallest[count - 1]) {
      return count;
    }
    int found = Arrays.binarySearch(smallest, 0, count, hash);
    if (found >= 0 || common.contains(hash)) {
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
