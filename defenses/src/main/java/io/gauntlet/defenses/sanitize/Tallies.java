package io.gauntlet.defenses.sanitize;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts what goes into quarantine, in the order of first sight. */
final class Tallies {
  private record Key(String source, String rule) {}

  private final Map<Key, Long> counts = new LinkedHashMap<>();
  private long total;

  void add(String source, String rule) {
    counts.merge(new Key(source, rule), 1L, Long::sum);
    total++;
  }

  long total() {
    return total;
  }

  List<Tally> list() {
    return counts.entrySet().stream()
        .map(entry -> new Tally(entry.getKey().source(), entry.getKey().rule(), entry.getValue()))
        .toList();
  }
}
