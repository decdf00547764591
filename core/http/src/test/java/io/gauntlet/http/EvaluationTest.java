package io.gauntlet.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attacks.score.Square;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.EvaluationCancelledException;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.model.Models;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole evaluation over the wire gives what it gives in one process, and counts every query. */
@Timeout(120)
class EvaluationTest {
  private static final int COUNT = 120;
  private static final Examples EXAMPLES = examples();

  private final InferenceServer server = InferenceServer.of(Nets.NET);

  @AfterEach
  void stop() {
    server.close();
  }

  /** Random points with the network's own answers as labels: all right before the attack. */
  private static Examples examples() {
    RandomGenerator random = Seed.of(3).forExample(0);
    float[][] points = new float[COUNT][6];
    for (float[] point : points) {
      for (int j = 0; j < point.length; j++) {
        point[j] = random.nextFloat();
      }
    }
    Batch inputs = Batch.of(points);
    Batch logits = Nets.NET.logits(inputs);
    int[] labels = new int[COUNT];
    for (int i = 0; i < COUNT; i++) {
      labels[i] = logits.argmax(i);
    }
    return Examples.of(inputs, labels);
  }

  private static Robustness<Model> square(Model model, ThreatModel threat) {
    return Robustness.of(model)
        .under(threat)
        .attackedBy(Square.standard().withQueries(40))
        .withSeed(1);
  }

  private HttpModel remote() {
    return HttpModel.of(server.endpoint(), HttpOptions.standard().withBatch(32));
  }

  @Test
  void square_finds_over_the_wire_what_it_finds_in_process() {
    ThreatModel threat = ThreatModel.linf(0.2f);
    RobustnessReport here = square(Nets.NET, threat).evaluate(EXAMPLES);
    RobustnessReport there = square(remote(), threat).evaluate(EXAMPLES);
    assertThat(here.robustAccuracy()).isBetween(0.1, 0.9);
    assertThat(there.outcomes()).isEqualTo(here.outcomes());
    assertThat(there.adversarial().buffer()).isEqualTo(here.adversarial().buffer());
    assertThat(there.attacks().get(0).forwardQueries())
        .isEqualTo(here.attacks().get(0).forwardQueries());
    assertThat(there.provenance().model()).contains(server.address().toString());
  }

  @Test
  void every_query_that_a_busy_server_turned_away_is_in_the_report() {
    Robustness<Model> calmly = square(remote(), ThreatModel.linf(0.2f)).withWorkers(1);
    long start = server.examples();
    RobustnessReport calm = calmly.evaluate(EXAMPLES);
    final long answered = server.examples() - start;

    HttpModel model = remote();
    final long known = server.examples() - model.queries();
    Robustness<Model> busily =
        square(model, ThreatModel.linf(0.2f))
            .withWorkers(1)
            .withProgress(
                step -> {
                  if (step.number() == 1 && step.done() == 0) { // the attack is about to begin
                    server.strikeNext(Fault.busy(429), Fault.busy(503), Fault.none());
                    server.strikeNext(Fault.none(), Fault.none(), Fault.busy(503), Fault.busy(503));
                  }
                });
    start = server.examples();
    RobustnessReport busy = busily.evaluate(EXAMPLES);
    long turnedAway = server.examples() - start - answered;
    assertThat(server.hasStruck()).isTrue();
    assertThat(turnedAway).isGreaterThan(2 * 30); // micro-batches of 30, all there at first
    assertThat(busy.outcomes()).isEqualTo(calm.outcomes());
    assertThat(busy.attacks().get(0).forwardQueries())
        .isEqualTo(calm.attacks().get(0).forwardQueries() + turnedAway);
    assertThat(model.queries()).isEqualTo(server.examples() - known);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void a_server_that_fails_ends_the_run_and_no_query_is_lost(int workers) {
    HttpModel model = remote();
    Robustness<Model> robustness =
        square(model, ThreatModel.linf(0.2f))
            .withWorkers(workers)
            .withProgress(
                step -> {
                  if (step.number() == 1 && step.done() == 0) {
                    server.strikeNext(Fault.none(), Fault.none(), Fault.closedSocket());
                  }
                });
    assertThatThrownBy(() -> robustness.evaluate(EXAMPLES))
        .isInstanceOfSatisfying(
            HttpModelException.class,
            failure ->
                assertThat(failure.reason()).isEqualTo(HttpModelException.Reason.BROKEN_OFF));
    // what was cut off or cancelled on its way counts here, and perhaps has not arrived there
    assertThat(model.queries() - server.examples()).isBetween(0L, workers * 30L);
  }

  @Test
  void an_interrupt_ends_a_run_whose_server_has_fallen_silent() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    HttpModel model = remote();
    server.strikeNext(
        (exchange, right) -> {
          asked.countDown();
          Fault.silence().strike(exchange, right);
        });
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                square(model, ThreatModel.linf(0.2f)).evaluate(EXAMPLES);
              } catch (Throwable e) {
                thrown.set(e);
              }
            });
    caller.start();
    asked.await();
    caller.interrupt();
    caller.join();
    assertThat(thrown.get()).isExactlyInstanceOf(EvaluationCancelledException.class);
  }

  @Test
  void probabilities_are_told_from_logits() {
    Model softmax =
        Models.of(
            "softmax",
            Nets.NET.inputShape(),
            Nets.NET.domain(),
            3,
            rows -> {
              Batch logits = Nets.NET.logits(Batch.of(rows));
              float[][] probabilities = new float[rows.length][3];
              for (int i = 0; i < rows.length; i++) {
                double sum = 0;
                for (int k = 0; k < 3; k++) {
                  sum += Math.exp(logits.get(i, k));
                }
                for (int k = 0; k < 3; k++) {
                  probabilities[i][k] = (float) (Math.exp(logits.get(i, k)) / sum);
                }
              }
              return probabilities;
            });
    try (InferenceServer other = InferenceServer.of(softmax)) {
      HttpModel model = HttpModel.of(other.endpoint(), HttpOptions.standard());
      assertThat(square(model, ThreatModel.linf(0.1f)).evaluate(EXAMPLES).caveats())
          .contains(new Caveat.LooksLikeProbabilities());
    }
    assertThat(square(remote(), ThreatModel.linf(0.1f)).evaluate(EXAMPLES).caveats())
        .doesNotContain(new Caveat.LooksLikeProbabilities());
  }
}
