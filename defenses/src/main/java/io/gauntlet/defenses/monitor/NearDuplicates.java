package io.gauntlet.defenses.monitor;

import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.Monitor;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.random.Seed;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.math3.distribution.BetaDistribution;

/**
 * Suspects clients whose inputs nearly repeat earlier ones, of whichever client: queries of
 * boundary search, score-based evasion, finite differences and averaging.
 *
 * <p>Follows Li, Shan, Wenger, Zhang, Zheng, Zhao: <a
 * href="https://arxiv.org/abs/2006.14042">Blacklight: Scalable Defense for Neural Networks against
 * Query-Based Black-Box Attacks</a>, USENIX Security 2022. Differs from it in five ways: windows
 * are hashed by a keyed polynomial of 64 bits instead of SHA-256, the smallest hashes are kept
 * instead of the largest, memory ends after the latest inputs instead of a daily reset, some
 * repeats are tolerated, and honest traffic can calibrate it.
 *
 * <p>{@linkplain #of As published} it is for images. Inputs that are mostly zero, such as bags of
 * words and one-hot columns, have the same few windows everywhere, and nearly all of them count as
 * repeats. {@linkplain #calibrated Calibrated}, windows that many honest inputs share are left out
 * of fingerprints, and the share of repeats is tested by betting against that of honest traffic
 * (see {@link Sensitivity}) instead of against a fixed number.
 *
 * <p>State is one fingerprint for each of the latest inputs, of all clients together, so that
 * changing names does not help; and one or two counts for each client.
 *
 * <p><b>An adaptive thief</b> waits until enough other queries have come in between; changes each
 * input by more than a level in every window; or spreads repeats over more names than are tolerated
 * repeats each. Thieves who never repeat, with natural inputs, are not noticed at all.
 */
public final class NearDuplicates implements Monitor {
  private final NearDuplicateSettings settings;
  private final Fingerprinter fingerprinter;
  private final Remembered remembered;
  private final Suspicion suspicion;

  /** What so many repeats of a client mean. */
  private interface Suspicion {
    Optional<Alarm> observe(Query query, BitSet repeats);
  }

  private NearDuplicates(
      NearDuplicateSettings settings,
      Fingerprinter fingerprinter,
      int queries,
      Suspicion suspicion) {
    this.settings = settings;
    this.fingerprinter = fingerprinter;
    this.suspicion = suspicion;
    remembered = new Remembered(queries, settings.hashes());
  }

  /**
   * A monitor with these settings, which tolerates a fixed number of repeats.
   *
   * @param key secret: whoever knows it can tell which windows are looked at
   */
  public static NearDuplicates of(NearDuplicateSettings settings, Seed key) {
    Watch<int[]> watch = new Watch<>("NearDuplicates", settings.clients(), () -> new int[1]);
    Suspicion tolerant =
        (query, repeats) ->
            watch.observe(
                query,
                (count, row) ->
                    repeats.get(row) && ++count[0] > settings.tolerated()
                        ? String.format(
                            Locale.ROOT,
                            "%d near-duplicates, %d tolerated",
                            count[0],
                            settings.tolerated())
                        : null);
    return new NearDuplicates(
        settings, new Fingerprinter(settings, key), settings.queries(), tolerant);
  }

  /**
   * A monitor that learns from honest traffic which windows tell something, and how often honest
   * inputs repeat each other all the same: the first from one half of the rows, the second from the
   * other, of which it takes the upper end of the 95 % interval. It remembers no more inputs than
   * that half, or chance would find repeats among them that the calibration has not seen.
   *
   * @param key secret: whoever knows it can tell which windows are looked at
   * @param honest inputs of honest traffic, shape (rows, features), one stream of all clients; at
   *     least 200 rows, better twice as many as come between a thief's repeats
   * @param sensitivity of these clients, not those of the settings, as many are watched
   */
  public static NearDuplicates calibrated(
      NearDuplicateSettings settings, Seed key, Batch honest, Sensitivity sensitivity) {
    Check.atLeast(200, honest.rows(), "honest rows");
    Batch toChoose = honest.select(honest.rowsWhere(row -> row % 2 == 0));
    Batch toCount = honest.select(honest.rowsWhere(row -> row % 2 == 1));
    Fingerprinter fingerprinter = new Fingerprinter(settings, key).withoutCommonOf(toChoose);
    int repeats = repeatsAmong(fingerprinter.ofAll(toCount), settings);
    int taken = (int) Math.ceil(upper(repeats, toCount.rows()) * toCount.rows());
    int[] counts = {toCount.rows() - taken, taken};
    Profile profile = new Profile("NearDuplicates", counts, sensitivity, bin -> bin == 1);
    return new NearDuplicates(
        settings,
        fingerprinter,
        Math.min(settings.queries(), toCount.rows()),
        (query, repeated) -> profile.observe(query, row -> repeated.get(row) ? 1 : 0));
  }

  /** Of the 95 % interval of a share (Clopper, Pearson 1934). */
  private static double upper(int successes, int trials) {
    return successes == trials
        ? 1
        : new BetaDistribution(null, successes + 1.0, trials - successes)
            .inverseCumulativeProbability(0.975);
  }

  /** How many fingerprints have a near-duplicate among all the others, before or after them. */
  private static int repeatsAmong(List<long[]> fingerprints, NearDuplicateSettings settings) {
    BitSet repeated = new BitSet();
    for (boolean forwards : new boolean[] {true, false}) {
      Remembered others = new Remembered(fingerprints.size(), settings.hashes());
      for (int i = 0; i < fingerprints.size(); i++) {
        int row = forwards ? i : fingerprints.size() - 1 - i;
        long[] fingerprint = fingerprints.get(row);
        if (isRepeat(others.matchAndKeep(fingerprint), fingerprint, settings.similarity())) {
          repeated.set(row);
        }
      }
    }
    return repeated.cardinality();
  }

  /** An input whose windows are all common repeats nothing. */
  private static boolean isRepeat(int shared, long[] fingerprint, float similarity) {
    return shared > 0 && shared >= similarity * fingerprint.length;
  }

  @Override
  public Optional<Alarm> observe(Query query, Batch probabilities) {
    BitSet repeats = new BitSet();
    for (int row = 0; row < query.rows(); row++) {
      long[] fingerprint = fingerprinter.of(query.inputs().row(row));
      int shared = remembered.matchAndKeep(fingerprint);
      repeats.set(row, isRepeat(shared, fingerprint, settings.similarity()));
    }
    return suspicion.observe(query, repeats);
  }

  int hashesHeld() {
    return remembered.hashesHeld();
  }

  @Override
  public String toString() {
    return "NearDuplicates" + settings;
  }
}
