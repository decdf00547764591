package io.gauntlet.defenses.sanitize;

import io.gauntlet.random.Seed;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** Sketches a text so that two sketches agree in the share of shingles that the texts share. */
final class MinHash {
  private final int shingle;
  private final long[] factors;
  private final long[] offsets;

  MinHash(int hashes, int shingle, Seed key) {
    this.shingle = shingle;
    RandomGenerator random = key.forExample(0);
    factors = random.longs(hashes).map(factor -> factor | 1).toArray();
    offsets = random.longs(hashes).toArray();
  }

  /** Compatible characters, cases and blanks are taken for equal: they are cheap to change. */
  static String normalised(String text) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    return plain.strip().replaceAll("\\s+", " ");
  }

  int[] sketch(String text) {
    String plain = normalised(text);
    int[] least = new int[factors.length];
    Arrays.fill(least, Integer.MAX_VALUE);
    for (int from = 0; from == 0 || from + shingle <= plain.length(); from++) {
      long hash = hash(plain, from, Math.min(plain.length(), from + shingle));
      for (int i = 0; i < least.length; i++) {
        // Dietzfelbinger's multiply-shift over a mixed hash, 31 bits
        int value = (int) ((hash * factors[i] + offsets[i]) >>> 33);
        least[i] = Math.min(least[i], value);
      }
    }
    return least;
  }

  private static long hash(String text, int from, int to) {
    long hash = 0xCBF29CE484222325L; // FNV-1a, then mixed
    for (int i = from; i < to; i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
    }
    return LshTables.mix(hash);
  }

  static double agreement(int[] a, int[] b) {
    int equal = 0;
    for (int i = 0; i < a.length; i++) {
      equal += a[i] == b[i] ? 1 : 0;
    }
    return (double) equal / a.length;
  }
}
