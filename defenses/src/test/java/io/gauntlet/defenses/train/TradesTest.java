package io.gauntlet.defenses.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.train.Fit;
import org.junit.jupiter.api.Test;

class TradesTest {
  @Test
  void at_beta_0_it_is_standard_training_bit_for_bit() {
    assertThat(hardened(Trades.standard().withBeta(0)).buffer())
        .isEqualTo(hardened(new StandardTraining()).buffer())
        .isNotEqualTo(hardened(Trades.standard().withBeta(1)).buffer());
  }

  private static Batch hardened(Recipe<? super SoftmaxLearner> recipe) {
    SoftmaxLearner learner = Lesson.learner(3);
    Hardening.<SoftmaxLearner>against(Lesson.THREAT, recipe::step)
        .withFit(new Fit(3, 8))
        .train(learner, Lesson.examples(30, 3), Seed.of(2));
    return learner.parameters();
  }

  @Test
  void learns_the_clean_examples_and_what_is_within_reach_of_them_as_one_batch() {
    Examples examples = Lesson.examples(12, 3);
    Neighbourhood allowed = Lesson.allowed(examples);

    Batch lesson = Lesson.taught(Trades.standard(), examples).lessons.get(0);

    assertThat(lesson.slice(0, 12).buffer()).isEqualTo(examples.inputs().buffer());
    Batch attacked = lesson.slice(12, 24);
    for (int i = 0; i < 12; i++) {
      assertThat(attacked.example(i)).isEqualTo(examples.inputs().example(i));
      assertThat(allowed.contains(attacked, i)).isTrue();
    }
  }

  /** Between two classes of a linear model the divergence is largest at a corner, either way. */
  @Test
  void the_attacker_moves_the_margin_of_a_linear_model_as_far_as_it_goes() {
    SoftmaxLearner learner = Lesson.learner(2);
    Examples examples = Lesson.examples(20, 2);
    double reach = 0;
    for (int j = 0; j < 2; j++) {
      reach += Lesson.EPSILON * Math.abs(learner.weight(1, j) - learner.weight(0, j));
    }
    SoftmaxLearner untaught = Lesson.learner(2);

    Trades.standard().step(learner, Lesson.allowed(examples), examples.labels(), Seed.of(1));

    Batch logits = untaught.logits(learner.lessons.get(0));
    for (int i = 0; i < 20; i++) {
      assertThat(Math.abs(margin(logits, 20 + i) - margin(logits, i)))
          .isCloseTo(reach, within(1e-5));
    }
  }

  private static double margin(Batch logits, int row) {
    return (double) logits.get(row, 1) - logits.get(row, 0);
  }

  @Test
  void the_same_seed_makes_the_same_step() {
    Examples examples = Lesson.examples(12, 3);

    assertThat(Lesson.taught(Trades.mnist(), examples).parameters().buffer())
        .isEqualTo(Lesson.taught(Trades.mnist(), examples).parameters().buffer());
  }

  @Test
  void the_loss_falls() {
    Examples examples = Lesson.examples(12, 3);
    SoftmaxLearner learner = Lesson.learner(3);
    double[] losses = new double[20];
    for (int step = 0; step < losses.length; step++) {
      losses[step] =
          Trades.standard()
              .step(learner, Lesson.allowed(examples), examples.labels(), Seed.of(step));
    }

    assertThat(losses[19]).isLessThan(losses[0] / 2);
  }

  @Test
  void hyperparameters_out_of_range_are_named() {
    assertThatThrownBy(() -> Trades.standard().withBeta(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("beta must be finite and not negative, but was -1.0");
    assertThatThrownBy(() -> Trades.standard().withSteps(0))
        .hasMessage("steps must be at least 1, but was 0");
    assertThatThrownBy(() -> Trades.standard().withStepSize(0))
        .hasMessage("stepSize must be finite and positive, but was 0.0");
  }
}
