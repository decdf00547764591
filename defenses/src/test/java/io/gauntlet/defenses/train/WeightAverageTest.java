package io.gauntlet.defenses.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import org.junit.jupiter.api.Test;

class WeightAverageTest {
  /** One weight in the course of a training. */
  private static final float[] WEIGHTS = {4, -2, 7, 0.5f, 3, 3, -8, 1};

  @Test
  void the_exponential_average_weighs_the_past_by_powers_of_the_decay() {
    double decay = 0.2; // less than a young average would keep
    double expected = Math.pow(decay, WEIGHTS.length - 1) * WEIGHTS[0];
    for (int t = 1; t < WEIGHTS.length; t++) {
      expected += (1 - decay) * Math.pow(decay, WEIGHTS.length - 1 - t) * WEIGHTS[t];
    }

    assertThat(averaged(new ExponentialAverage(decay))).isCloseTo((float) expected, within(1e-6f));
  }

  @Test
  void a_young_exponential_average_forgets_faster() {
    Batch average = Batch.of(new float[] {0});
    Batch weights = Batch.of(new float[] {1});
    ExponentialAverage rule = ExponentialAverage.standard();

    assertThat(rule.next(average, weights, 2).get(0, 0)).isCloseTo(1 - 3 / 12f, within(1e-6f));
    assertThat(rule.next(average, weights, 90).get(0, 0)).isCloseTo(1 - 91 / 100f, within(1e-6f));
    assertThat(rule.next(average, weights, 100_000).get(0, 0)).isCloseTo(0.005f, within(1e-6f));
  }

  @Test
  void the_stochastic_average_is_the_plain_mean_of_the_steps_that_count() {
    assertThat(averaged(new StochasticAverage(1, 1)))
        .isCloseTo((4 - 2 + 7 + 0.5f + 3 + 3 - 8 + 1) / 8, within(1e-6f));
    assertThat(averaged(new StochasticAverage(5, 1)))
        .isCloseTo((3 + 3 - 8 + 1) / 4f, within(1e-6f));
    assertThat(averaged(new StochasticAverage(2, 3))).isCloseTo((-2 + 3 + 1) / 3f, within(1e-6f));
  }

  @Test
  void before_its_first_step_the_stochastic_average_is_the_weights() {
    assertThat(averaged(new StochasticAverage(9, 1))).isEqualTo(1);
  }

  private static float averaged(WeightAverage rule) {
    Batch average = Batch.of(new float[] {WEIGHTS[0]});
    for (int step = 2; step <= WEIGHTS.length; step++) {
      average = rule.next(average, Batch.of(new float[] {WEIGHTS[step - 1]}), step);
    }
    return average.get(0, 0);
  }

  @Test
  void numbers_out_of_range_are_named() {
    assertThatThrownBy(() -> new ExponentialAverage(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("decay must be at least 0 and below 1, but was 1.0");
    assertThatThrownBy(() -> new ExponentialAverage(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new StochasticAverage(0, 1))
        .hasMessage("from must be at least 1, but was 0");
    assertThatThrownBy(() -> new StochasticAverage(1, 0))
        .hasMessage("every must be at least 1, but was 0");
  }
}
