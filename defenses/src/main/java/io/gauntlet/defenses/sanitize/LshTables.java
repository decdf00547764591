package io.gauntlet.defenses.sanitize;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Finds items that share a hash, in memory that is set aside once.
 *
 * <p>Each table keeps the latest item of each bucket, and buckets are addressed by a few bits of
 * their key. What is found is a candidate only, and the caller compares; what is overwritten is one
 * of several ways to find an item.
 */
final class LshTables {
  private final int[][] latest;
  private final int mask;

  /**
   * Empty tables.
   *
   * @param tables how many
   * @param items how many are held at once; each has two places
   */
  LshTables(int tables, int items) {
    int places = Integer.highestOneBit(Math.max(2, items)) << 2;
    mask = places - 1;
    latest = new int[tables][places];
    for (int[] table : latest) {
      Arrays.fill(table, -1);
    }
  }

  /** First item under one of these keys, a key for each table, that is wanted; -1 if none is. */
  int find(long[] keys, IntPredicate wanted) {
    for (int table = 0; table < keys.length; table++) {
      int item = latest[table][place(keys[table])];
      if (item >= 0 && wanted.test(item)) {
        return item;
      }
    }
    return -1;
  }

  /** Puts an item under its keys. */
  void put(long[] keys, int item) {
    for (int table = 0; table < keys.length; table++) {
      latest[table][place(keys[table])] = item;
    }
  }

  private int place(long key) {
    return (int) (mix(key) >>> 32) & mask;
  }

  /** SplitMix64's finaliser, Steele et al. 2014: every bit of the result depends on all of z. */
  static long mix(long key) {
    long z = key;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
