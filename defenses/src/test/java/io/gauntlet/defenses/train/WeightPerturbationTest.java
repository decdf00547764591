package io.gauntlet.defenses.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ParametricModel;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WeightPerturbationTest {
  private static final int WEIGHTS = 6; // of 3 classes and 2 features; 3 biases follow

  static Stream<Recipe<? super ParametricModel>> recipes() {
    return Stream.of(
        new StandardTraining(), AdversarialTraining.standard(), Trades.standard(), Mart.standard());
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void with_gamma_0_it_is_the_recipe_without_bit_for_bit(Recipe<? super ParametricModel> recipe) {
    assertThat(hardened(WeightPerturbation.of(recipe, 0)).buffer())
        .isEqualTo(hardened(recipe).buffer())
        .isNotEqualTo(hardened(WeightPerturbation.of(recipe, 0.1f)).buffer());
  }

  private static Batch hardened(Recipe<? super ParametricModel> recipe) {
    SoftmaxLearner learner = Lesson.learner(3);
    Hardening.<ParametricModel>against(Lesson.THREAT, recipe::step)
        .withFit(new Fit(3, 8))
        .train(learner, Lesson.examples(30, 3), Seed.of(2));
    return learner.parameters();
  }

  @Test
  void steps_from_the_weights_down_the_slope_at_the_worst_weights_nearby() {
    Examples examples = Lesson.examples(12, 3);
    CrossEntropy loss = new CrossEntropy(examples.labels());
    float gamma = 0.1f;
    SoftmaxLearner by = Lesson.learner(3);
    Batch weights = by.parameters();
    Batch up = by.parameterGradient(examples.inputs(), loss);
    double scale = gamma * length(weights) / length(up);
    by.setParameters(
        weights.editRows(
            (i, w) -> {
              for (int j = 0; j < WEIGHTS; j++) {
                w[j] += (float) (scale * up.get(0, j));
              }
            }));
    Batch down = by.parameterGradient(examples.inputs(), loss).times(SoftmaxLearner.RATE);

    Batch found =
        Lesson.taught(WeightPerturbation.of(new StandardTraining(), gamma), examples).parameters();

    for (int j = 0; j < found.width(); j++) {
      assertThat(found.get(0, j)).isCloseTo(weights.get(0, j) - down.get(0, j), within(1e-6f));
    }
  }

  private static double length(Batch parameters) {
    double squares = 0;
    for (int j = 0; j < WEIGHTS; j++) {
      squares += (double) parameters.get(0, j) * parameters.get(0, j);
    }
    return Math.sqrt(squares);
  }

  @Test
  void the_loss_at_the_perturbed_weights_is_the_larger_one() {
    Examples examples = Lesson.examples(12, 3);
    StandardTraining plain = new StandardTraining();

    assertThat(loss(WeightPerturbation.of(plain, 0.1f), examples))
        .isGreaterThan(loss(plain, examples));
  }

  private static double loss(Recipe<? super SoftmaxLearner> recipe, Examples examples) {
    return recipe.step(Lesson.learner(3), Lesson.allowed(examples), examples.labels(), Seed.of(7));
  }

  @Test
  void a_step_that_fails_leaves_the_weights_where_they_were() {
    Examples examples = Lesson.examples(12, 3);
    SoftmaxLearner learner = Lesson.learner(3);
    Batch before = learner.parameters();
    WeightPerturbation perturbed =
        WeightPerturbation.of(
            (model, allowed, labels, seed) -> model.train(allowed.clean(), new Failing(labels)),
            0.1f);

    assertThatThrownBy(
            () -> perturbed.step(learner, Lesson.allowed(examples), examples.labels(), Seed.of(1)))
        .isInstanceOf(ModelException.class);
    for (int j = 0; j < before.width(); j++) {
      assertThat(learner.parameters().get(0, j)).isCloseTo(before.get(0, j), within(1e-6f));
    }
  }

  /** Can be differentiated but not measured. */
  private record Failing(Labels labels) implements LogitLoss {
    @Override
    public Batch values(Batch logits) {
      throw new ModelException("out of memory");
    }

    @Override
    public Batch gradient(Batch logits) {
      return new CrossEntropy(labels).gradient(logits);
    }
  }

  @Test
  void a_negative_gamma_is_named() {
    assertThatThrownBy(() -> WeightPerturbation.standard().withGamma(-0.5f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gamma must be finite and not negative, but was -0.5");
  }
}
