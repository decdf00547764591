package io.gauntlet.defenses.sanitize;

import io.gauntlet.model.Check;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;

/**
 * Compares each source with a trusted baseline: every number and every text's length by
 * Kolmogorov-Smirnov, every category by χ², all columns together by MMD, corrected for the number
 * of tests over all sources.
 *
 * <p>Works on a uniform sample of each source. χ² pools classes that are expected fewer than five
 * times (Cochran 1954). MMD measures numbers in standard deviations of the baseline and counts a
 * different class as one. Kolmogorov-Smirnov is conservative where values repeat; tests with too
 * few values are left out, which a note says.
 *
 * <p>Not every drift is an attack, and with many rows the smallest becomes significant: by default
 * drift is reported and nothing is quarantined. Rule: {@code drift}.
 *
 * @param name of the stage, so that a pipeline can measure drift before and after
 * @param baseline what is trusted
 * @param level of significance, after correction; in (0, 1)
 * @param correction Holm, or Benjamini and Hochberg
 * @param consequence what happens to sources that drift
 * @param sampled rows of each source that are looked at; at least 10
 * @param jointly rows of each side that MMD looks at; at least 2
 * @param permutations of MMD; at least 1. The smallest p is 1 / (permutations + 1), which must be
 *     below the level divided by the number of tests for Holm ever to reject
 * @param seed of sampling and permutations
 */
