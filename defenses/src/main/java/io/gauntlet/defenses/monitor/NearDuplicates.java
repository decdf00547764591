package io.gauntlet.defenses.monitor;

import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.Monitor;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Suspects clients whose inputs nearly repeat earlier ones, of whichever client: queries of
 * boundary search, score-based evasion, finite differences and averaging.
 *
 * <p>Follows Li, Shan, Wenger, Zhang, Zheng, Zhao: <a
 * href="https://arxiv.org/abs/2006.14042">Blacklight: Scalable Defense for Neural Networks against
 * Query-Based Black-Box Attacks</a>, USENIX Security 2022. Differs from it in four ways: windows
 * are hashed by a keyed polynomial of 64 bits instead of SHA-256, the smallest hashes are kept
 * instead of the largest, memory ends after the latest inputs instead of a daily reset, and some
 * repeats are tolerated.
 *
 * <p>State is one fingerprint for each of the latest inputs, of all clients together, so that
 * changing names does not help; and one count for each client.
 *
 * <p><b>An adaptive thief</b> waits until enough other queries have come in between; changes each
 * input by more than a level in every window; or spreads repeats over more names than are tolerated
 * repeats each. Thieves who never repeat, with natural inputs, are not noticed at all.
 */
public final class NearDuplicates implements Monitor {
  private final NearDuplicateSettings settings;
  private final Fingerprinter fingerprinter;
  private final Remembered remembered;
  private final Watch<int[]> repeats;

  private NearDuplicates(NearDuplicateSettings settings, Seed key) {
    this.settings = settings;
    fingerprinter = new Fingerprinter(settings, key);
    remembered = new Remembered(settings.queries());
    repeats = new Watch<>(title(), settings.clients(), () -> new int[1]);
  }

  /**
   * A monitor with these settings.
   *
   * @param key secret: whoever knows it can tell which windows are looked at
   */
  public static NearDuplicates of(NearDuplicateSettings settings, Seed key) {
    return new NearDuplicates(settings, key);
  }

  @Override
  public Optional<Alarm> observe(Query query, Batch probabilities) {
    List<long[]> fingerprints = new ArrayList<>();
    List<Integer> shared = new ArrayList<>();
    for (int row = 0; row < query.rows(); row++) {
      long[] fingerprint = fingerprinter.of(query.inputs().row(row));
      fingerprints.add(fingerprint);
      shared.add(remembered.matchAndKeep(fingerprint));
    }
    return repeats.observe(
        query, (count, row) -> look(count, shared.get(row), fingerprints.get(row).length));
  }

  private @Nullable String look(int[] count, int shared, int hashes) {
    if (shared < settings.similarity() * hashes || ++count[0] <= settings.tolerated()) {
      return null;
    }
    return String.format(
        Locale.ROOT,
        "%d near-duplicates, %d tolerated, the last with %d of %d hashes",
        count[0],
        settings.tolerated(),
        shared,
        hashes);
  }

  int hashesHeld() {
    return remembered.hashesHeld();
  }

  @Override
  public String toString() {
    return "NearDuplicates" + settings;
  }
}
