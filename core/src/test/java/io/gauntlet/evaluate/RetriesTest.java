package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attack.Attack;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.RetryingModel;
import io.gauntlet.model.Shape;
import io.gauntlet.threat.ThreatModel;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A query that a busy model turned away is counted, and budgets are hard for it too. */
@Timeout(60)
class RetriesTest {
  private static final ThreatModel QUARTER = ThreatModel.linf(0.25f);

  /** What the evaluator itself asks: one prediction, one judgement, three looks for caveats. */
  private static final int OWN = 5;

  /** Turns every example away a number of times before it answers; the evaluator's own too. */
  private static final class Busy implements RetryingModel {
    private final Spy spy = Spy.on(Threshold.MODEL);
    private final int times;
    private final int from;
    private int calls;

    /** Busy from a certain call on. */
    Busy(int times, int from) {
      this.times = times;
      this.from = from;
    }

    @Override
    public Shape inputShape() {
      return spy.inputShape();
    }

    @Override
    public Domain domain() {
      return spy.domain();
    }

    @Override
    public int classes() {
      return spy.classes();
    }

    @Override
    public Concurrency concurrency() {
      return Concurrency.SINGLE_THREADED;
    }

    @Override
    public Batch logits(Batch inputs, Consumer<Batch> again) {
      if (calls++ >= from) {
        for (int i = 0; i < times; i++) {
          spy.logits(inputs); // turned away
          again.accept(inputs);
        }
      }
      return spy.logits(inputs);
    }
  }

  private static RobustnessReport evaluate(
      Model model, ThreatModel threat, Attack<? super Model> attack, Examples examples) {
    return Robustness.of(model).under(threat).attackedBy(attack).evaluate(examples);
  }

  @Test
  void what_was_turned_away_is_in_the_count_of_the_attack_that_asked() {
    Busy busy = new Busy(2, 0);
    RobustnessReport report =
        evaluate(busy, QUARTER, Attempt.ask(4, 0.25f), Threshold.right(0.1f, 0.4f, 0.9f));
    assertThat(report.attacks().get(0).forwardQueries()).isEqualTo(3 * 4 * 3);
    assertThat(busy.spy.forward(1)).isEqualTo(3 * (4 + OWN));
    assertThat(report.count(Outcome.Fooled.class)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 100})
  void a_budget_is_hard_for_queries_that_are_turned_away(long queries) {
    Busy busy = new Busy(2, 1); // the clean predictions come at once
    Attack<Model> forEver =
        new Attempt<>(
            "ForEver",
            (model, allowed, goal, seed) -> {
              while (true) {
                model.logits(Attempt.shifted(allowed, 0.25f));
              }
            });
    RobustnessReport report =
        evaluate(busy, QUARTER.withQueries(queries), forEver, Threshold.right(0.1f, 0.4f, 0.9f));
    assertThat(report.attacks().get(0).forwardQueries()).isEqualTo(3 * queries);
    for (int example = 0; example < 3; example++) {
      assertThat((long) busy.spy.forward(example)).isEqualTo(queries + 1 + 3 * (OWN - 1));
    }
    assertThat(report.count(Outcome.Fooled.class))
        .as("the answer is the third query, and one answer is enough")
        .isEqualTo(queries >= 3 ? 1 : 0);
  }

  @Test
  void an_example_without_budget_does_not_take_the_others_turn() {
    Attack<Model> uneven =
        new Attempt<>(
            "Uneven",
            (model, allowed, goal, seed) -> {
              Batch found = Attempt.shifted(allowed, 0.25f);
              for (int i = 0; i < found.rows(); i++) {
                for (int n = 0; n <= found.example(i) % 3; n++) {
                  model.logits(found.select(i));
                }
              }
              model.logits(found);
              return found;
            });
    float[] values = {0.4f, 0.41f, 0.42f, 0.43f, 0.44f, 0.45f};
    for (long queries = 1; queries <= 10; queries++) {
      Busy busy = new Busy(1, 1);
      RobustnessReport report =
          evaluate(busy, QUARTER.withQueries(queries), uneven, Threshold.right(values));
      for (int example = 0; example < values.length; example++) {
        assertThat((long) busy.spy.forward(example))
            .isLessThanOrEqualTo(queries + 1 + 2 * (OWN - 1));
      }
      assertThat(report.count(Outcome.Fooled.class)).isEqualTo(queries >= 2 ? values.length : 0);
    }
  }

  @Test
  void several_copies_of_one_example_are_paid_again_one_by_one() {
    Busy busy = new Busy(1, 1);
    Attack<Model> copies =
        new Attempt<>(
            "Copies",
            (model, allowed, goal, seed) -> {
              Batch found = Attempt.shifted(allowed, 0.25f);
              model.logits(found.select(0, 0));
              return found;
            });
    RobustnessReport tight = evaluate(busy, QUARTER.withQueries(3), copies, Threshold.right(0.4f));
    assertThat(tight.attacks().get(0).forwardQueries()).isEqualTo(2);
    assertThat(tight.count(Outcome.Fooled.class)).isZero();
    RobustnessReport enough =
        evaluate(new Busy(1, 1), QUARTER.withQueries(4), copies, Threshold.right(0.4f));
    assertThat(enough.attacks().get(0).forwardQueries()).isEqualTo(4);
    assertThat(enough.count(Outcome.Fooled.class)).isEqualTo(1);
  }
}
