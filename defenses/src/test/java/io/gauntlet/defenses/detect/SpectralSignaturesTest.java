package io.gauntlet.defenses.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpectralSignaturesTest {
  private static final SpectralSignatures STANDARD = SpectralSignatures.standard();

  @ParameterizedTest
  @ValueSource(ints = {20, 50, 100, 200})
  void a_planted_group_is_flagged_and_nothing_else(int poisoned) {
    for (int seed = 0; seed < 5; seed++) {
      Planted planted = Planted.rows(3, 500, poisoned, 9, Seed.of(seed));
      Suspicion suspicion = planted.judgedBy(STANDARD);
      Suspicion.Accuracy accuracy = suspicion.against(planted::isPoisoned);
      assertThat(accuracy.truePositiveRate()).isGreaterThan(0.98);
      assertThat(accuracy.falsePositiveRate()).isLessThan(0.01);
      assertThat(accuracy.auroc()).isGreaterThan(0.98);
      assertThat(suspicion.verdicts())
          .extracting(Verdict::ruling)
          .containsExactly(Ruling.POISONED, Ruling.CLEAN, Ruling.CLEAN);
    }
  }

  @Test
  void clean_classes_are_not_flagged_whatever_their_shape() {
    int flagged = 0;
    for (int seed = 0; seed < 5; seed++) {
      Planted clean = Planted.rows(10, 300, 0, 0, Seed.of(seed));
      flagged += clean.judgedBy(STANDARD).flagged().length;
      flagged += clean.skewed().judgedBy(STANDARD).flagged().length;
    }
    assertThat(flagged).isLessThan(5 * 2 * 3000 / 50); // 2 %
  }

  /** All rows on one line: the top direction is known, and so is every squared deviation. */
  @Test
  void the_quota_flags_the_largest_squared_deviations_of_every_class() {
    float[] values = new float[80];
    for (int i = 0; i < 40; i++) {
      values[2 * i] = 3 * i;
      values[2 * i + 1] = 4 * i;
    }
    Batch line = Batch.wrap(2, values);
    SpectralSignatures quota = SpectralSignatures.quota(0.1f);
    Suspicion suspicion = quota.detect(line, Labels.of(new int[40]), Seed.of(1));
    assertThat(suspicion.flagged()).containsExactly(0, 1, 2, 37, 38, 39); // 1.5 * 0.1 * 40
    assertThat(suspicion.score(0)).isCloseTo(Math.pow(5 * 19.5, 2), within(1e-6));
    assertThat(suspicion.score(25)).isCloseTo(Math.pow(5 * 5.5, 2), within(1e-6));
  }

  @Test
  void the_quota_accuses_clean_rows_where_the_standard_does_not() {
    Planted clean = Planted.rows(2, 200, 0, 0, Seed.of(1));
    assertThat(clean.judgedBy(SpectralSignatures.quota(0.33f)).flagged()).hasSize(2 * 99);
    assertThat(clean.judgedBy(STANDARD).flagged()).isEmpty();
  }

  @Test
  void what_cannot_be_judged_is_not_called_clean() {
    Planted small = Planted.rows(2, 29, 5, 20, Seed.of(1));
    Suspicion suspicion = small.judgedBy(STANDARD);
    assertThat(suspicion.notJudged()).hasSize(58);
    assertThat(suspicion.flagged()).isEmpty();
    assertThat(suspicion.score(0)).isNaN();
    assertThat(suspicion.verdict(0).reason()).isEqualTo("29 rows, fewer than 30");
    Batch same = Batch.wrap(1, new float[40]);
    assertThat(STANDARD.detect(same, Labels.of(new int[40]), Seed.of(1)).verdicts())
        .extracting(Verdict::ruling)
        .containsExactly(Ruling.NOT_JUDGED);
  }

  @Test
  void the_same_seed_gives_the_same_scores() {
    Planted planted = Planted.rows(2, 100, 20, 9, Seed.of(1));
    Suspicion first = planted.judgedBy(STANDARD);
    Suspicion second = planted.judgedBy(STANDARD);
    for (int row = 0; row < first.rows(); row++) {
      assertThat(first.score(row)).isEqualTo(second.score(row));
    }
  }

  @Test
  void bad_input_is_refused_by_name() {
    Batch rows = Batch.of(new float[][] {{1}, {Float.NaN}});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> STANDARD.detect(rows, Labels.of(0, 0), Seed.of(1)))
        .withMessageContaining("row 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> STANDARD.detect(rows, Labels.of(0), Seed.of(1)))
        .withMessageContaining("2 rows and 1 labels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpectralSignatures.quota(1))
        .withMessageContaining("1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SpectralSignatures.Cut.Separated(3, 3, 0.5f))
        .withMessageContaining("0.5");
  }

  /** What the issue asks to fit in 1 GB and 20 s; run with -Plong, and -Xmx1g. */
  @Test
  @Tag("long")
  void fifty_thousand_rows_of_512_units_fit() {
    int rows = 50_000;
    Batch activations =
        Batch.wrap(512, new float[rows * 512])
            .editRows(
                (i, x) -> {
                  var random = Seed.of(5).forExample(i);
                  for (int j = 0; j < x.length; j++) {
                    x[j] = random.nextFloat() + (i % 10 == j ? 4 : 0) + (i < 2500 ? 0.4f : 0);
                  }
                });
    int[] labels = IntStream.range(0, rows).map(i -> i < 2500 ? 0 : i % 10).toArray();
    Suspicion suspicion = STANDARD.detect(activations, Labels.of(labels), Seed.of(1));
    Suspicion.Accuracy accuracy = suspicion.against(row -> row < 2500);
    assertThat(accuracy.truePositiveRate()).isGreaterThan(0.99);
    assertThat(accuracy.falsePositiveRate()).isLessThan(0.02);
  }
}
