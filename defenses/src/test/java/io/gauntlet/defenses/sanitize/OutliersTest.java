package io.gauntlet.defenses.sanitize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.random.Seed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutliersTest {
  private static final Schema SCHEMA = Schema.of(Column.number("x"), Column.number("y"));

  @TempDir Path folder;

  private Baseline baseline(int rows, int number) {
    RandomGenerator random = Seed.of(1).derive(number).forExample(0);
    String text =
        IntStream.range(0, rows)
            .mapToObj(i -> random.nextGaussian() + "," + Math.exp(3 * random.nextGaussian()) + "\n")
            .collect(Collectors.joining());
    Source source = Runs.csv(folder.resolve("trusted.csv"), "x,y\n" + text);
    return Baseline.read(List.of(source), SCHEMA, rows, Seed.of(2));
  }

  private static boolean isStopped(Inspection inspection, double x, double y) {
    return inspection
        .examine(NoRows.row(Map.of("x", String.valueOf(x), "y", String.valueOf(y))))
        .isPresent();
  }

  @Test
  void the_typical_path_is_that_of_the_paper() {
    assertThat(IsolationForest.typicalPath(1)).isZero();
    assertThat(IsolationForest.typicalPath(2)).isEqualTo(1);
    assertThat(IsolationForest.typicalPath(256)).isCloseTo(10.2448, within(1e-4));
  }

  @Test
  void what_one_cut_isolates_scores_by_its_mean_path() {
    // with one point far off, the first cut isolates it with probability nearly 1
    List<double[]> rows =
        List.of(new double[] {0}, new double[] {1e-9}, new double[] {2e-9}, new double[] {1});
    IsolationForest forest = new IsolationForest(rows, 500, 4, Seed.of(3).forExample(0));
    double typical = IsolationForest.typicalPath(4);
    assertThat(forest.score(new double[] {1})).isCloseTo(Math.pow(2, -1 / typical), within(1e-6));
    // the middle of the other three is isolated by a third cut, which the depth of two replaces
    // by the typical path of the two rows left: 2 + c(2)
    assertThat(forest.score(new double[] {1e-9}))
        .isBetween(Math.pow(2, -3 / typical), Math.pow(2, -2 / typical));
  }

  @Test
  void false_alarms_keep_to_the_rate() {
    int alarms = 0;
    int asked = 0;
    for (int repeat = 0; repeat < 20; repeat++) {
      Inspection inspection =
          Outliers.from(baseline(800, repeat), 0.05, Seed.of(repeat)).begin(new NoRows());
      RandomGenerator random = Seed.of(5).derive(repeat).forExample(0);
      for (int i = 0; i < 500; i++) {
        alarms +=
            isStopped(inspection, random.nextGaussian(), Math.exp(3 * random.nextGaussian()))
                ? 1
                : 0;
        asked++;
      }
    }
    // 20 baselines: the rate of one has a standard deviation of about 0.011
    assertThat((double) alarms / asked).isCloseTo(0.05, within(3 * 0.011 / Math.sqrt(20) + 0.003));
  }

  @Test
  void rows_far_from_all_others_are_quarantined_whatever_the_scale() {
    Inspection inspection = Outliers.from(baseline(2_000, 0), 0.01, Seed.of(6)).begin(new NoRows());
    assertThat(isStopped(inspection, 8, 1e6)).isTrue();
    assertThat(isStopped(inspection, -8, 1e6)).isTrue();
    assertThat(isStopped(inspection, 0, 1)).isFalse();
  }

  @Test
  void a_rate_that_the_baseline_cannot_resolve_is_refused() {
    Baseline few = baseline(100, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Outliers.from(few, 0.001, Seed.of(7)))
        .withMessageContaining("at least 1998 rows")
        .withMessageContaining("has 100");
  }
}
