package io.gauntlet.defenses.sanitize;

import io.gauntlet.model.Check;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Quarantines rows that lie apart from the baseline, with a bounded rate of false alarms.
 *
 * <p>Scores by Liu, Ting, Zhou: <a href="https://doi.org/10.1109/ICDM.2008.17">Isolation
 * Forest</a>, ICDM 2008, grown on one half of the baseline, over numbers and the lengths of texts;
 * categories are left to {@link Drift}. Neither scales, skew nor the many zeros of counts matter to
 * it, which rules out robust z and Mahalanobis distances here. The threshold is the other half's:
 * the split-conformal test of Bates, Candès, Lei, Romano, Sesia: <a
 * href="https://arxiv.org/abs/2104.08279">Testing for Outliers with Conformal p-values</a>, Annals
 * of Statistics 2023. A row from the baseline's own distribution is quarantined with probability at
 * most {@code rate}, on average over baselines. Rule: {@code outlier}.
 *
 * <p>Rows that lack a number count as having the largest.
 *
 * @param baseline what is trusted; its second half needs at least 1 / rate - 1 rows
 * @param rate of false alarms; in (0, 1)
 * @param trees of the forest; at least 1
 * @param subset rows a tree is grown on; at least 2
 * @param seed of the forest
 */
public record Outliers(Baseline baseline, double rate, int trees, int subset, Seed seed)
    implements Stage {
  /** Checks the ranges. */
  public Outliers {
    if (!(rate > 0 && rate < 1)) {
      throw new IllegalArgumentException("rate must be between 0 and 1, but was " + rate);
    }
    Check.atLeast(1, trees, "trees");
    Check.atLeast(2, subset, "subset");
    if ((long) Math.floor(rate * (calibration(baseline).size() + 1)) < 1) {
      throw new IllegalArgumentException(
          "the baseline must have at least %s rows for a rate of %s, but has %s"
              .formatted((long) Math.ceil(2 * (1 / rate - 1)), rate, baseline.rows()));
    }
  }

  /** The authors' 100 trees of 256 rows. */
  public static Outliers from(Baseline baseline, double rate, Seed seed) {
    return new Outliers(baseline, rate, 100, 256, seed);
  }

  @Override
  public String name() {
    return "outliers";
  }

  @Override
  public String settings() {
    return toString();
  }

  @Override
  public Inspection begin(Rows rows) {
    int[] columns = measured(baseline.schema());
    if (columns.length == 0) {
      throw new IllegalArgumentException(
          "the schema must have a number or a text for outliers, but has " + baseline.schema());
    }
    List<double[]> half = baseline.sample().subList(0, baseline.rows() / 2);
    IsolationForest forest =
        new IsolationForest(chosen(half, columns), trees, subset, seed.forExample(0));
    double[] scores =
        chosen(calibration(baseline), columns).stream().mapToDouble(forest::score).toArray();
    Arrays.sort(scores);
    // p = (1 + calibration scores at least as large) / (n + 1) is at most the rate above this one
    double threshold = scores[scores.length - (int) Math.floor(rate * (scores.length + 1))];
    return row -> {
      double score = forest.score(chosen(baseline.encoded(row), columns));
      return score > threshold
          ? Optional.of(
              new Reason(
                  "outlier",
                  String.format(Locale.ROOT, "isolation of %.4f is above %.4f", score, threshold)))
          : Optional.empty();
    };
  }

  private static List<double[]> calibration(Baseline baseline) {
    return baseline.sample().subList(baseline.rows() / 2, baseline.rows());
  }

  private static int[] measured(Schema schema) {
    return IntStream.range(0, schema.columns().size())
        .filter(i -> !(schema.columns().get(i) instanceof Column.Category))
        .toArray();
  }

  private static List<double[]> chosen(List<double[]> rows, int[] columns) {
    return rows.stream().map(row -> chosen(row, columns)).toList();
  }

  private static double[] chosen(double[] row, int[] columns) {
    return Arrays.stream(columns)
        .mapToDouble(i -> Double.isNaN(row[i]) ? Double.MAX_VALUE : row[i])
        .toArray();
  }
}
