package io.gauntlet.defenses.sanitize;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The resemblance that sketches estimate, counted out. */
final class Shingles {
  private Shingles() {}

  static double jaccard(String a, String b) {
    Set<String> both = of(a);
    both.retainAll(of(b));
    Set<String> either = of(a);
    either.addAll(of(b));
    return (double) both.size() / either.size();
  }

  private static Set<String> of(String text) {
    String plain = MinHash.normalised(text);
    return IntStream.rangeClosed(0, Math.max(0, plain.length() - 5))
        .mapToObj(i -> plain.substring(i, Math.min(plain.length(), i + 5)))
        .collect(Collectors.toCollection(HashSet::new));
  }
}
