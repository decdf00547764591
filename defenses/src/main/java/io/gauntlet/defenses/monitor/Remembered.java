package io.gauntlet.defenses.monitor;

import java.util.Arrays;

/**
 * The latest fingerprints, and which of them have a hash: a hash table of places, chained through
 * arrays, because boxes and nodes for every hash took most of a query's time.
 */
final class Remembered {
  /** Places looked at for one hash: what most inputs share, such as a blank edge, tells nothing. */
  private static final int LOOKED_AT = 64;

  private static final int NONE = -1;

  private final int hashes; // of one fingerprint, at most
  private final long[] hashAt; // place: slot * hashes + position in the fingerprint
  private final int[] newer; // place before this one in its chain
  private final int[] older; // place behind it
  private final int[] newest; // first place of each chain
  private final int[] lengths; // of the fingerprint in each slot
  private final int[] shared; // scratch: hashes in common with each slot
  private long seen;

  /**
   * Nothing yet.
   *
   * @param queries fingerprints to remember
   * @param hashes of one fingerprint, at most
   */
  Remembered(int queries, int hashes) {
    int places = Math.multiplyExact(queries, hashes);
    this.hashes = hashes;
    hashAt = new long[places];
    newer = new int[places];
    older = new int[places];
    newest = new int[Integer.highestOneBit(Math.max(1, places - 1)) << 1];
    Arrays.fill(newest, NONE);
    lengths = new int[queries];
    shared = new int[queries];
  }

  /** The most hashes that one remembered fingerprint shares with this one, which is remembered. */
  synchronized int matchAndKeep(long[] fingerprint) {
    int most = 0;
    for (long hash : fingerprint) {
      int left = LOOKED_AT;
      for (int at = newest[chain(hash)]; at != NONE && left > 0; at = older[at]) {
        if (hashAt[at] == hash) {
          most = Math.max(most, ++shared[at / hashes]);
          left--;
        }
      }
    }
    if (most > 0) {
      Arrays.fill(shared, 0);
    }
    keep(fingerprint);
    return most;
  }

  private void keep(long[] fingerprint) {
    int slot = (int) (seen++ % lengths.length);
    for (int i = 0; i < lengths[slot]; i++) {
      unlink(slot * hashes + i);
    }
    lengths[slot] = fingerprint.length;
    for (int i = 0; i < fingerprint.length; i++) {
      link(slot * hashes + i, fingerprint[i]);
    }
  }

  private void link(int place, long hash) {
    int chain = chain(hash);
    hashAt[place] = hash;
    newer[place] = NONE;
    older[place] = newest[chain];
    if (newest[chain] != NONE) {
      newer[newest[chain]] = place;
    }
    newest[chain] = place;
  }

  private void unlink(int place) {
    if (newer[place] == NONE) {
      newest[chain(hashAt[place])] = older[place];
    } else {
      older[newer[place]] = older[place];
    }
    if (older[place] != NONE) {
      newer[older[place]] = newer[place];
    }
  }

  /** Fingerprints hold the smallest hashes, so that only the low bits differ evenly. */
  private int chain(long hash) {
    return (int) hash & (newest.length - 1);
  }

  synchronized int hashesHeld() {
    return Arrays.stream(lengths).sum();
  }
}
