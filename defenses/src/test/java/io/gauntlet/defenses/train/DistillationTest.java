package io.gauntlet.defenses.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistillationTest {
  private static final Fit UNTIL_IT_SETTLES = new Fit(200, 4);

  @ParameterizedTest
  @ValueSource(floats = {1, 20, 100})
  void a_student_s_logits_are_larger_by_the_temperature(float temperature) {
    Odds teacher = new Odds(2, temperature * temperature); // its slopes shrink by as much
    Odds student = new Odds(2, temperature * temperature);
    new Distillation(temperature, UNTIL_IT_SETTLES)
        .train(teacher, student, Odds.THREE_TO_ONE, Seed.of(1));
    float logOdds = (float) Math.log(3);
    assertThat(teacher.gap()).isEqualTo(temperature * logOdds, within(1e-4f * temperature));
    assertThat(student.gap()).isEqualTo(temperature * logOdds, within(1e-4f * temperature));
  }

  @Test
  void a_sure_student_leaves_the_cross_entropy_without_a_gradient() {
    Odds student = new Odds(2, 1e4f);
    new Distillation(100, UNTIL_IT_SETTLES)
        .train(new Odds(2, 1e4f), student, Odds.THREE_TO_ONE, Seed.of(1));
    // at temperature 1, three to one have become e^-110: no float is as small
    float[] slopes =
        new CrossEntropy(Labels.of(0))
            .gradient(student.logits(Odds.THREE_TO_ONE.inputs().slice(0, 1)))
            .row(0);
    assertThat(Math.abs(slopes[0]) + Math.abs(slopes[1])).isZero();
  }

  @Test
  void what_the_student_learns_is_told() {
    Distillation distillation = Distillation.standard().withFit(new Fit(3, 4));
    assertThat(
            distillation
                .withTemperature(5)
                .train(new Odds(2, 1), new Odds(2, 25), Odds.THREE_TO_ONE, Seed.of(1)))
        .hasSize(3)
        .isSortedAccordingTo((a, b) -> Double.compare(b.loss(), a.loss()));
  }

  @Test
  void bad_input_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Distillation.standard().withTemperature(0))
        .withMessage("temperature must be finite and positive, but was 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Distillation.standard()
                    .train(new Odds(2, 1), new Odds(3, 1), Odds.THREE_TO_ONE, Seed.of(1)))
        .withMessage("the student must have the teacher's 2 classes, but has 3");
  }
}
