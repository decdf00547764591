package io.gauntlet.defenses.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.defenses.detect.ActivationClustering.Point;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import org.apache.commons.math3.ml.clustering.Cluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationClusteringTest {
  private static final ActivationClustering STANDARD = ActivationClustering.standard();

  @ParameterizedTest
  @ValueSource(ints = {25, 50, 100, 200})
  void a_planted_cluster_is_flagged_and_nothing_else(int poisoned) {
    for (int seed = 0; seed < 5; seed++) {
      Planted planted = Planted.rows(3, 500, poisoned, 12, Seed.of(seed));
      Suspicion suspicion = planted.judgedBy(STANDARD);
      Suspicion.Accuracy accuracy = suspicion.against(planted::isPoisoned);
      assertThat(accuracy.found()).isEqualTo(poisoned);
      assertThat(accuracy.accused()).isZero();
      assertThat(accuracy.auroc()).isGreaterThan(0.999);
      assertThat(suspicion.verdicts())
          .extracting(Verdict::ruling)
          .containsExactly(Ruling.POISONED, Ruling.CLEAN, Ruling.CLEAN);
    }
  }

  @Test
  void clean_classes_are_cut_in_two_and_not_flagged() {
    int flagged = 0;
    for (int seed = 0; seed < 5; seed++) {
      Planted clean = Planted.rows(10, 300, 0, 0, Seed.of(seed));
      flagged += clean.judgedBy(STANDARD).flagged().length;
      flagged += clean.skewed().judgedBy(STANDARD).flagged().length;
    }
    assertThat(flagged).isLessThan(5 * 2 * 3000 / 50); // 2 %
  }

  @Test
  void size_and_silhouette_must_both_be_suspicious() {
    Planted halves = Planted.rows(1, 500, 250, 20, Seed.of(1));
    assertThat(halves.judgedBy(STANDARD).flagged()).isEmpty();
    assertThat(halves.judgedBy(STANDARD).verdict(0).reason())
        .contains("250 even rows and 250 others");
    Planted few = Planted.rows(1, 500, 50, 12, Seed.of(1));
    assertThat(few.judgedBy(STANDARD.withSilhouettes(0.95f, 0.95f)).flagged()).isEmpty();
    assertThat(few.judgedBy(STANDARD.withLargestShare(0.05f)).flagged()).isEmpty();
  }

  /** By hand: a = 1 and b = (9 + 10) / 2 for the first point, and so on. */
  @Test
  void the_silhouette_is_rousseeuws() {
    Cluster<Point> left = cluster(0, 1);
    Cluster<Point> right = cluster(9, 10);
    double outer = 1 - 1 / 9.5;
    double inner = 1 - 1 / 8.5;
    assertThat(Silhouette.of(left, right, Seed.of(1)))
        .isCloseTo((outer + inner) / 2, within(1e-12));
    assertThat(Silhouette.of(cluster(0, 1), cluster(5), Seed.of(1)))
        .isCloseTo((0.8 + 0.75) / 3, within(1e-12));
  }

  private static Cluster<Point> cluster(double... places) {
    Cluster<Point> cluster = new Cluster<>();
    for (double place : places) {
      cluster.addPoint(new Point(new double[] {place}));
    }
    return cluster;
  }

  @Test
  void what_cannot_be_judged_is_not_called_clean() {
    Planted small = Planted.rows(2, 29, 5, 20, Seed.of(1));
    assertThat(small.judgedBy(STANDARD).notJudged()).hasSize(58);
    Batch same = Batch.wrap(1, new float[40]);
    assertThat(STANDARD.detect(same, Labels.of(new int[40]), Seed.of(1)).verdicts())
        .extracting(Verdict::ruling)
        .containsExactly(Ruling.NOT_JUDGED);
  }

  @Test
  void bad_hyperparameters_are_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> STANDARD.withLargestShare(0.6f))
        .withMessageContaining("0.6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> STANDARD.withSilhouettes(Float.NaN, 0))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> STANDARD.withRestarts(0))
        .withMessageContaining("restarts");
  }
}
