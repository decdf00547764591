package io.gauntlet.defenses.sanitize;

import io.gauntlet.model.Check;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * Lets the first of nearly equal rows of numbers pass.
 *
 * <p>Follows Datar, Immorlica, Indyk, Mirrokni: <a
 * href="https://doi.org/10.1145/997817.997857">Locality-sensitive hashing scheme based on p-stable
 * distributions</a>, SCG 2004: Gaussian projections, quantised to cells of four radii. Differs in
 * that columns are scaled by their standard deviation over the rows first, and that a bucket
 * remembers its latest row only.
 *
 * <p>What is quarantined is within the radius: candidates are measured. A row at the very radius is
 * found with probability 1 − (1 − 0.8^k)^L, 0.995 for the standard, a nearer one with more, unless
 * rows that came between took its buckets. Rule: {@code near-duplicate}. Rows that lack a number
 * pass.
 *
 * @param columns numeric; at least one
 * @param radius largest Euclidean distance of near-duplicates, in standard deviations of a column;
 *     finite and positive
 * @param tables L; at least 1
 * @param projections k, of each table; at least 1
 * @param remembered how many of the latest different rows are compared with; at least 1
 * @param key secret, or an attacker could seek rows that are missed
 */
public record NearDuplicateVectors(
    List<String> columns, float radius, int tables, int projections, int remembered, Seed key)
    implements Stage {
  private static final double CELL = 4; // the authors' quotient of cell and radius

  /** Copies and checks. */
  public NearDuplicateVectors {
    columns = List.copyOf(columns);
    Check.atLeast(1, columns.size(), "number of columns");
    Check.positive(radius, "radius");
    Check.atLeast(1, tables, "tables");
    Check.atLeast(1, projections, "projections");
    Check.atLeast(1, remembered, "remembered");
  }

  /** 10 tables of 4 projections; the latest 100,000 rows. */
  public static NearDuplicateVectors standard(List<String> columns, float radius, Seed key) {
    return new NearDuplicateVectors(columns, radius, 10, 4, 100_000, key);
  }

  /** Same with another number of rows remembered. */
  public NearDuplicateVectors withRemembered(int newRemembered) {
    return new NearDuplicateVectors(columns, radius, tables, projections, newRemembered, key);
  }

  @Override
  public String name() {
    return "near-duplicate-vectors";
  }

  /** Holds a digest of the key: settings are written beside the data. */
  @Override
  public String settings() {
    return ("NearDuplicateVectors[columns=%s, radius=%s, tables=%s, projections=%s,"
            + " remembered=%s, key=%s]")
        .formatted(columns, radius, tables, projections, remembered, Sha256.of(key.toString()));
  }

  @Override
  public Inspection begin(Rows rows) {
    SummaryStatistics[] statistics = new SummaryStatistics[columns.size()];
    for (int i = 0; i < statistics.length; i++) {
      statistics[i] = new SummaryStatistics();
    }
    rows.forEach(
        row -> {
          for (int i = 0; i < statistics.length; i++) {
            double value = row.number(columns.get(i));
            if (Double.isFinite(value)) {
              statistics[i].addValue(value);
            }
          }
        });
    double[] scales = new double[columns.size()];
    for (int i = 0; i < scales.length; i++) {
      double deviation = statistics[i].getStandardDeviation();
      scales[i] = deviation > 0 ? deviation : 1;
    }
    return new Comparison(scales);
  }

  private final class Comparison implements Inspection {
    private final double[] scales;
    private final double[][] directions;
    private final double[] offsets;
    private final LshTables found = new LshTables(tables, remembered);
    private final double[][] vectors = new double[remembered][];
    private final String[] places = new String[remembered];
    private long kept;

    Comparison(double[] scales) {
      this.scales = scales;
      RandomGenerator random = key.forExample(0);
      directions = new double[tables * projections][columns.size()];
      offsets = new double[directions.length];
      for (int i = 0; i < directions.length; i++) {
        for (int j = 0; j < directions[i].length; j++) {
          directions[i][j] = random.nextGaussian();
        }
        offsets[i] = random.nextDouble();
      }
    }

    @Override
    public Optional<Reason> examine(Row row) {
      double[] vector = new double[scales.length];
      for (int i = 0; i < vector.length; i++) {
        vector[i] = row.number(columns.get(i)) / scales[i];
        if (!Double.isFinite(vector[i])) {
          return Optional.empty();
        }
      }
      long[] keys = keys(vector);
      int earlier = found.find(keys, item -> distance(vector, vectors[item]) <= radius);
      if (earlier >= 0) {
        return Optional.of(
            new Reason(
                "near-duplicate",
                String.format(
                    Locale.ROOT,
                    "lies %.3g standard deviations from %s",
                    distance(vector, vectors[earlier]),
                    places[earlier])));
      }
      int item = (int) (kept++ % remembered);
      vectors[item] = vector;
      places[item] = row.source() + ", line " + row.line();
      found.put(keys, item);
      return Optional.empty();
    }

    private long[] keys(double[] vector) {
      long[] keys = new long[tables];
      for (int table = 0; table < tables; table++) {
        long hash = table;
        for (int i = table * projections; i < (table + 1) * projections; i++) {
          double projection = 0;
          for (int j = 0; j < vector.length; j++) {
            projection += directions[i][j] * vector[j];
          }
          long cell = (long) Math.floor(projection / (CELL * radius) + offsets[i]);
          hash = LshTables.mix(hash + 0x9E3779B97F4A7C15L + cell);
        }
        keys[table] = hash;
      }
      return keys;
    }

    @Override
    public List<String> notes() {
      return Recall.note(remembered, Math.max(0, kept - remembered));
    }
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }
}
