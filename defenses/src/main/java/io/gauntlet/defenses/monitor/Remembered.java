package io.gauntlet.defenses.monitor;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The latest fingerprints, and which of them have a hash. */
final class Remembered {
  /** Inputs listed for one hash: what most inputs share, such as a blank edge, tells nothing. */
  private static final int LISTED = 64;

  private final long[][] latest;
  private final int[] shared; // scratch: hashes in common with each of the latest
  private final Map<Long, Slots> slotsOf = new HashMap<>();
  private long seen;

  Remembered(int queries) {
    latest = new long[queries][];
    Arrays.fill(latest, new long[0]);
    shared = new int[queries];
  }

  /** The most hashes that one remembered fingerprint shares with this one, which is remembered. */
  synchronized int matchAndKeep(long[] fingerprint) {
    int most = 0;
    for (long hash : fingerprint) {
      Slots slots = slotsOf.get(hash);
      for (int i = 0; slots != null && i < slots.count; i++) {
        most = Math.max(most, ++shared[slots.at[i]]);
      }
    }
    for (long hash : fingerprint) {
      Slots slots = slotsOf.get(hash);
      for (int i = 0; slots != null && i < slots.count; i++) {
        shared[slots.at[i]] = 0;
      }
    }
    keep(fingerprint);
    return most;
  }

  private void keep(long[] fingerprint) {
    int slot = (int) (seen++ % latest.length);
    for (long hash : latest[slot]) {
      slotsOf.computeIfPresent(hash, (h, slots) -> slots.without(slot));
    }
    latest[slot] = fingerprint;
    for (long hash : fingerprint) {
      slotsOf.computeIfAbsent(hash, h -> new Slots()).add(slot);
    }
  }

  synchronized int hashesHeld() {
    return slotsOf.size();
  }

  /** Where a hash occurs, the latest {@value #LISTED} places, oldest first. */
  private static final class Slots {
    private int[] at = new int[1];
    private int count;

    void add(int slot) {
      if (count == LISTED) {
        System.arraycopy(at, 1, at, 0, --count);
      } else if (count == at.length) {
        at = Arrays.copyOf(at, Math.min(LISTED, 2 * count));
      }
      at[count++] = slot;
    }

    @Nullable Slots without(int slot) {
      for (int i = 0; i < count; i++) {
        if (at[i] == slot) {
          System.arraycopy(at, i + 1, at, i, --count - i);
          break;
        }
      }
      return count == 0 ? null : this;
    }
  }
}
