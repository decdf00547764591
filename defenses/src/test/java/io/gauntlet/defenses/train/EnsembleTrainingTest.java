package io.gauntlet.defenses.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnsembleTrainingTest {
  private final Examples examples = Lesson.examples(6, 3);
  private final SoftmaxLearner learner = Lesson.learner(3);
  private final SoftmaxLearner first = Lesson.learner(3);
  private final SoftmaxLearner second = Lesson.learner(3);

  @Test
  void batches_are_attacked_on_each_of_the_models_about_as_often() {
    List<Model> attacked = new ArrayList<>();
    EnsembleTraining ensemble =
        EnsembleTraining.with(List.of(first, second))
            .withAttack(
                (model, allowed, goal, seed) -> {
                  attacked.add(model);
                  return allowed.clean();
                });

    for (int step = 0; step < 300; step++) {
      ensemble.step(learner, Lesson.allowed(examples), examples.labels(), Seed.of(1).derive(step));
    }

    for (DifferentiableModel model : List.of(learner, first, second)) {
      assertThat(Collections.frequency(attacked, model)).isBetween(75, 125); // 3 sigma
    }
    assertThat(first.lessons).isEmpty();
    assertThat(learner.lessons).hasSize(300);
  }

  @Test
  void learns_the_clean_and_the_attacked_examples() {
    Batch shifted = examples.inputs().editRows((i, x) -> x[0] += Lesson.EPSILON);

    EnsembleTraining.with(List.of(first))
        .withAttack((model, allowed, goal, seed) -> shifted)
        .step(learner, Lesson.allowed(examples), examples.labels(), Seed.of(1));

    Batch lesson = learner.lessons.get(0);
    assertThat(lesson.slice(0, 6).buffer()).isEqualTo(examples.inputs().buffer());
    assertThat(lesson.slice(6, 12).buffer()).isEqualTo(shifted.buffer());
  }

  @Test
  void is_named_by_the_weights_of_its_models() {
    assertThat(EnsembleTraining.with(List.of(first)).toString())
        .contains(first.fingerprint())
        .contains("ProjectedAscent");
  }

  @Test
  void a_model_of_other_classes_or_none_at_all_is_refused() {
    assertThatThrownBy(
            () ->
                EnsembleTraining.with(List.of(Lesson.learner(4)))
                    .step(learner, Lesson.allowed(examples), examples.labels(), Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "other models must map 2 to 3 classes like the one that learns, but");
    assertThatThrownBy(() -> EnsembleTraining.with(List.of()))
        .hasMessage("number of other models must be at least 1, but was 0");
  }
}
