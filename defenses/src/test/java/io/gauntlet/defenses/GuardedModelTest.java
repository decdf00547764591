package io.gauntlet.defenses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GuardedModelTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Model MODEL =
      Mlp.linear(Domain.UNIT, new float[][] {{1, 0}, {0, 1}, {0, 0}}, new float[] {0, 0, 0});
  private static final Batch INPUT = Batch.of(new float[] {1, 0.5f});

  private final List<String> heard = new ArrayList<>();
  private final List<Reply> audited = new ArrayList<>();

  private Admission gate(String name, boolean open) {
    return new Admission() {
      @Override
      public Optional<Reply.Limited> admit(Query query) {
        heard.add(name + " admits " + query.rows());
        return open
            ? Optional.empty()
            : Optional.of(new Reply.Limited(name, "closed", Optional.of(Duration.ofMillis(1500))));
      }

      @Override
      public void giveBack(Query query) {
        heard.add(name + " gives back " + query.rows());
      }

      @Override
      public void alarmed(Alarm alarm, Query query) {
        heard.add(name + " hears of " + alarm.client());
      }

      @Override
      public String title() {
        return name;
      }
    };
  }

  private Monitor watch(String name) {
    return new Monitor() {
      @Override
      public Optional<Alarm> observe(Query query, Batch probabilities) {
        heard.add(name + " sees " + probabilities.get(0, 0));
        return Optional.of(new Alarm(name, query.client(), 1, "always"));
      }

      @Override
      public String title() {
        return name;
      }
    };
  }

  private static OutputGuard constant(float... row) {
    return new OutputGuard() {
      @Override
      public Batch apply(Query query, Batch probabilities) {
        return probabilities.withValues(row.length, row.clone());
      }

      @Override
      public String title() {
        return "Constant";
      }
    };
  }

  private GuardedModel guarded(Model model, Guard... guards) {
    return GuardedModel.of(model)
        .guardedBy(guards)
        .withClock(() -> NOON)
        .withAudit((query, reply) -> audited.add(reply));
  }

  private static Reply.Answered answered(Reply reply) {
    assertThat(reply).isInstanceOf(Reply.Answered.class);
    return (Reply.Answered) reply;
  }

  @Test
  void without_guards_the_client_gets_the_models_own_logits() {
    GuardedModel guarded = guarded(MODEL);
    Reply.Answered answer = answered(guarded.ask("alice", INPUT));
    assertThat(answer.logits().row(0)).containsExactly(1, 0.5f, 0);
    double sum = Math.exp(1) + Math.exp(0.5) + 1;
    assertThat(answer.probabilities().get(0, 0)).isCloseTo((float) (Math.E / sum), within(1e-7f));
    assertThat(guarded.forClient("alice").logits(INPUT).row(0)).containsExactly(1, 0.5f, 0);
  }

  @Test
  void guards_act_in_the_order_in_which_they_are_listed() {
    GuardedModel guarded =
        guarded(
            MODEL,
            gate("first", true),
            gate("second", true),
            watch("before"),
            constant(0.25f, 0.75f, 0),
            watch("behind"));
    assertThat(guarded).hasToString("first > second > model > before > Constant > behind");
    Reply.Answered answer = answered(guarded.ask("alice", INPUT));
    assertThat(heard)
        .containsExactly(
            "first admits 1",
            "second admits 1",
            "before sees " + (float) (Math.E / (Math.E + Math.exp(0.5) + 1)),
            "behind sees 0.25",
            "first hears of alice",
            "second hears of alice",
            "first hears of alice",
            "second hears of alice");
    assertThat(answer.alarms()).extracting(Alarm::monitor).containsExactly("before", "behind");
    assertThat(audited).containsExactly(answer);
  }

  @Test
  void logits_behind_an_output_guard_give_its_probabilities_back() {
    Model alice = guarded(MODEL, constant(0.25f, 0.75f, 0)).forClient("alice");
    Batch again = Probabilities.of(alice.logits(INPUT));
    assertThat(again.row(0)).containsExactly(new float[] {0.25f, 0.75f, 0}, within(1e-7f));
  }

  @Test
  void an_admission_behind_a_guard_of_answers_is_refused() {
    GuardedModel guarded = GuardedModel.of(MODEL).guardedBy(constant(1, 0, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> guarded.guardedBy(gate("late", true)))
        .withMessageContaining("late stands behind Constant");
  }

  @Test
  void who_is_refused_further_down_gets_back_what_was_charged_before() {
    GuardedModel guarded =
        guarded(MODEL, gate("first", true), gate("closed", false), gate("never", true));
    Reply reply = guarded.ask("alice", INPUT);
    assertThat(heard).containsExactly("first admits 1", "closed admits 1", "first gives back 1");
    assertThat(reply)
        .isEqualTo(new Reply.Limited("closed", "closed", Optional.of(Duration.ofMillis(1500))));
    assertThat(((Reply.Limited) reply).retryAfterSeconds()).contains(2L);
    assertThat(audited).containsExactly(reply);
    assertThatExceptionOfType(QueryLimitExceededException.class)
        .isThrownBy(() -> guarded.forClient("alice").logits(INPUT))
        .withMessage("closed, retry after PT1.5S")
        .satisfies(e -> assertThat(e.retryAfter()).contains(Duration.ofMillis(1500)))
        .satisfies(e -> assertThat(e.guard()).isEqualTo("closed"));
  }

  @Test
  void a_failing_model_is_a_typed_end_that_costs_the_client_nothing() {
    Model broken =
        answering(
            3,
            inputs -> {
              throw new IllegalStateException("no memory");
            });
    Reply reply = guarded(broken, gate("first", true)).ask("alice", INPUT);
    assertThat(heard).containsExactly("first admits 1", "first gives back 1");
    assertThat(((Reply.Failed) reply).cause()).hasRootCauseMessage("no memory");
    assertThat(audited).containsExactly(reply);
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> guarded(broken).forClient("alice").logits(INPUT));
  }

  @Test
  void scores_that_are_no_answer_fail_instead_of_leaving() {
    assertThat(failure(answering(3, in -> in.withValues(3, new float[] {1, Float.NaN, 0}))))
        .contains("finite", "NaN");
    assertThat(failure(answering(3, in -> in.withValues(2, new float[] {1, 0}))))
        .contains("3 classes", "2 scores");
    assertThat(failure(MODEL, constant(1, Float.NaN, 0))).contains("Constant", "NaN");
    assertThat(failure(MODEL, constant(1, 0))).contains("Constant", "1 rows of 2");
  }

  private String failure(Model model, Guard... guards) {
    Reply reply = guarded(model, guards).ask("alice", INPUT);
    assertThat(reply).isInstanceOf(Reply.Failed.class);
    return String.valueOf(((Reply.Failed) reply).cause().getMessage());
  }

  @Test
  void inputs_that_do_not_fit_are_named_and_charged_to_nobody() {
    GuardedModel guarded = guarded(MODEL, gate("first", true));
    assertThat(invalid(guarded, Batch.of())).contains("at least one row");
    assertThat(invalid(guarded, Batch.of(new float[] {1}))).contains("2 features", "had 1");
    assertThat(invalid(guarded, Batch.of(new float[] {0, 2}))).contains("feature 1", "2.0");
    assertThat(invalid(guarded, Batch.of(new float[] {0, Float.NaN}))).contains("NaN");
    assertThat(heard).isEmpty();
    assertThat(audited).hasSize(4).allMatch(Reply.Invalid.class::isInstance);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> guarded.forClient("alice").logits(Batch.of(new float[] {0, 2})));
    assertThatIllegalArgumentException().isThrownBy(() -> guarded.ask(" ", INPUT));
  }

  private static String invalid(GuardedModel guarded, Batch inputs) {
    return ((Reply.Invalid) guarded.ask("alice", inputs)).reason();
  }

  @Test
  void a_filter_goes_both_ways_without_handing_over_the_model() {
    GuardedModel guarded = guarded(MODEL, gate("first", true), constant(0, 1, 0));
    Passage passage = guarded.enter("alice", INPUT);
    assertThat(passage.refusal()).isEmpty();
    Reply.Answered answer = answered(passage.leave(MODEL.logits(INPUT)));
    assertThat(answer.probabilities().row(0)).containsExactly(0, 1, 0);
    assertThatIllegalStateException()
        .isThrownBy(() -> passage.fail(new IllegalStateException("again")))
        .withMessageContaining("alice");
    assertThat(audited).containsExactly(answer);
    assertThat(heard).containsExactly("first admits 1");
  }

  @Test
  void an_answer_that_cannot_be_audited_does_not_leave() {
    GuardedModel guarded =
        guarded(MODEL)
            .withAudit(
                (query, reply) -> {
                  throw new IllegalStateException("disk full");
                });
    assertThatIllegalStateException().isThrownBy(() -> guarded.ask("alice", INPUT));
  }

  @Test
  void a_model_that_is_not_thread_safe_is_asked_by_one_thread_at_a_time() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Model single =
        answering(
            3,
            inputs -> {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              Batch logits = MODEL.logits(inputs);
              inside.decrementAndGet();
              return logits;
            });
    GuardedModel guarded = GuardedModel.of(single);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CountDownLatch start = new CountDownLatch(1);
    List<Future<?>> runs = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      runs.add(
          threads.submit(
              () -> {
                start.await();
                for (int i = 0; i < 200; i++) {
                  answered(guarded.ask("alice", INPUT));
                }
                return null;
              }));
    }
    start.countDown();
    for (Future<?> run : runs) {
      run.get(60, TimeUnit.SECONDS);
    }
    threads.shutdown();
    assertThat(most).hasValue(1);
  }

  private interface Scores {
    Batch of(Batch inputs);
  }

  private static Model answering(int classes, Scores scores) {
    return new Model() {
      @Override
      public Shape inputShape() {
        return Shape.of(2);
      }

      @Override
      public Domain domain() {
        return Domain.UNIT;
      }

      @Override
      public int classes() {
        return classes;
      }

      @Override
      public Batch logits(Batch inputs) {
        return scores.of(inputs);
      }
    };
  }
}
