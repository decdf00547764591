package io.gauntlet.defenses.evasion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.evaluate.Interval;
import io.gauntlet.model.Batch;
import io.gauntlet.model.ModelException;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ThresholdTest {
  private static Batch scores(int count, RandomGenerator random) {
    float[] scores = new float[count];
    for (int i = 0; i < count; i++) {
      scores[i] = random.nextFloat();
    }
    return Batch.wrap(1, scores);
  }

  @Test
  void is_the_kth_largest_clean_score() {
    float[] scores = new float[99];
    for (int i = 0; i < 99; i++) {
      scores[(37 * i) % 99] = i;
    }
    Threshold threshold = Threshold.of(Batch.wrap(1, scores), 0.05);
    assertThat(threshold).isEqualTo(new Threshold(94, 45, 5, 99)); // 98 to 94 are five
    assertThat(threshold.refuses(94)).isFalse();
    assertThat(threshold.refuses(94.1f)).isTrue();
    assertThat(Threshold.of(Batch.wrap(1, scores), 0.01).value()).isEqualTo(98);
  }

  @Test
  void a_detectors_scores_set_it() {
    EvasionDetector first = Planted.scoring(x -> x[0]);
    Batch inputs = Planted.points(300, 1).inputs();
    assertThat(Threshold.calibrate(first, inputs, 0.1))
        .isEqualTo(Threshold.of(first.scores(inputs), 0.1));
  }

  /** Of 2,000 calibrations the mean rate is at most the one asked for, and nearly that. */
  @Test
  void fresh_clean_inputs_are_refused_at_the_rate_asked_for() {
    RandomGenerator random = Seed.of(2).forExample(0);
    double sum = 0;
    int covered = 0;
    for (int trial = 0; trial < 2000; trial++) {
      Threshold threshold = Threshold.of(scores(150, random), 0.05);
      double rate = 1 - threshold.value(); // of uniform scores
      Interval interval = threshold.falsePositiveRate(0.95);
      covered += interval.lower() <= rate && rate <= interval.upper() ? 1 : 0;
      sum += rate;
    }
    double expected = 7.0 / 151; // k = 7 of n = 150, so k / (n + 1)
    assertThat(sum / 2000).isBetween(expected - 0.0015, expected + 0.0015); // four deviations
    assertThat(covered / 2000.0).isBetween(0.93, 0.97); // exact: 0.95, four deviations
  }

  @Test
  void scores_that_are_all_the_same_refuse_none_of_them_and_leave_a_spread() {
    Threshold threshold = Threshold.of(Batch.wrap(1, new float[50]), 0.1);
    assertThat(threshold.refuses(0)).isFalse();
    assertThat(threshold.spread()).isPositive();
  }

  @Test
  void too_few_scores_wrong_rates_and_no_numbers_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Threshold.of(Batch.wrap(1, new float[18]), 0.05))
        .withMessage("a false positive rate of 0.05 needs at least 19 clean inputs, but had 18");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Threshold.of(Batch.wrap(1, new float[18]), 1))
        .withMessageContaining("above 0 and below 1, but was 1.0");
    assertThatThrownBy(() -> Threshold.of(Batch.wrap(1, new float[] {0, Float.NaN}), 0.5))
        .isInstanceOf(ModelException.class)
        .hasMessage("every score must be finite, but that of example 1 was NaN");
  }
}