public record Drift(
    String name,
    Baseline baseline,
    double level,
    Correction correction,
    Consequence consequence,
    int sampled,
    int jointly,
    int permutations,
    Seed seed)
    implements Stage {
  private static final int FEWEST = 5;

  /** What becomes of a source that drifts. */
  public enum Consequence {
    /** Its tests stand in the report. */
    REPORT,
    /** All its rows are quarantined as well. */
    QUARANTINE
  }

  /** Checks the ranges. */
  public Drift {
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException("level must be between 0 and 1, but was " + level);
    }
    Check.atLeast(10, sampled, "sampled");
    Check.atLeast(2, jointly, "jointly");
    Check.atLeast(1, permutations, "permutations");
  }

  /** Holm at 0.01, reported; 2,000 rows of each source, 200 of them jointly, 9,999 permutations. */
  public static Drift from(Baseline baseline, Seed seed) {
    return new Drift(
        "drift", baseline, 0.01, Correction.HOLM, Consequence.REPORT, 2_000, 200, 9_999, seed);
  }

  /** Same under another name. */
  public Drift named(String newName) {
    return new Drift(
        newName, baseline, level, correction, consequence, sampled, jointly, permutations, seed);
  }

  /** Same with another level. */
  public Drift withLevel(double newLevel) {
    return new Drift(
        name, baseline, newLevel, correction, consequence, sampled, jointly, permutations, seed);
  }

  /** Same with another correction. */
  public Drift withCorrection(Correction newCorrection) {
    return new Drift(
        name, baseline, level, newCorrection, consequence, sampled, jointly, permutations, seed);
  }

  /** Same that quarantines sources that drift. */
  public Drift quarantining() {
    return new Drift(
        name,
        baseline,
        level,
        correction,
        Consequence.QUARANTINE,
        sampled,
        jointly,
        permutations,
        seed);
  }

  @Override
  public String settings() {
    return toString();
  }

  @Override
  public Inspection begin(Rows rows) {
    Map<String, Reservoir> samples = new LinkedHashMap<>();
    rows.forEach(
        row ->
            samples
                .computeIfAbsent(
                    row.source(),
                    source -> new Reservoir(sampled, seed.derive(1).forExample(samples.size())))
                .offer(baseline.encoded(row)));
    List<DriftTest> raw = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    samples.forEach((source, sample) -> test(source, sample.sample(), raw, notes));
    List<DriftTest> tests = corrected(raw);
    Map<String, Reason> reasons = new LinkedHashMap<>();
    if (consequence == Consequence.QUARANTINE) {
      tests.stream()
          .filter(DriftTest::drifted)
          .forEach(test -> reasons.putIfAbsent(test.source(), reason(test)));
    }
    return new Inspection() {
      @Override
      public Optional<Reason> examine(Row row) {
        return Optional.ofNullable(reasons.get(row.source()));
      }

      @Override
      public List<DriftTest> drift() {
        return tests;
      }

      @Override
      public List<String> notes() {
        return notes;
      }
    };
  }

  private void test(
      String source, List<double[]> sample, List<DriftTest> tests, List<String> notes) {
    List<Column> columns = baseline.schema().columns();
    for (int i = 0; i < columns.size(); i++) {
      String column = columns.get(i).name();
      double[] trusted = Baseline.column(baseline.sample(), i);
      double[] found = Baseline.column(sample, i);
      if (trusted.length < FEWEST || found.length < FEWEST) {
        notes.add(
            "%s: %s has too few values to be tested: %s, and %s trusted"
                .formatted(source, column, found.length, trusted.length));
      } else if (columns.get(i) instanceof Column.Category category) {
        chiSquare(category.classes().size(), trusted, found)
            .ifPresent(test -> tests.add(test.in(source, column)));
      } else {
        tests.add(kolmogorovSmirnov(trusted, found).in(source, column));
      }
    }
    if (Math.min(sample.size(), baseline.rows()) < FEWEST) {
      notes.add(
          "%s: %s rows, and %s trusted, are too few to be tested jointly"
              .formatted(source, sample.size(), baseline.rows()));
    } else {
      tests.add(jointly(sample).in(source, "*"));
    }
  }

  private record Outcome(String test, double statistic, double p) {
    DriftTest in(String source, String column) {
      return new DriftTest(source, column, test, statistic, p, 1, false);
    }
  }

  private static Outcome kolmogorovSmirnov(double[] trusted, double[] found) {
    KolmogorovSmirnovTest test = new KolmogorovSmirnovTest();
    return new Outcome(
        "Kolmogorov-Smirnov",
        test.kolmogorovSmirnovStatistic(trusted, found),
        test.kolmogorovSmirnovTest(trusted, found, false)); // of at least this statistic
  }

  /** Empty if all rows of both sides are of one class, or of classes too rare. */
  private static Optional<Outcome> chiSquare(int classes, double[] trusted, double[] found) {
    long[] a = counts(classes, trusted);
    long[] b = counts(classes, found);
    double smaller =
        (double) Math.min(trusted.length, found.length) / (trusted.length + found.length);
    List<long[]> cells = new ArrayList<>();
    long[] rare = new long[2];
    for (int i = 0; i < classes; i++) {
      if ((a[i] + b[i]) * smaller < FEWEST) {
        rare[0] += a[i];
        rare[1] += b[i];
      } else {
        cells.add(new long[] {a[i], b[i]});
      }
    }
    if (rare[0] + rare[1] > 0) {
      cells.add(rare);
    }
    if (cells.size() < 2) {
      return Optional.empty();
    }
    long[] left = cells.stream().mapToLong(cell -> cell[0]).toArray();
    long[] right = cells.stream().mapToLong(cell -> cell[1]).toArray();
    ChiSquareTest test = new ChiSquareTest();
    return Optional.of(
        new Outcome(
            "chi-square",
            test.chiSquareDataSetsComparison(left, right),
            test.chiSquareTestDataSetsComparison(left, right)));
  }

  private static long[] counts(int classes, double[] values) {
    long[] counts = new long[classes];
    for (double value : values) {
      counts[(int) value]++;
    }
    return counts;
  }

  private Outcome jointly(List<double[]> sample) {
    List<Column> columns = baseline.schema().columns();
    double[] deviations = new double[columns.size()];
    for (int i = 0; i < deviations.length; i++) {
      deviations[i] =
          columns.get(i) instanceof Column.Category
              ? 0
              : Baseline.deviation(Baseline.column(baseline.sample(), i)).orElse(1);
    }
    Mmd mmd =
        new Mmd(few(baseline.sample(), 2), few(sample, 3), (a, b) -> squared(a, b, deviations));
    return new Outcome("MMD", mmd.statistic(), mmd.p(permutations, seed.derive(4).forExample(0)));
  }

  private List<double[]> few(List<double[]> sample, int number) {
    Reservoir few = new Reservoir(jointly, seed.derive(number).forExample(0));
    sample.forEach(few::offer);
    return few.sample();
  }

  /** A deviation of 0 stands for a category. */
  private static double squared(double[] a, double[] b, double[] deviations) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      if (deviations[i] == 0 || Double.isNaN(a[i]) || Double.isNaN(b[i])) {
        sum += Double.compare(a[i], b[i]) == 0 ? 0 : 1;
      } else {
        double difference = (a[i] - b[i]) / deviations[i];
        sum += difference * difference;
      }
    }
    return sum;
  }

  private List<DriftTest> corrected(List<DriftTest> raw) {
    double[] p = correction.adjust(raw.stream().mapToDouble(DriftTest::p).toArray());
    List<DriftTest> tests = new ArrayList<>();
    for (int i = 0; i < p.length; i++) {
      DriftTest test = raw.get(i);
      tests.add(
          new DriftTest(
              test.source(),
              test.column(),
              test.test(),
              test.statistic(),
              test.p(),
              p[i],
              p[i] <= level));
    }
    return List.copyOf(tests);
  }

  private Reason reason(DriftTest test) {
    return new Reason(
        "drift",
        String.format(
            Locale.ROOT,
            "the source must be distributed like the baseline, but %s of %s is %.4g, corrected p"
                + " %.2g",
            test.test(),
            test.column(),
            test.statistic(),
            test.corrected()));
  }
}
