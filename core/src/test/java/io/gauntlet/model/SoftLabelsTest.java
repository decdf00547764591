package io.gauntlet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoftLabelsTest {
  private static final Batch LOGITS = Batch.of(new float[] {0.3f, -1, 2}, new float[] {3, 3, -1});
  private static final SoftLabels SOFT =
      new SoftLabels(Batch.of(new float[] {0.2f, 0.7f, 0.1f}, new float[] {0.5f, 0.25f, 0.25f}));

  @Test
  void that_are_hard_are_cross_entropy() {
    CrossEntropy hard = new CrossEntropy(Labels.of(2, 0));
    SoftLabels soft = new SoftLabels(Batch.of(new float[] {0, 0, 1}, new float[] {1, 0, 0}));
    for (int i = 0; i < 2; i++) {
      assertThat(soft.values(LOGITS).row(i))
          .containsExactly(hard.values(LOGITS).row(i), within(1e-6f));
      assertThat(soft.gradient(LOGITS).row(i))
          .containsExactly(hard.gradient(LOGITS).row(i), within(1e-6f));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0.5f, 1, 10})
  void slope_as_their_differences_do_at_any_temperature(float temperature) {
    LogitLoss loss = SOFT.atTemperature(temperature);
    for (int k = 0; k < 3; k++) {
      int number = k;
      Batch up = LOGITS.editRows((i, z) -> z[number] += 0.01f);
      Batch down = LOGITS.editRows((i, z) -> z[number] -= 0.01f);
      for (int i = 0; i < 2; i++) {
        float slope = (loss.values(up).get(i, 0) - loss.values(down).get(i, 0)) / 0.02f;
        assertThat(loss.gradient(LOGITS).get(i, k)).isCloseTo(slope, within(1e-3f));
      }
    }
  }

  @Test
  void of_a_teacher_are_smallest_where_the_student_agrees_with_it() {
    SoftLabels taught = SoftLabels.of(LOGITS);
    for (float slope : taught.gradient(LOGITS).row(0)) {
      assertThat(slope).isZero();
    }
    float least = taught.values(LOGITS).get(0, 0);
    assertThat(taught.values(LOGITS.times(0.9f)).get(0, 0)).isGreaterThan(least);
    assertThat(taught.values(LOGITS.times(1.1f)).get(0, 0)).isGreaterThan(least);
  }

  @Test
  void rows_are_matched_by_the_example_they_stand_for() {
    SoftLabels soft = new SoftLabels(Batch.of(new float[] {1, 0}, new float[] {0, 1}));
    Batch second = Batch.of(new float[] {4, 0}).standingFor(1);
    assertThat(soft.values(second).get(0, 0)).isGreaterThan(4);
  }

  @Test
  void a_loss_at_a_temperature_is_that_of_the_logits_divided_by_it() {
    CrossEntropy loss = new CrossEntropy(Labels.of(2, 0));
    assertThat(loss.atTemperature(4).values(LOGITS).get(1, 0))
        .isEqualTo(loss.values(LOGITS.times(0.25f)).get(1, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.atTemperature(0))
        .withMessage("temperature must be finite and positive, but was 0.0");
  }
}
