package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Attack;
import io.gauntlet.data.Examples;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Model;
import io.gauntlet.threat.ThreatModel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CancellationTest {
  private static final Examples EIGHT =
      Threshold.right(0.1f, 0.4f, 0.45f, 0.2f, 0.6f, 0.9f, 0.3f, 0.55f);

  @AfterEach
  void let_no_flag_escape() {
    Thread.interrupted();
  }

  private static Robustness<DifferentiableModel> robustness(
      Attack<? super DifferentiableModel> attack) {
    return Robustness.of(Spy.on(Threshold.MODEL))
        .under(ThreatModel.linf(0.25f))
        .attackedBy(attack)
        .withBatch(1)
        .withWorkers(2);
  }

  /** Ends at once if they were told to end, and never, but for the timeout, if they were not. */
  private static void assertWorkersEnd() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("gauntlet-worker")) {
        thread.join();
      }
    }
  }

  @Test
  void an_interrupt_ends_a_run_that_would_never_end_and_leaves_no_worker() throws Exception {
    CountDownLatch attacking = new CountDownLatch(2);
    Attack<Model> endless =
        new Attempt<>(
            "Endless",
            (model, allowed, goal, seed) -> {
              while (true) {
                model.logits(allowed.clean());
                attacking.countDown();
              }
            });
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                robustness(endless).evaluate(EIGHT);
              } catch (Throwable e) {
                thrown.set(e);
              }
              flag.set(Thread.currentThread().isInterrupted());
            });
    caller.start();
    attacking.await();
    caller.interrupt();
    caller.join();
    assertThat(thrown.get())
        .isExactlyInstanceOf(EvaluationCancelledException.class)
        .hasMessage("the evaluation was interrupted");
    assertThat(flag.get()).as("the flag stays for whoever is above").isTrue();
    assertWorkersEnd();
  }

  @Test
  void a_caller_that_is_interrupted_already_is_not_kept(@TempDir Path folder) throws Exception {
    Robustness<DifferentiableModel> robustness = robustness(Attempt.ask(1, 0.25f));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> robustness.evaluate(EIGHT))
        .isExactlyInstanceOf(EvaluationCancelledException.class);
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    assertThatThrownBy(
            () -> robustness.withCheckpoint(folder.resolve("run.checkpoint")).evaluate(EIGHT))
        .isExactlyInstanceOf(EvaluationCancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertWorkersEnd();
    Reports.assertSame(
        robustness.withCheckpoint(folder.resolve("run.checkpoint")).evaluate(EIGHT),
        robustness.evaluate(EIGHT));
  }

  @Test
  void a_cancelled_run_goes_on_from_its_checkpoint_and_ends_the_same(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("run.checkpoint");
    Robustness<DifferentiableModel> robustness = robustness(Attempt.ask(3, 0.25f));
    RobustnessReport whole = robustness.evaluate(EIGHT);
    for (int after = 0; after <= 8; after += 2) {
      int stopAt = after;
      assertThatThrownBy(
              () ->
                  robustness
                      .withCheckpoint(file)
                      .withProgress(
                          step -> {
                            if (step.number() == 1 && step.done() >= stopAt) {
                              Thread.currentThread().interrupt();
                            }
                          })
                      .evaluate(EIGHT))
          .isExactlyInstanceOf(EvaluationCancelledException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertWorkersEnd();
    }
    Reports.assertSame(robustness.withCheckpoint(file).evaluate(EIGHT), whole);
  }

  @Test
  void a_worker_whose_model_ends_with_an_exception_when_interrupted_hides_nothing()
      throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    Spy blocking =
        Spy.on(
            Threshold.MODEL,
            inputs -> {
              caller.interrupt();
              try {
                never.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException("the connection was cut", e);
              }
            });
    assertThatThrownBy(
            () ->
                Robustness.of(blocking)
                    .under(ThreatModel.linf(0.25f))
                    .attackedBy(Attempt.ask(1, 0))
                    .evaluate(EIGHT))
        .isExactlyInstanceOf(EvaluationCancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertWorkersEnd();
  }
}
