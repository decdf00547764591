package io.gauntlet.defenses.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import org.junit.jupiter.api.Test;

class MartTest {
  @Test
  void learns_the_clean_examples_and_what_the_attack_made_of_them() {
    Examples examples = Lesson.examples(12, 3);
    Batch shifted = examples.inputs().editRows((i, x) -> x[0] += Lesson.EPSILON);

    Batch lesson =
        Lesson.taught(Mart.standard().withAttack((model, allowed, goal, seed) -> shifted), examples)
            .lessons
            .get(0);

    assertThat(lesson.slice(0, 12).buffer()).isEqualTo(examples.inputs().buffer());
    assertThat(lesson.slice(12, 24).buffer()).isEqualTo(shifted.buffer());
  }

  @Test
  void lambda_changes_the_step() {
    Examples examples = Lesson.examples(12, 3);

    assertThat(Lesson.taught(Mart.standard(), examples).parameters().buffer())
        .isEqualTo(Lesson.taught(Mart.standard(), examples).parameters().buffer())
        .isNotEqualTo(Lesson.taught(Mart.standard().withLambda(0), examples).parameters().buffer());
  }

  @Test
  void a_negative_lambda_is_named() {
    assertThatThrownBy(() -> Mart.standard().withLambda(-0.5f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lambda must be finite and not negative, but was -0.5");
  }
}
