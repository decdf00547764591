package io.gauntlet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class CheckTest {
  @Test
  void good_values_come_back() {
    assertThat(Check.nonNegative(0, "x")).isZero();
    assertThat(Check.positive(Float.MIN_VALUE, "x")).isEqualTo(Float.MIN_VALUE);
    assertThat(Check.atLeast(-3, -3, "x")).isEqualTo(-3);
  }

  @Test
  void bad_values_and_nan_are_named() {
    for (float bad : new float[] {-0.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Check.nonNegative(bad, "width of a step"))
          .withMessage("width of a step must be finite and not negative, but was " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Check.positive(bad, "x"))
          .withMessage("x must be finite and positive, but was " + bad);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> Check.positive(0, "x"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Check.atLeast(10, 9, "x"))
        .withMessage("x must be at least 10, but was 9"); // in digits every log reader knows
  }

  @Test
  void a_model_is_driven_by_at_least_one_worker_with_at_least_one_example() {
    assertThat(Concurrency.SINGLE_THREADED).isEqualTo(new Concurrency(1, 64));
    assertThat(Concurrency.threadSafe(8).workers()).isPositive();
    assertThat(Concurrency.threadSafe(8).checkWorkers(100)).isEqualTo(100);
    assertThat(Concurrency.SINGLE_THREADED.checkWorkers(1)).isEqualTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Concurrency.SINGLE_THREADED.checkWorkers(2))
        .withMessage("workers must be 1 for a model that is not thread-safe, but was 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Concurrency(0, 1))
        .withMessage("workers must be at least 1, but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Concurrency.threadSafe(0))
        .withMessage("preferredBatch must be at least 1, but was 0");
  }
}
