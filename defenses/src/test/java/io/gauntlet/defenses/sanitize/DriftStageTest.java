package io.gauntlet.defenses.sanitize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.random.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftStageTest {
  @TempDir Path folder;

  private IngestionReport run(Drift drift, Source... sources) throws IOException {
    return Pipeline.of(drift).run(List.of(sources), folder.resolve("run"));
  }

  private Source source(String name, String header, List<String> rows) {
    return Runs.csv(folder.resolve(name), header + "\n" + String.join("\n", rows) + "\n");
  }

  private static Baseline baseline(Schema schema, Source source) {
    return Baseline.read(List.of(source), schema, 5_000, Seed.of(1));
  }

  @Test
  void kolmogorov_smirnov_of_two_samples_apart_has_the_exact_p_value() throws IOException {
    Schema schema = Schema.of(Column.number("x"));
    Source trusted = source("trusted.csv", "x", List.of("1", "2", "3", "4", "5"));
    Source found = source("found.csv", "x", List.of("6", "7", "8", "9", "10"));
    DriftTest test = run(Drift.from(baseline(schema, trusted), Seed.of(2)), found).drift().get(0);
    assertThat(test.test()).isEqualTo("Kolmogorov-Smirnov");
    assertThat(test.statistic()).isEqualTo(1);
    assertThat(test.p()).isCloseTo(2 / 252.0, within(1e-12)); // 2 of the 10-choose-5 orders
  }

  @Test
  void chi_square_of_a_table_of_four_cells_has_its_closed_form() throws IOException {
    Schema schema = Schema.of(Column.category("y", "a", "b"));
    Source trusted = source("trusted.csv", "y", repeated(30, 10));
    Source found = source("found.csv", "y", repeated(10, 30));
    DriftTest test = run(Drift.from(baseline(schema, trusted), Seed.of(2)), found).drift().get(0);
    // n (ad - bc)^2 / product of the margins, and the tail of a squared Gaussian
    assertThat(test.statistic()).isCloseTo(80.0 * 800 * 800 / (40.0 * 40 * 40 * 40), within(1e-9));
    assertThat(test.p()).isCloseTo(Erf.erfc(Math.sqrt(20 / 2.0)), within(1e-12));
    assertThat(test.drifted()).isTrue();
  }

  @Test
  void rare_classes_are_pooled_and_a_single_class_is_no_test() throws IOException {
    Schema schema = Schema.of(Column.category("y", "a", "b", "c"), Column.category("z", "k"));
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add((i < 20 ? "a" : i < 38 ? "b" : "c") + ",k");
    }
    Source trusted = source("trusted.csv", "y,z", rows);
    Source found = source("found.csv", "y,z", rows);
    List<DriftTest> tests = run(Drift.from(baseline(schema, trusted), Seed.of(2)), found).drift();
    assertThat(tests).extracting(DriftTest::column).containsExactly("y", "*");
    assertThat(tests.get(0).statistic()).isZero();
    assertThat(tests.get(0).p()).isEqualTo(1);
  }

  @Test
  void holm_is_as_r_computes_it() {
    // R 4: p.adjust(c(0.01, 0.04, 0.02, 0.05, 0.03), "holm")
    assertThat(Correction.HOLM.adjust(new double[] {0.01, 0.04, 0.02, 0.05, 0.03}))
        .usingComparatorWithPrecision(1e-12)
        .containsExactly(0.05, 0.09, 0.08, 0.09, 0.09);
  }

  @Test
  void benjamini_and_hochberg_reject_what_they_published() {
    // section 3.2 of their paper: 15 tests, of which four are rejected at 0.05
    double[] p = {
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
      0.5719, 0.6528, 0.7590, 1.0
    };
    assertThat(rejected(Correction.BENJAMINI_HOCHBERG, p)).isEqualTo(4);
    assertThat(rejected(Correction.HOLM, p)).isEqualTo(3); // as Bonferroni's, also given there
    assertThat(Correction.BENJAMINI_HOCHBERG.adjust(p)[3])
        .isCloseTo(15 * 0.0095 / 4, within(1e-12));
  }

  private static long rejected(Correction correction, double[] p) {
    return Arrays.stream(correction.adjust(p)).filter(value -> value <= 0.05).count();
  }

  @Test
  void mmd_is_the_sum_over_pairs_of_the_paper() {
    List<double[]> x = List.of(new double[] {0}, new double[] {1}, new double[] {3});
    List<double[]> y = List.of(new double[] {2}, new double[] {7});
    double[] squares = {1, 9, 4, 4, 1, 1, 49, 36, 16, 25};
    Arrays.sort(squares);
    double width = squares[5];
    double expected =
        2 * (k(1, width) + k(9, width) + k(4, width)) / 6
            + 2 * k(25, width) / 2
            - 2
                * (k(4, width)
                    + k(49, width)
                    + k(1, width)
                    + k(36, width)
                    + k(1, width)
                    + k(16, width))
                / 6;
    assertThat(new Mmd(x, y, DriftStageTest::squared).statistic())
        .isCloseTo(expected, within(1e-12));
  }

  private static double k(double squared, double width) {
    return Math.exp(-squared / (2 * width));
  }

  private static double squared(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }

  @Test
  void without_drift_the_p_value_of_mmd_is_uniform() {
    int simulations = 1_000;
    int[] tenths = new int[10];
    RandomGenerator random = Seed.of(3).forExample(0);
    for (int i = 0; i < simulations; i++) {
      Mmd mmd = new Mmd(gaussian(12, random), gaussian(9, random), DriftStageTest::squared);
      tenths[(int) Math.ceil(mmd.p(99, random) * 10 - 1e-9) - 1]++;
    }
    double chiSquare = 0;
    for (int count : tenths) {
      chiSquare += Math.pow(count - simulations / 10.0, 2) / (simulations / 10.0);
    }
    assertThat(chiSquare).isLessThan(27.88); // 0.1 % of nine degrees of freedom
  }

  private static List<double[]> gaussian(int rows, RandomGenerator random) {
    return IntStream.range(0, rows)
        .mapToObj(i -> new double[] {random.nextGaussian(), random.nextGaussian()})
        .toList();
  }

  @Test
  void columns_that_change_only_together_are_noticed_by_the_joint_test_alone() throws IOException {
    RandomGenerator random = Seed.of(4).forExample(0);
    List<String> apart = new ArrayList<>();
    List<String> tied = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      double x = random.nextGaussian();
      apart.add(x + "," + random.nextGaussian());
      double y = random.nextGaussian();
      tied.add(y + "," + y);
    }
    Schema schema = Schema.of(Column.number("x"), Column.number("y"));
    IngestionReport report =
        run(
            Drift.from(baseline(schema, source("trusted.csv", "x,y", apart)), Seed.of(5)),
            source("found.csv", "x,y", tied));
    assertThat(report.drift())
        .filteredOn(DriftTest::drifted)
        .extracting(DriftTest::column)
        .containsExactly("*");
    assertThat(report.rowsAccepted()).isEqualTo(400); // reported only
  }

  @Test
  void a_source_that_drifts_is_quarantined_on_request_and_the_others_go_through()
      throws IOException {
    RandomGenerator random = Seed.of(6).forExample(0);
    Schema schema = Schema.of(Column.number("x"), Column.text("t", 50));
    Source trusted = source("trusted.csv", "x,t", rows(random, 500, 0));
    Source good = source("good.csv", "x,t", rows(random, 300, 0));
    Source bad = source("bad.csv", "x,t", rows(random, 300, 1));
    IngestionReport report =
        run(Drift.from(baseline(schema, trusted), Seed.of(7)).quarantining(), good, bad);
    assertThat(report.reasons()).containsExactly(Map.entry("drift: drift", 300L));
    assertThat(report.sources().get(0).accepted()).isEqualTo(300);
    assertThat(report.drift())
        .filteredOn(DriftTest::drifted)
        .extracting(test -> test.source() + " " + test.column())
        .containsExactly("bad.csv x", "bad.csv *");
    assertThat(report.toString()).contains("Kolmogorov-Smirnov", "MMD", "drifted");
  }

  @Test
  void too_few_values_are_noted_rather_than_tested() throws IOException {
    Schema schema = Schema.of(Column.number("x").optional(), Column.number("y"));
    Source trusted =
        source("trusted.csv", "x,y", List.of("1,1", "2,2", "3,3", "4,4", "5,5", "6,6"));
    Source found = source("found.csv", "x,y", List.of(",1", ",2", ",3", ",4", ",5", "6,6"));
    IngestionReport report = run(Drift.from(baseline(schema, trusted), Seed.of(8)), found);
    assertThat(report.drift()).extracting(DriftTest::column).containsExactly("y", "*");
    assertThat(report.stages().get(1).notes())
        .containsExactly("found.csv: x has too few values to be tested: 1, and 6 trusted");
  }

  private static List<String> rows(RandomGenerator random, int count, double shift) {
    return IntStream.range(0, count)
        .mapToObj(i -> (random.nextGaussian() + shift) + "," + "x".repeat(1 + random.nextInt(40)))
        .toList();
  }

  private static List<String> repeated(int a, int b) {
    return IntStream.range(0, a + b).mapToObj(i -> i < a ? "a" : "b").collect(Collectors.toList());
  }
}
