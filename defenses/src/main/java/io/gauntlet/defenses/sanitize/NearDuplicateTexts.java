package io.gauntlet.defenses.sanitize;

import io.gauntlet.model.Check;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Lets the first of nearly equal texts pass, as a campaign of poisoned messages has many.
 *
 * <p>Follows Broder: <a href="https://doi.org/10.1109/SEQUEN.1997.666900">On the resemblance and
 * containment of documents</a>, SEQUENCES 1997, with banding as in Leskovec, Rajaraman, Ullman: <a
 * href="http://www.mmds.org">Mining of Massive Datasets</a>, chapter 3. Differs in that a bucket
 * remembers its latest text only, so that memory is set aside once: 4 bytes a hash and some 20 a
 * band for each text remembered.
 *
 * <p>A pair of resemblance s becomes a candidate with probability 1 − (1 − s^r)^b for b bands of r
 * hashes, which is above 0.9999 for the standard at s = 0.8 and 0.23 at s = 0.3; candidates are
 * quarantined if the estimated resemblance, of standard error √(s(1 − s)/hashes), reaches the
 * threshold. Rule: {@code near-duplicate}.
 *
 * <p><b>An adaptive attacker</b> rewords: resemblance is of characters, not of meaning. Honest rows
 * that are boilerplate repeat each other too.
 *
 * @param column of the text
 * @param resemblance least share of common shingles to be near-duplicates (Jaccard); in (0, 1]
 * @param shingle characters of a shingle; at least 1. Shorter texts are one shingle
 * @param bands how many bands; at least 1
 * @param rows hashes of a band; at least 1
 * @param remembered how many of the latest different texts are compared with; at least 1
 * @param key secret, or an attacker could seek texts that collide or do not
 */
public record NearDuplicateTexts(
    String column, double resemblance, int shingle, int bands, int rows, int remembered, Seed key)
    implements Stage {
  /** Checks the ranges. */
  public NearDuplicateTexts {
    if (!(resemblance > 0 && resemblance <= 1)) {
      throw new IllegalArgumentException(
          "resemblance must be above 0 and at most 1, but was " + resemblance);
    }
    Check.atLeast(1, shingle, "shingle");
    Check.atLeast(1, bands, "bands");
    Check.atLeast(1, rows, "rows");
    Check.atLeast(1, remembered, "remembered");
  }

  /** 0.8 of shingles of 5 characters, by 32 bands of 4 hashes; the latest 100,000 texts. */
  public static NearDuplicateTexts standard(String column, Seed key) {
    return new NearDuplicateTexts(column, 0.8, 5, 32, 4, 100_000, key);
  }

  /** Same with another threshold. */
  public NearDuplicateTexts withResemblance(double newResemblance) {
    return new NearDuplicateTexts(column, newResemblance, shingle, bands, rows, remembered, key);
  }

  /** Same with another number of texts remembered. */
  public NearDuplicateTexts withRemembered(int newRemembered) {
    return new NearDuplicateTexts(column, resemblance, shingle, bands, rows, newRemembered, key);
  }

  @Override
  public String name() {
    return "near-duplicate-texts";
  }

  /** Holds a digest of the key: settings are written beside the data. */
  @Override
  public String settings() {
    return ("NearDuplicateTexts[column=%s, resemblance=%s, shingle=%s, bands=%s, rows=%s,"
            + " remembered=%s, key=%s]")
        .formatted(
            column, resemblance, shingle, bands, rows, remembered, Sha256.of(key.toString()));
  }

  @Override
  public Inspection begin(Rows all) {
    return new Comparison();
  }

  private final class Comparison implements Inspection {
    private final MinHash minHash = new MinHash(bands * rows, shingle, key);
    private final LshTables tables = new LshTables(bands, remembered);
    private final int[][] sketches = new int[remembered][];
    private final String[] places = new String[remembered];
    private long kept;

    @Override
    public Optional<Reason> examine(Row row) {
      if (!row.has(column)) {
        return Optional.empty();
      }
      int[] sketch = minHash.sketch(row.text(column));
      long[] keys = keys(sketch);
      int earlier =
          tables.find(keys, item -> MinHash.agreement(sketch, sketches[item]) >= resemblance);
      if (earlier >= 0) {
        return Optional.of(
            new Reason(
                "near-duplicate",
                String.format(
                    Locale.ROOT,
                    "resembles %s by %.2f",
                    places[earlier],
                    MinHash.agreement(sketch, sketches[earlier]))));
      }
      int item = (int) (kept++ % remembered);
      sketches[item] = sketch;
      places[item] = row.source() + ", line " + row.line();
      tables.put(keys, item);
      return Optional.empty();
    }

    private long[] keys(int[] sketch) {
      long[] keys = new long[bands];
      for (int band = 0; band < bands; band++) {
        long hash = band;
        for (int i = band * rows; i < (band + 1) * rows; i++) {
          hash = LshTables.mix(hash + 0x9E3779B97F4A7C15L + sketch[i]);
        }
        keys[band] = hash;
      }
      return keys;
    }

    @Override
    public List<String> notes() {
      return Recall.note(remembered, Math.max(0, kept - remembered));
    }
  }
}
