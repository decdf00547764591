package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Objective;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HonestErrorsTest {
  private static final ThreatModel QUARTER = ThreatModel.linf(0.25f);
  private static final Examples THREE = Threshold.right(0.1f, 0.4f, 0.9f);

  /** The threshold model with its answers tampered with. */
  private record Tampered(UnaryOperator<Batch> scores, UnaryOperator<Batch> gradients)
      implements DifferentiableModel {
    @Override
    public Shape inputShape() {
      return Threshold.MODEL.inputShape();
    }

    @Override
    public Domain domain() {
      return Threshold.MODEL.domain();
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public Batch logits(Batch inputs) {
      return scores.apply(Threshold.MODEL.logits(inputs));
    }

    @Override
    public ForwardPass forward(Batch inputs) {
      ForwardPass pass = Threshold.MODEL.forward(inputs);
      return new ForwardPass() {
        @Override
        public Batch logits() {
          return scores.apply(pass.logits());
        }

        @Override
        public Batch backward(Batch byLogit) {
          return gradients.apply(pass.backward(byLogit));
        }

        @Override
        public void close() {
          pass.close();
        }
      };
    }
  }

  private static void assertModelIsBlamed(
      UnaryOperator<Batch> scores, UnaryOperator<Batch> gradients, String message) {
    for (Attack<? super DifferentiableModel> attack : List.of(Attempt.look(0.1f), PASSES)) {
      assertThatThrownBy(
              () ->
                  Robustness.of(new Tampered(scores, gradients))
                      .under(QUARTER)
                      .attackedBy(attack)
                      .evaluate(THREE))
          .isExactlyInstanceOf(ModelException.class)
          .hasMessage(message);
    }
  }

  /** Uses the parts of a gradient instead of the whole. */
  private static final Attempt<DifferentiableModel> PASSES =
      new Attempt<>(
          "Passes",
          (model, allowed, goal, seed) -> {
            try (ForwardPass pass = model.forward(allowed.clean())) {
              pass.backward(pass.logits());
            }
            return allowed.clean();
          });

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void a_score_that_is_not_finite_is_the_models_fault(float bad) {
    assertModelIsBlamed(
        scores -> scores.editRows((i, z) -> z[1] = scores.example(i) == 2 ? bad : z[1]),
        gradients -> gradients,
        "every score must be finite, but class 1 of example 2 was " + bad);
  }

  @Test
  void another_number_of_scores_than_classes_is_the_models_fault() {
    assertModelIsBlamed(
        scores -> scores.withValues(3, new float[3 * scores.rows()]),
        gradients -> gradients,
        "the model says it has 2 classes, but returned 3 scores per example");
  }

  @Test
  void another_number_of_rows_is_the_models_fault() {
    assertModelIsBlamed(
        scores -> scores.slice(0, scores.rows() - 1),
        gradients -> gradients,
        "the model must return one row of scores for each input, but returned 2 for 3");
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity"})
  void a_gradient_that_is_not_finite_is_the_models_fault(float bad) {
    assertModelIsBlamed(
        scores -> scores,
        gradients -> gradients.editRows((i, g) -> g[0] = gradients.example(i) == 1 ? bad : g[0]),
        "every gradient must be finite, but feature 0 of example 1 was " + bad);
  }

  @Test
  void a_gradient_of_another_width_is_the_models_fault() {
    assertModelIsBlamed(
        scores -> scores,
        gradients -> gradients.withValues(2, new float[2 * gradients.rows()]),
        "a gradient must have as many features as its input, 1, but had 2");
  }

  @Test
  void a_gradient_of_another_number_of_rows_is_the_models_fault() {
    Tampered model = new Tampered(scores -> scores, gradients -> gradients.slice(0, 1));
    assertThatThrownBy(() -> evaluate(model, PASSES, THREE))
        .isExactlyInstanceOf(ModelException.class)
        .hasMessage(
            "the model must return one row of gradients for each input, but returned 1 for 3");
  }

  @Test
  void a_model_that_fails_only_under_attack_is_blamed_too() {
    Model fragile =
        new Tampered(
            scores -> scores.editRows((i, z) -> z[0] = z[1] > 0.95f ? Float.NaN : z[0]),
            gradients -> gradients);
    assertThatThrownBy(
            () ->
                Robustness.of(fragile)
                    .under(QUARTER)
                    .attackedBy(Attempt.shift(0.25f))
                    .evaluate(THREE))
        .isExactlyInstanceOf(ModelException.class)
        .hasMessage("every score must be finite, but class 0 of example 2 was NaN");
  }

  @Test
  void what_the_model_throws_arrives_as_it_was_thrown() {
    ModelException own = new ModelException("out of order");
    Spy failing =
        Spy.on(
            Threshold.MODEL,
            inputs -> {
              throw own;
            });
    assertThatThrownBy(() -> evaluate(failing, Attempt.shift(0), THREE)).isSameAs(own);
    AssertionError error = new AssertionError("an error, not an exception");
    Spy erring =
        Spy.on(
            Threshold.MODEL,
            inputs -> {
              throw error;
            });
    assertThatThrownBy(() -> evaluate(erring, Attempt.shift(0), THREE)).isSameAs(error);
  }

  @Test
  void what_an_attack_throws_arrives_as_it_was_thrown() {
    IllegalStateException own = new IllegalStateException("a bug in the attack");
    Attack<Model> failing =
        Attempt.returning(
            "Failing",
            allowed -> {
              throw own;
            });
    assertThatThrownBy(() -> evaluate(Threshold.MODEL, failing, THREE)).isSameAs(own);
  }

  private static RobustnessReport evaluate(
      DifferentiableModel model, Attack<? super DifferentiableModel> attack, Examples examples) {
    return Robustness.of(model).under(QUARTER).attackedBy(attack).evaluate(examples);
  }

  @Test
  void examples_of_another_shape_are_refused() {
    Examples wide = Examples.of(Batch.of(new float[2]), 0);
    assertThatThrownBy(() -> evaluate(Threshold.MODEL, Attempt.shift(0), wide))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model takes inputs of shape 1, but the examples have shape 2");
    Mlp image =
        Mlp.of(
            Shape.of(1, 2, 3), Domain.UNIT, List.of(Mlp.Dense.of(new float[2][6], new float[2])));
    Examples turned = Examples.of(Batch.of(new float[6]), 0).as(Shape.of(1, 3, 2));
    assertThatThrownBy(() -> evaluate(image, Attempt.shift(0), turned))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model takes inputs of shape 1x2x3, but the examples have shape 1x3x2");
  }

  @Test
  void labels_the_model_does_not_have_are_refused() {
    Examples examples = Examples.of(Batch.of(new float[1], new float[1]), 0, 2);
    assertThatThrownBy(() -> evaluate(Threshold.MODEL, Attempt.shift(0), examples))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("labels must be below the model's 2 classes, but example 1 has label 2");
  }

  @ParameterizedTest
  @CsvSource({"1.5", "-0.001", "NaN"})
  void data_outside_the_domain_are_refused_before_anything_is_asked(float bad) {
    Spy spy = Spy.on(Threshold.MODEL);
    Examples examples = Examples.of(Batch.of(new float[] {0.5f}, new float[] {bad}), 0, 0);
    assertThatThrownBy(() -> evaluate(spy, Attempt.shift(0), examples))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "inputs must lie in the model's domain [0.0, 1.0], but feature 0 of example 1 was "
                + bad);
    assertThat(spy.total()).isZero();
  }

  @Test
  void no_examples_and_no_attacks_are_refused() {
    assertThatThrownBy(() -> evaluate(Threshold.MODEL, Attempt.shift(0), THREE.first(0)))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("an evaluation needs at least one example, but had none");
    assertThatThrownBy(() -> Robustness.of(Threshold.MODEL).under(QUARTER).evaluate(THREE))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("no attack given: call attackedBy(...) before evaluate(...)");
  }

  @ParameterizedTest
  @CsvSource({"-0.1", "NaN", "Infinity"})
  void an_epsilon_that_is_no_size_is_refused(float epsilon) {
    assertThatThrownBy(() -> ThreatModel.linf(epsilon))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("epsilon must be finite and not negative, but was " + epsilon);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -3})
  void workers_batch_and_time_limit_must_be_positive(int bad) {
    Robustness<DifferentiableModel> robustness = Robustness.of(Threshold.MODEL).under(QUARTER);
    assertThatThrownBy(() -> robustness.withWorkers(bad))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("workers must be at least 1, but was " + bad);
    assertThatThrownBy(() -> robustness.withBatch(bad))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("batch must be at least 1, but was " + bad);
    assertThatThrownBy(() -> robustness.withTimeLimit(Duration.ofSeconds(bad)))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("time limit must be positive, but was " + Duration.ofSeconds(bad));
    assertThatThrownBy(() -> QUARTER.withQueries(bad))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("queries must be at least 1, but was " + bad);
  }

  @Test
  void any_batch_size_up_to_the_largest_number_is_fine() {
    for (int batch : new int[] {1, 2, Integer.MAX_VALUE - 1, Integer.MAX_VALUE}) {
      RobustnessReport report =
          Robustness.of(Threshold.MODEL)
              .under(QUARTER)
              .attackedBy(Attempt.shift(0.25f))
              .withBatch(batch)
              .evaluate(THREE);
      assertThat(report.count(Outcome.Fooled.class)).isEqualTo(1);
    }
  }

  @Test
  void a_time_limit_beyond_all_clocks_is_none() {
    RobustnessReport report =
        Robustness.of(Threshold.MODEL)
            .under(QUARTER)
            .attackedBy(Attempt.shift(0.25f))
            .withTimeLimit(Duration.ofSeconds(Long.MAX_VALUE))
            .evaluate(THREE);
    assertThat(report.count(Outcome.Fooled.class)).isEqualTo(1);
  }

  private static final Mlp TWO_FEATURES =
      Mlp.linear(Domain.of(-10, 10), new float[][] {{0, 0}, {1, 1}}, new float[] {0.5f, 0});

  @ParameterizedTest
  @CsvSource({
    "Linf, 0.5, 0.51, 0.0, 0.5099999904632568",
    "L2, 0.5, 0.4, 0.4, 0.565685433",
    "L1, 0.5, 0.3, 0.3, 0.6000000238418579",
    "L0, 1.0, 0.3, 0.3, 2.0"
  })
  void an_attack_that_goes_too_far_stops_the_run(
      String norm, float epsilon, float first, float second, String size) {
    ThreatModel threat = new ThreatModel(norm(norm), epsilon);
    Attack<Model> cheat =
        Attempt.returning(
            "Cheat",
            allowed ->
                allowed
                    .clean()
                    .editRows(
                        (i, x) -> {
                          x[0] += allowed.clean().example(i) == 1 ? first : 0;
                          x[1] += allowed.clean().example(i) == 1 ? second : 0;
                        }));
    Examples examples = Examples.of(Batch.of(new float[2], new float[2]), 0, 0);
    assertThatThrownBy(
            () -> Robustness.of(TWO_FEATURES).under(threat).attackedBy(cheat).evaluate(examples))
        .isExactlyInstanceOf(AttackContractException.class)
        .hasMessageStartingWith("Cheat returned a perturbation of " + norm + " size " + size)
        .hasMessageEndingWith(" for example 1, but the threat model allows " + epsilon);
  }

  private static Norm norm(String name) {
    return Stream.of(Norm.linf(), Norm.l2(), Norm.l1(), Norm.l0())
        .filter(norm -> norm.toString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void assertAttackIsBlamed(Attempt.Proposal proposal, String message) {
    Attack<Model> attack = Attempt.returning("Cheat", proposal);
    for (int batch : new int[] {64, 3}) {
      assertThatThrownBy(
              () ->
                  Robustness.of(Threshold.MODEL)
                      .under(QUARTER)
                      .attackedBy(attack)
                      .withBatch(batch)
                      .evaluate(THREE))
          .isExactlyInstanceOf(AttackContractException.class)
          .hasMessage(message);
    }
  }

  @Test
  void an_attack_that_leaves_the_domain_stops_the_run() {
    assertAttackIsBlamed(
        allowed -> Attempt.shifted(allowed.clean(), 0.125f),
        "Cheat returned 1.025 for feature 0 of example 2, but the domain is [0.0, 1.0]");
  }

  @Test
  void an_attack_that_returns_no_number_stops_the_run() {
    assertAttackIsBlamed(
        allowed -> allowed.clean().times(Float.NaN),
        "Cheat returned NaN for feature 0 of example 0, but the domain is [0.0, 1.0]");
  }

  @Test
  void an_attack_that_drops_an_example_stops_the_run() {
    assertAttackIsBlamed(
        allowed -> allowed.clean().slice(0, 2),
        "Cheat must return one candidate for each example, 3 rows of 1, but returned 2 rows of 1");
  }

  @Test
  void an_attack_that_changes_the_width_stops_the_run() {
    assertAttackIsBlamed(
        allowed -> allowed.clean().withValues(2, new float[6]),
        "Cheat must return one candidate for each example, 3 rows of 1, but returned 3 rows of 2");
  }

  @Test
  void an_attack_that_changes_the_order_stops_the_run() {
    assertAttackIsBlamed(
        allowed -> allowed.clean().select(0, 2, 1),
        "Cheat must return its candidates in the order of the examples, but row 1 stands for"
            + " example 2 instead of 1");
  }

  @Test
  void an_attack_that_asks_about_examples_it_was_not_given_stops_the_run() {
    Attack<Model> lost =
        new Attempt<>(
            "Lost",
            (model, allowed, goal, seed) -> {
              model.logits(Batch.of(allowed.clean().row(0))); // a new batch counts from example 0
              return allowed.clean();
            });
    assertThatThrownBy(
            () ->
                Robustness.of(Threshold.MODEL)
                    .under(QUARTER)
                    .attackedBy(lost)
                    .evaluate(THREE.slice(1, 3)))
        .isExactlyInstanceOf(AttackContractException.class)
        .hasMessage(
            "Lost asked about an example it was not given: example 0 is not among the 2 examples"
                + " [1, 2]");
  }

  @Test
  void a_failure_in_one_worker_ends_the_others() {
    Spy spy = Spy.on(Threshold.MODEL);
    Attack<Model> attack =
        new Attempt<>(
            "OneFails",
            (model, allowed, goal, seed) -> {
              if (allowed.clean().example(0) == 2) {
                return allowed.clean().select();
              }
              while (true) {
                model.logits(allowed.clean());
              }
            });
    assertThatThrownBy(
            () ->
                Robustness.of(spy)
                    .under(QUARTER)
                    .attackedBy(attack)
                    .withBatch(1)
                    .withWorkers(3)
                    .evaluate(THREE))
        .isExactlyInstanceOf(AttackContractException.class);
    int asked = spy.total();
    assertThat(spy.total()).as("nobody asks after the end").isEqualTo(asked);
  }

  @Test
  void an_epsilon_of_zero_leaves_everything_as_it_was() {
    RobustnessReport report =
        Robustness.of(Threshold.MODEL)
            .under(ThreatModel.linf(0))
            .attackedBy(Attempt.shift(0.25f), Attempt.look(1))
            .evaluate(THREE);
    assertThat(report.robustAccuracy()).isEqualTo(1);
  }

  @Test
  void a_gradient_of_zero_rows_is_no_error() {
    Attack<DifferentiableModel> nothing =
        new Attempt<>(
            "Nothing",
            (model, allowed, goal, seed) -> {
              model.logits(allowed.clean().select());
              model.gradient(allowed.clean().select(), goal.loss(Objective.MARGIN));
              return allowed.clean();
            });
    for (ThreatModel threat : new ThreatModel[] {QUARTER, QUARTER.withQueries(2)}) {
      RobustnessReport report =
          Robustness.of(Threshold.MODEL).under(threat).attackedBy(nothing).evaluate(THREE);
      assertThat(report.attacks().get(0).forwardQueries()).isZero();
    }
  }

  @Test
  void labels_that_do_not_belong_to_the_inputs_name_the_example() {
    assertThatThrownBy(
            () -> new Examples(Shape.of(1), THREE.inputs().select(1, 2), Labels.of(0, 1)))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("example 2 is not among the 2 examples [0, 1]");
  }
}
