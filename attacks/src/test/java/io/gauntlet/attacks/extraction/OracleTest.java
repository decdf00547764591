package io.gauntlet.attacks.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attacks.Net;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class OracleTest {
  private static final Net NET = Net.of(1, 200);
  private static final Batch INPUTS = NET.examples().inputs();

  /** Answers what a function makes of the inputs. */
  private record Answering(UnaryOperator<Batch> answer) implements Model {
    @Override
    public Shape inputShape() {
      return Shape.of(6);
    }

    @Override
    public Domain domain() {
      return Domain.of(-1, 1);
    }

    @Override
    public int classes() {
      return 3;
    }

    @Override
    public Batch logits(Batch inputs) {
      return answer.apply(inputs);
    }
  }

  private static Oracle oracle(Disclosure disclosure, long budget) {
    return Oracle.of(NET.model(), disclosure, budget);
  }

  @Test
  void every_input_is_counted_and_none_beyond_the_budget_is_answered() {
    long[] asked = new long[1];
    Model counted =
        new Answering(
            inputs -> {
              asked[0] += inputs.rows();
              return NET.model().logits(inputs);
            });
    Oracle oracle = Oracle.of(counted, new Disclosure.Scores(), 200);
    assertThat(oracle.ask(INPUTS.slice(0, 150)).rows()).isEqualTo(150);
    assertThat(oracle.remaining()).isEqualTo(50);
    assertThatThrownBy(() -> oracle.ask(INPUTS.slice(0, 51)))
        .isInstanceOf(QueryBudgetException.class)
        .hasMessage("the query budget has 50 left, but 51 were asked");
    assertThat(oracle.queries()).isEqualTo(150);
    oracle.ask(INPUTS.slice(0, 50));
    assertThat(oracle.remaining()).isZero();
    assertThat(asked[0]).isEqualTo(200);
    assertThatThrownBy(() -> oracle.ask(INPUTS.slice(0, 1)))
        .isInstanceOf(QueryBudgetException.class);
    assertThat(oracle.ask(INPUTS.slice(0, 0)).rows()).isZero();
    assertThat(asked[0]).isEqualTo(200);
  }

  @Test
  void what_a_busy_victim_is_asked_again_is_counted_again() {
    Oracle oracle = Oracle.of(new Busy(NET.model(), 2), new Disclosure.Scores(), 100);
    oracle.ask(INPUTS.slice(0, 20));
    assertThat(oracle.queries()).isEqualTo(20);
    Batch answers = oracle.ask(INPUTS.slice(0, 20));
    assertThat(oracle.queries()).isEqualTo(60);
    assertThat(answers.buffer())
        .isEqualTo(oracle(new Disclosure.Scores(), 20).ask(INPUTS.slice(0, 20)).buffer());
  }

  @Test
  void a_busy_victim_is_not_asked_again_with_what_the_budget_has_not() {
    Oracle oracle = Oracle.of(new Busy(NET.model(), 1), new Disclosure.Scores(), 50);
    assertThatThrownBy(() -> oracle.ask(INPUTS.slice(0, 30)))
        .isInstanceOf(QueryBudgetException.class)
        .hasMessage("the query budget has 20 left, but 30 were asked");
    assertThat(oracle.queries()).isEqualTo(30);
  }

  @Test
  void scores_are_the_logarithms_of_the_softmax() {
    Batch answers = oracle(new Disclosure.Scores(), 500).ask(INPUTS);
    Batch logits = NET.model().logits(INPUTS);
    for (int i = 0; i < answers.rows(); i++) {
      assertThat(answers.example(i)).isEqualTo(INPUTS.example(i));
      double sum = 0;
      for (int k = 0; k < 3; k++) {
        sum += Math.exp(answers.get(i, k));
        assertThat(answers.get(i, k) - answers.get(i, 0))
            .isCloseTo(logits.get(i, k) - logits.get(i, 0), within(1e-5f));
      }
      assertThat(sum).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void scores_stay_finite_where_probabilities_underflow() {
    Batch answers = new Disclosure.Scores().reveal(Batch.of(new float[] {500, 0, -500}));
    assertThat(answers.row(0)).containsExactly(0, -500, -1000);
  }

  @Test
  void top_k_spreads_what_it_does_not_tell() {
    float log = (float) Math.log(2);
    Batch logits = Batch.of(new float[] {0, 2 * log, 0, log}); // 1, 4, 1, 2 eighths
    Batch two = Guesses.probabilities(new Disclosure.TopK(2).reveal(logits));
    assertThat(two.row(0))
        .containsExactly(new float[] {0.125f, 0.5f, 0.125f, 0.25f}, within(1e-6f));
    Batch one = Guesses.probabilities(new Disclosure.TopK(1).reveal(logits));
    float third = 0.5f / 3;
    assertThat(one.row(0)).containsExactly(new float[] {third, 0.5f, third, third}, within(1e-6f));
    for (int all : new int[] {4, 9}) {
      assertThat(new Disclosure.TopK(all).reveal(logits).row(0))
          .containsExactly(new Disclosure.Scores().reveal(logits).row(0));
    }
    assertThatThrownBy(() -> new Disclosure.TopK(0)).hasMessage("k must be at least 1, but was 0");
  }

  @Test
  void a_label_is_the_first_of_the_largest_scores() {
    float none = Float.NEGATIVE_INFINITY;
    assertThat(new Disclosure.LabelOnly().reveal(Batch.of(new float[] {1, 3, 3})).row(0))
        .containsExactly(none, 0, none);
  }

  @Test
  void inputs_outside_the_domain_are_refused_before_they_cost_anything() {
    Oracle oracle = oracle(new Disclosure.Scores(), 10);
    assertThatThrownBy(() -> oracle.ask(Batch.of(new float[] {0, 0, 0, 0, 0, 2})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("feature 5 of example 0 was 2.0");
    assertThat(oracle.queries()).isZero();
  }

  @Test
  void answers_that_are_none_are_the_victims_fault_and_still_counted() {
    Oracle narrow =
        Oracle.of(
            new Answering(x -> x.withValues(2, new float[2 * x.rows()])),
            new Disclosure.Scores(),
            9);
    assertThatThrownBy(() -> narrow.ask(INPUTS.slice(0, 2)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("3 classes, but returned 2 scores");
    assertThat(narrow.queries()).isEqualTo(2);
    Oracle broken =
        Oracle.of(
            new Answering(x -> x.withValues(3, new float[] {0, Float.NaN, 0})),
            new Disclosure.LabelOnly(),
            9);
    assertThatThrownBy(() -> broken.ask(INPUTS.slice(4, 5)))
        .isInstanceOf(ModelException.class)
        .hasMessage("every score must be finite, but that of class 1 of example 4 was NaN");
  }

  @Test
  void a_budget_is_at_least_one() {
    assertThatThrownBy(() -> oracle(new Disclosure.Scores(), 0))
        .hasMessage("query budget must be at least 1, but was 0");
  }

  @Test
  void what_the_victim_says_of_itself_is_public() {
    Oracle oracle = oracle(new Disclosure.LabelOnly(), 1);
    Mlp victim = NET.model();
    assertThat(oracle.inputShape()).isEqualTo(victim.inputShape());
    assertThat(oracle.domain()).isEqualTo(victim.domain());
    assertThat(oracle.classes()).isEqualTo(3);
    assertThat(oracle.disclosure()).isEqualTo(new Disclosure.LabelOnly());
  }
}
