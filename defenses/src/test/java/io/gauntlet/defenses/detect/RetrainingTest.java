package io.gauntlet.defenses.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetrainingTest {
  private static final Fit FIT = new Fit(40, 2000); // whole batches: no noise but of the rows
  private static final int EACH = 40;

  private static Softmax untrained() {
    return new Softmax(2, 2);
  }

  /** Two overlapping clouds, one to the left and one to the right; flipped where asked. */
  private static Examples clouds(int rows, long seed, int flippedFrom, int flippedTo) {
    float[][] inputs = new float[rows][];
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      RandomGenerator random = Seed.of(seed).forExample(i);
      int label = i % 2;
      float x = (float) random.nextGaussian() + (label == 0 ? -1.5f : 1.5f);
      inputs[i] = new float[] {x, (float) random.nextGaussian()};
      labels[i] = i >= flippedFrom && i < flippedTo ? 1 - label : label;
    }
    return Examples.of(Batch.of(inputs), labels);
  }

  private static Sources sources(int rows) {
    return Sources.of(IntStream.range(0, rows).mapToObj(i -> "s" + i / EACH).toList());
  }

  private static List<Ruling> rulings(PoisonDetector detector, Examples training, long seed) {
    return detector.detect(training, Seed.of(seed)).verdicts().stream()
        .map(Verdict::ruling)
        .toList();
  }

  @Test
  void roni_rejects_the_source_of_flipped_labels_and_no_other() {
    Examples trusted = clouds(180, 99, 0, 0);
    Roni roni = Roni.standard(RetrainingTest::untrained, sources(200), trusted).withFit(FIT);
    for (int seed = 0; seed < 5; seed++) {
      Examples training = clouds(200, seed, 80, 120);
      Suspicion suspicion = roni.detect(training, Seed.of(seed));
      assertThat(suspicion.flagged()).containsExactly(IntStream.range(80, 120).toArray());
    }
  }

  @Test
  void roni_rejects_almost_nothing_that_is_clean() {
    Examples trusted = clouds(180, 99, 0, 0);
    Roni roni = Roni.standard(RetrainingTest::untrained, sources(400), trusted).withFit(FIT);
    int accused = 0;
    for (int seed = 0; seed < 5; seed++) {
      accused += roni.detect(clouds(400, 10 + seed, 0, 0), Seed.of(seed)).flagged().length;
    }
    assertThat(accused).isLessThanOrEqualTo(EACH); // one source of fifty, 2 %
  }

  @Test
  void roni_asks_for_enough_trusted_rows() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Roni.standard(RetrainingTest::untrained, sources(200), clouds(59, 1, 0, 0)))
        .withMessageContaining("at least 60, but was 59");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Roni.standard(RetrainingTest::untrained, sources(200), clouds(60, 1, 0, 0))
                    .detect(clouds(199, 1, 0, 0), Seed.of(1)))
        .withMessageContaining("199 rows and 200 sources");
  }

  /**
   * A fifth of the rows lies far to the left with the label of the right, and moves the boundary.
   */
  private static Examples oneSourceMislabelled(long seed) {
    int[] labels = IntStream.range(0, 200).map(i -> i / EACH == 1 ? 1 : i % 2).toArray();
    Batch inputs =
        clouds(200, seed, 0, 0).inputs().editRows((i, x) -> x[0] = i / EACH == 1 ? -3 : x[0]);
    return Examples.of(inputs, labels);
  }

  @Test
  void provenance_finds_the_source_that_lowers_the_accuracy_of_trusted_rows() {
    ProvenanceFilter filter =
        ProvenanceFilter.trusting(clouds(4000, 99, 0, 0), RetrainingTest::untrained, sources(200))
            .withFit(FIT);
    for (int seed = 0; seed < 5; seed++) {
      assertThat(rulings(filter, oneSourceMislabelled(seed), seed))
          .containsExactly(Ruling.CLEAN, Ruling.POISONED, Ruling.CLEAN, Ruling.CLEAN, Ruling.CLEAN);
      assertThat(rulings(filter, clouds(200, seed, 0, 0), seed)).containsOnly(Ruling.CLEAN);
    }
  }

  /** Ten times the rows: what is held out now is a half of what is there. */
  @Test
  void provenance_needs_no_trusted_rows_where_most_sources_are_clean() {
    Sources fifths = Sources.of(IntStream.range(0, 2000).mapToObj(i -> "s" + i / 400).toList());
    ProvenanceFilter filter =
        ProvenanceFilter.trustingNone(RetrainingTest::untrained, fifths).withFit(FIT);
    Examples clean = clouds(2000, 1, 0, 0);
    int[] labels = IntStream.range(0, 2000).map(i -> i / 400 == 1 ? 1 : i % 2).toArray();
    Examples poisoned = Examples.of(clean.inputs(), labels);
    assertThat(rulings(filter, poisoned, 1))
        .containsExactly(Ruling.CLEAN, Ruling.POISONED, Ruling.CLEAN, Ruling.CLEAN, Ruling.CLEAN);
    assertThat(rulings(filter, clean, 1)).containsOnly(Ruling.CLEAN);
  }

  @Test
  void mcnemar_is_exact() {
    boolean[] with = {true, false, false, false, false, true};
    boolean[] without = {true, true, true, true, true, false};
    ProvenanceFilter.Change change =
        ProvenanceFilter.Change.of(with, without, new int[] {0, 1, 2, 3, 4, 5});
    assertThat(change).isEqualTo(new ProvenanceFilter.Change(6, 4, 1));
    assertThat(change.gain()).isEqualTo(0.5);
    assertThat(change.chance()).isCloseTo(6 / 32.0, within(1e-12)); // (5 + 1) of 2^5
    assertThat(new ProvenanceFilter.Change(6, 0, 0).chance()).isEqualTo(1);
  }

  @Test
  void a_source_without_another_is_not_judged() {
    Examples training = clouds(20, 1, 0, 0);
    Sources only = Sources.consecutive(20, 20);
    assertThat(
            rulings(
                ProvenanceFilter.trusting(training, RetrainingTest::untrained, only), training, 1))
        .containsExactly(Ruling.NOT_JUDGED);
  }

  @Test
  void consecutive_sources_have_every_row_once() {
    Sources sources = Sources.consecutive(10, 4);
    assertThat(sources.names()).containsExactly("rows 0 to 3", "rows 4 to 7", "rows 8 to 9");
    assertThat(sources.rowsOf("rows 8 to 9")).containsExactly(8, 9);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sources.rowsOf("rows 1 to 2"))
        .withMessageContaining("rows 1 to 2");
  }
}
