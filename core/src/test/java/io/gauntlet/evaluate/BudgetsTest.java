package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Objective;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Model;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A query budget is per example and attack, hard, and nothing to the other examples. */
class BudgetsTest {
  private static final ThreatModel QUARTER = ThreatModel.linf(0.25f);

  /** What the evaluator itself asks: one prediction, one judgement, three looks for caveats. */
  private static final int OWN = 5;

  private final Spy spy = Spy.on(Threshold.MODEL);

  private RobustnessReport evaluate(
      long queries, Attack<? super DifferentiableModel> attack, Examples examples) {
    return Robustness.of(spy)
        .under(QUARTER.withQueries(queries))
        .attackedBy(attack)
        .withWorkers(1)
        .evaluate(examples);
  }

  private static Attack<Model> asksForEver(float by) {
    return new Attempt<>(
        "ForEver",
        (model, allowed, goal, seed) -> {
          Batch x = Attempt.shifted(allowed, by);
          while (true) {
            model.logits(x);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 10, 101})
  void an_attack_that_asks_for_ever_ends_and_its_success_counts(long queries) {
    RobustnessReport report =
        evaluate(queries, asksForEver(0.25f), Threshold.right(0.1f, 0.4f, 0.9f));
    for (int example = 0; example < 3; example++) {
      assertThat(spy.forward(example)).isEqualTo(queries + OWN);
    }
    assertThat(report.outcomes())
        .containsExactly(
            new Outcome.Survived(0, 0, 0),
            new Outcome.Fooled(1, 0, 1, "ForEver", report.adversarial().get(0, 0) - (double) 0.4f),
            new Outcome.Survived(2, 1, 1));
    assertThat(report.attacks().get(0).forwardQueries()).isEqualTo(3 * queries);
    assertThat(report.caveats()).hasOnlyElementsOfType(Caveat.TooFewExamples.class);
  }

  @Test
  void the_closest_success_is_kept_not_the_first_or_the_last() {
    float[] path = {0.25f, 0.125f, 0.0625f, 0.1875f};
    Attack<Model> wandering =
        new Attempt<>(
            "Wandering",
            (model, allowed, goal, seed) -> {
              for (int i = 0; ; i++) {
                model.logits(Attempt.shifted(allowed, path[i % path.length]));
              }
            });
    RobustnessReport report = evaluate(4, wandering, Threshold.right(0.4375f));
    assertThat(report.adversarial().get(0, 0)).isEqualTo(0.4375f + 0.125f);
    RobustnessReport cut = evaluate(1, wandering, Threshold.right(0.4375f));
    assertThat(cut.adversarial().get(0, 0)).isEqualTo(0.4375f + 0.25f);
  }

  @Test
  void a_success_outside_the_threat_model_is_not_kept() {
    Attack<Model> tooFar =
        new Attempt<>(
            "TooFar",
            (model, allowed, goal, seed) -> {
              while (true) {
                model.logits(Attempt.shifted(allowed.clean(), 0.5f));
              }
            });
    assertThat(evaluate(7, tooFar, Threshold.right(0.2f)).robustAccuracy()).isEqualTo(1);
  }

  @Test
  void an_attack_within_its_budget_is_judged_by_what_it_returns() {
    RobustnessReport report = evaluate(3, Attempt.ask(3, 0.25f), Threshold.right(0.4f, 0.1f));
    assertThat(report.count(Outcome.Fooled.class)).isEqualTo(1);
    assertThat(report.attacks().get(0).forwardQueries()).isEqualTo(6);
    assertThat(evaluate(2, Attempt.ask(3, 0.25f), Threshold.right(0.4f, 0.1f)).robustAccuracy())
        .as("what it returns after having asked too often does not count")
        .isEqualTo(1);
  }

  @Test
  void forward_and_backward_passes_are_paid_from_one_account() {
    Attack<DifferentiableModel> gradients =
        new Attempt<>(
            "Gradients",
            (model, allowed, goal, seed) -> {
              while (true) {
                model.gradient(allowed.clean(), goal.loss(Objective.MARGIN));
              }
            });
    RobustnessReport report = evaluate(5, gradients, Threshold.right(0.1f, 0.9f));
    AttackSummary summary = report.attacks().get(0);
    assertThat(summary.forwardQueries()).isEqualTo(2 * 3);
    assertThat(summary.gradientQueries()).isEqualTo(2 * 2);
    assertThat(spy.forward(0) + spy.backward(0)).isEqualTo(5 + OWN);
  }

  @Test
  void many_ways_back_through_one_pass_are_paid_one_by_one() {
    List<Float> slopes = new ArrayList<>();
    Attack<DifferentiableModel> jacobian =
        new Attempt<>(
            "Jacobian",
            (model, allowed, goal, seed) -> {
              try (ForwardPass pass = model.forward(allowed.clean())) {
                while (true) {
                  Batch one = pass.logits().editRows((i, w) -> w[0] = w[1] = 1);
                  slopes.add(pass.backward(one).get(0, 0));
                }
              }
            });
    evaluate(4, jacobian, Threshold.right(0.1f));
    assertThat(slopes).containsExactly(1f, 1f, 1f);
    assertThat(spy.backward(0)).isEqualTo(3);
  }

  @Test
  void an_example_without_budget_hears_its_last_answer_while_the_others_go_on() {
    List<Float> heard = new ArrayList<>();
    Attack<DifferentiableModel> uneven =
        new Attempt<>(
            "Uneven",
            (model, allowed, goal, seed) -> {
              Batch clean = allowed.clean();
              for (int i = 0; i < 3; i++) {
                model.logits(clean.select(0));
              }
              Batch both = Attempt.shifted(allowed, 0.25f);
              heard.add(model.logits(both).get(0, 1)); // the fourth and last of example 0
              heard.add(model.logits(clean).get(0, 1)); // too late for it
              heard.add(model.gradient(clean, goal.loss(Objective.MARGIN)).byInput().get(0, 0));
              return both;
            });
    RobustnessReport report = evaluate(4, uneven, Threshold.right(0.125f, 0.375f));
    assertThat(heard).containsExactly(0.375f, 0.375f, 0f);
    assertThat(spy.forward(0) + spy.backward(0)).isEqualTo(4 + OWN);
    assertThat(spy.forward(1) + spy.backward(1)).isEqualTo(4 + OWN);
    assertThat(report.count(Outcome.Fooled.class)).isEqualTo(1);
  }

  @Test
  void a_row_that_cannot_pay_the_way_back_learns_nothing_from_the_pass_of_the_others() {
    List<Float> slopes = new ArrayList<>();
    Attack<DifferentiableModel> uneven =
        new Attempt<>(
            "Uneven",
            (model, allowed, goal, seed) -> {
              model.logits(allowed.clean().select(0));
              Batch slope = model.gradient(allowed.clean(), goal.loss(Objective.MARGIN)).byInput();
              slopes.add(slope.get(0, 0));
              slopes.add(slope.get(1, 0));
              return allowed.clean();
            });
    evaluate(2, uneven, Threshold.right(0.1f, 0.2f));
    assertThat(slopes).containsExactly(0f, 1f);
    assertThat(spy.backward(0)).isZero();
    assertThat(spy.backward(1)).isEqualTo(1);
  }

  @Test
  void several_copies_of_one_example_are_paid_one_by_one() {
    List<Float> heard = new ArrayList<>();
    Attack<Model> copies =
        new Attempt<>(
            "Copies",
            (model, allowed, goal, seed) -> {
              Batch copied = allowed.clean().select(0, 0, 0, 0, 1);
              float[] by = {0, 0.125f, 0.25f, 0.1875f, 0};
              Batch tried = copied.editRows((i, x) -> x[0] += by[i]);
              Batch answer = model.logits(tried);
              for (int i = 0; i < 5; i++) {
                heard.add(answer.get(i, 1));
              }
              return allowed.clean();
            });
    RobustnessReport report = evaluate(3, copies, Threshold.right(0.375f, 0.125f));
    assertThat(heard).containsExactly(0.375f, 0.5f, 0.625f, 0.625f, 0.125f);
    assertThat(spy.forward(0)).isEqualTo(3 + OWN);
    assertThat(spy.forward(1)).isEqualTo(1 + OWN);
    assertThat(report.outcomes().get(0))
        .as("its success was seen, though not returned")
        .isEqualTo(new Outcome.Fooled(0, 0, 1, "Copies", 0.25));
  }

  @Test
  void one_example_that_never_ends_does_not_take_the_others_turn() {
    Attack<Model> oneByOne =
        new Attempt<>(
            "OneByOne",
            (model, allowed, goal, seed) -> {
              for (int i = 0; i < allowed.clean().rows(); i++) {
                Batch x = Attempt.shifted(allowed, 0.25f).select(i);
                while (!goal.isReached(model.logits(x), 0)) {
                  // and again
                }
              }
              return Attempt.shifted(allowed, 0.25f);
            });
    Examples examples = Threshold.right(0.1f, 0.4f, 0.2f, 0.45f);
    RobustnessReport report = evaluate(6, oneByOne, examples);
    assertThat(report.outcomes())
        .extracting(Outcome::prediction)
        .as("as each would end alone")
        .containsExactly(0, 1, 0, 1);
    for (int example = 0; example < 4; example++) {
      assertThat(spy.forward(example)).isLessThanOrEqualTo(6 + OWN);
    }
  }

  /** Asks about an example {@code asks(example)} times, one example after the other. */
  private static Attack<DifferentiableModel> sequential(boolean gradients) {
    return new Attempt<>(
        "Sequential",
        (model, allowed, goal, seed) -> {
          Batch found = Attempt.shifted(allowed, 0.25f);
          for (int i = 0; i < found.rows(); i++) {
            Batch x = found.select(i);
            for (int n = 0; n < 5 * (x.example(0) % 4 + 1); n++) {
              if (gradients) {
                model.gradient(x, goal.loss(Objective.MARGIN));
              } else {
                model.logits(x);
              }
            }
          }
          return found;
        });
  }

  @Test
  void under_a_budget_the_answer_does_not_depend_on_the_batch() {
    float[] values = new float[24];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i + 1) / 32f;
    }
    Examples examples = Threshold.right(values);
    for (boolean gradients : new boolean[] {false, true}) {
      for (long queries : new long[] {1, 4, 7, 12, 1000}) {
        RobustnessReport alone = byBatch(1, queries, gradients, examples);
        for (int batch : new int[] {3, 7, 64}) {
          RobustnessReport together = byBatch(batch, queries, gradients, examples);
          assertThat(together.outcomes()).isEqualTo(alone.outcomes());
          assertThat(together.adversarial().buffer()).isEqualTo(alone.adversarial().buffer());
          assertThat(together.attacks().get(0).forwardQueries())
              .isEqualTo(alone.attacks().get(0).forwardQueries());
          assertThat(together.attacks().get(0).gradientQueries())
              .isEqualTo(alone.attacks().get(0).gradientQueries());
        }
      }
    }
  }

  private static RobustnessReport byBatch(
      int batch, long queries, boolean gradients, Examples examples) {
    return Robustness.of(Threshold.MODEL)
        .under(QUARTER.withQueries(queries))
        .attackedBy(sequential(gradients))
        .withBatch(batch)
        .evaluate(examples);
  }

  @Test
  void every_attack_has_its_own_budget() {
    RobustnessReport report =
        Robustness.of(spy)
            .under(QUARTER.withQueries(4))
            .attackedBy(asksForEver(0.1f), asksForEver(0.2f))
            .evaluate(Threshold.right(0.1f));
    assertThat(report.attacks()).extracting(AttackSummary::forwardQueries).containsExactly(4L, 4L);
    assertThat(spy.forward(0)).isEqualTo(4 + 4 + OWN + 1);
  }

  @Test
  void an_attack_that_finds_nothing_within_its_budget_is_no_failure() {
    RobustnessReport report = evaluate(3, asksForEver(0), Threshold.right(0.4f));
    assertThat(report.outcomes()).containsExactly(new Outcome.Survived(0, 0, 0));
    assertThat(report.attacks().get(0).attempted()).isEqualTo(1);
  }
}
