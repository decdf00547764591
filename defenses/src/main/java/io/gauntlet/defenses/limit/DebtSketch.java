package io.gauntlet.defenses.limit;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What clients owed when they were forgotten, in constant memory: never less than the truth.
 *
 * <p>Follows Cormode, Muthukrishnan: An Improved Data Stream Summary: The Count-Min Sketch and its
 * Applications, Journal of Algorithms 2005. Differs from it in one way: a cell holds the largest
 * debt of the clients that fall on it instead of their sum, because a debt is known in full each
 * time a client is forgotten. So clients with small debts never add up to a large one.
 */
final class DebtSketch {
  static final int MOST_CLIENTS = 1 << 24;
  private static final int DEPTH = 4;
  private static final int CELLS_PER_CLIENT = 4;

  private final AtomicLongArray[] cells;
  private final int mask;

  DebtSketch(int clients) {
    int width = Integer.highestOneBit(Math.max(1, clients * CELLS_PER_CLIENT - 1)) << 1;
    mask = width - 1;
    cells = new AtomicLongArray[DEPTH];
    for (int d = 0; d < DEPTH; d++) {
      cells[d] = new AtomicLongArray(width);
    }
  }

  /** Remembers that {@code client} owes at least {@code debt}; not negative. */
  void raise(String client, long debt) {
    long hash = hash(client);
    for (int d = 0; d < DEPTH; d++) {
      cells[d].accumulateAndGet(cell(hash, d), debt, Math::max);
    }
  }

  /** At least what {@code client} owes; more only where others fall on all of its cells. */
  long of(String client) {
    long hash = hash(client);
    long least = Long.MAX_VALUE;
    for (int d = 0; d < DEPTH; d++) {
      least = Math.min(least, cells[d].get(cell(hash, d)));
    }
    return least;
  }

  private int cell(long hash, int depth) {
    return (int) mix(hash + depth * 0x9E3779B97F4A7C15L) & mask;
  }

  private static long hash(String client) { // FNV-1a over 64 bits: String.hashCode has 32
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < client.length(); i++) {
      hash = (hash ^ client.charAt(i)) * 0x100000001B3L;
    }
    return hash;
  }

  private static long mix(long z) { // SplitMix64 finaliser, Steele et al. 2014
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
