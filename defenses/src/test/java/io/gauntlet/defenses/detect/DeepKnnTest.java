package io.gauntlet.defenses.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeepKnnTest {
  @Test
  void the_score_is_what_a_search_of_all_rows_counts() {
    Planted planted = Planted.rows(3, 40, 20, 6, Seed.of(3));
    Batch rows = planted.activations();
    Suspicion suspicion = planted.judgedBy(new DeepKnn(7, 1000));
    for (int row = 0; row < rows.rows(); row++) {
      int own = row;
      int[] nearest =
          IntStream.range(0, rows.rows())
              .filter(other -> other != own)
              .boxed()
              .sorted(Comparator.comparingDouble(other -> distance(rows, own, other)))
              .limit(7)
              .mapToInt(other -> planted.labels().atRow(other))
              .toArray();
      int[] votes = new int[3];
      for (int label : nearest) {
        votes[label]++;
      }
      int label = planted.labels().atRow(row);
      int agree = votes[label];
      votes[label] = 0;
      assertThat(suspicion.score(row))
          .isEqualTo((Arrays.stream(votes).max().orElseThrow() - agree) / 7.0);
    }
  }

  private static double distance(Batch rows, int a, int b) {
    double sum = 0;
    for (int j = 0; j < rows.width(); j++) {
      sum += Math.pow(rows.get(a, j) - rows.get(b, j), 2);
    }
    return sum;
  }

  @Test
  void flipped_labels_are_flagged_and_clean_ones_are_not() {
    for (int seed = 0; seed < 5; seed++) {
      Planted clean = Planted.rows(4, 200, 0, 0, Seed.of(seed));
      assertThat(clean.judgedBy(DeepKnn.standard()).flagged()).hasSizeLessThan(16); // 2 %
      int[] labels = IntStream.range(0, 800).map(i -> i < 40 ? 3 : i / 200).toArray();
      Suspicion suspicion =
          DeepKnn.standard().detect(clean.activations(), Labels.of(labels), Seed.of(seed));
      Suspicion.Accuracy accuracy = suspicion.against(row -> row < 40);
      assertThat(accuracy.truePositiveRate()).isGreaterThan(0.95);
      assertThat(accuracy.falsePositiveRate()).isLessThan(0.02);
    }
  }

  @Test
  void a_few_references_stand_for_all_rows() {
    int[] labels = IntStream.range(0, 800).map(i -> i < 40 ? 3 : i / 200).toArray();
    Planted clean = Planted.rows(4, 200, 0, 0, Seed.of(1));
    Suspicion.Accuracy accuracy =
        new DeepKnn(10, 200)
            .detect(clean.activations(), Labels.of(labels), Seed.of(1))
            .against(row -> row < 40);
    assertThat(accuracy.truePositiveRate()).isGreaterThan(0.9);
    assertThat(accuracy.falsePositiveRate()).isLessThan(0.02);
  }

  /** Rows of a backdoor keep to themselves: the documented blind spot. */
  @Test
  void a_cluster_of_poison_vouches_for_itself() {
    Planted planted = Planted.rows(3, 200, 100, 12, Seed.of(1));
    Suspicion.Accuracy accuracy = planted.judgedBy(DeepKnn.standard()).against(planted::isPoisoned);
    assertThat(accuracy.found()).isZero();
  }

  @Test
  void a_class_that_cannot_fill_a_neighbourhood_is_not_judged() {
    Planted planted = Planted.rows(2, 50, 0, 0, Seed.of(1));
    assertThat(planted.judgedBy(DeepKnn.standard()).notJudged()).hasSize(100);
    assertThat(planted.judgedBy(DeepKnn.standard().withNeighbours(49)).notJudged()).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DeepKnn(5, 5))
        .withMessageContaining("references");
  }
}
