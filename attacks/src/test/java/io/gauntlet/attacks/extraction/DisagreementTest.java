package io.gauntlet.attacks.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attacks.Net;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import org.junit.jupiter.api.Test;

/** Estimates of a gradient that these networks, not being a secret here, have exactly. */
class DisagreementTest {
  private static final int ROWS = 40;
  private static final float DIFFERENCE = 1e-3f;
  private static final Mlp VICTIM = Net.of(1, 1).model();
  private static final Mlp SURROGATE = Net.of(2, 1).model();
  private static final Batch RAW = Net.of(3, ROWS).examples().inputs();

  private final Oracle oracle = Oracle.of(VICTIM, new Disclosure.Scores(), 1_000_000);

  private static Generator generator(Domain domain) {
    return new Generator(new TrainableNet(Shape.of(4), domain, 4, 6, Seed.of(1)), domain);
  }

  private Disagreement disagreement(int directions) {
    Generator generator = generator(VICTIM.domain());
    return new Disagreement(oracle, SURROGATE, generator, directions, DIFFERENCE, Seed.of(5));
  }

  /** By the chain rule, through both networks and the tanh. */
  private static Batch exact(Mlp victim, Mlp surrogate, Batch raw) {
    Batch inputs = generator(victim.domain()).squashed(raw);
    LogitDistance distance =
        LogitDistance.to(new Disclosure.Scores().reveal(victim.logits(inputs)));
    try (ForwardPass copied = surrogate.forward(inputs);
        ForwardPass asked = victim.forward(inputs)) {
      Batch byCopied = distance.gradient(copied.logits());
      Batch byAsked = byCopied.editRows((i, weights) -> centre(weights));
      Batch byInput = asked.backward(byAsked).minus(copied.backward(byCopied));
      return byInput.editRows(
          (i, slope) -> {
            for (int j = 0; j < slope.length; j++) {
              double tanh = Math.tanh(raw.get(i, j));
              double width = (double) victim.domain().upper(j) - victim.domain().lower(j);
              slope[j] *= (float) (width / 2 * (1 - tanh * tanh));
            }
          });
    }
  }

  /** The derivative of taking the mean away, which is its own transpose. */
  private static void centre(float[] weights) {
    float mean = 0;
    for (float weight : weights) {
      mean += weight / weights.length;
    }
    for (int k = 0; k < weights.length; k++) {
      weights[k] -= mean;
    }
  }

  private static double dot(Batch some, Batch others, int row) {
    double dot = 0;
    for (int j = 0; j < some.width(); j++) {
      dot += (double) some.get(row, j) * others.get(row, j);
    }
    return dot;
  }

  @Test
  void in_one_dimension_one_direction_gives_the_gradient() {
    Mlp victim = Mlp.linear(Domain.of(-2, 5), new float[][] {{1}, {-2}, {3}}, new float[3]);
    Mlp surrogate =
        Mlp.linear(victim.domain(), new float[][] {{2}, {1}, {0}}, new float[] {0.3f, 0, 1});
    Batch raw = Batch.wrap(1, new float[] {-1.5f, -0.7f, 0.01f, 0.4f, 1.1f});
    Batch estimate =
        new Disagreement(
                Oracle.of(victim, new Disclosure.Scores(), 10),
                surrogate,
                generator(victim.domain()),
                1,
                DIFFERENCE,
                Seed.of(1))
            .gradient(raw);
    Batch exact = exact(victim, surrogate, raw);
    for (int i = 0; i < raw.rows(); i++) {
      assertThat(estimate.get(i, 0)).isCloseTo(exact.get(i, 0), within(0.01f));
    }
  }

  /** One direction u gives d (g . u) u: as long as the gradient g is along it, times d. */
  @Test
  void one_direction_tells_the_gradient_along_it() {
    Batch estimate = disagreement(1).gradient(RAW);
    Batch exact = exact(VICTIM, SURROGATE, RAW);
    int close = 0;
    for (int i = 0; i < ROWS; i++) {
      double length = Math.sqrt(dot(estimate, estimate, i));
      close += Math.abs(dot(estimate, exact, i) - length * length / 6) < 0.01 * length ? 1 : 0;
    }
    assertThat(close).isGreaterThan(ROWS - 3); // the others have a kink within the difference
  }

  @Test
  void many_directions_average_to_the_gradient() {
    Batch exact = exact(VICTIM, SURROGATE, RAW);
    Batch error = disagreement(4000).gradient(RAW).minus(exact);
    for (int i = 0; i < ROWS; i++) { // expected: sqrt(5 / 4000), or 3.5 %, of its length
      assertThat(Math.sqrt(dot(error, error, i) / dot(exact, exact, i))).isLessThan(0.12);
    }
  }

  @Test
  void the_victim_is_asked_once_however_often_values_and_gradient_are() {
    Disagreement disagreement = disagreement(3);
    Batch values = disagreement.values(RAW);
    assertThat(oracle.queries()).isEqualTo(ROWS * 4);
    disagreement.gradient(RAW);
    assertThat(disagreement.values(RAW).buffer()).isEqualTo(values.buffer());
    assertThat(oracle.queries()).isEqualTo(ROWS * 4);
  }

  @Test
  void the_loss_is_minus_the_distance() {
    Batch inputs = generator(VICTIM.domain()).squashed(RAW);
    LogitDistance distance =
        LogitDistance.to(new Disclosure.Scores().reveal(VICTIM.logits(inputs)));
    assertThat(disagreement(1).values(RAW).times(-1).buffer())
        .isEqualTo(distance.values(SURROGATE.logits(inputs)).buffer());
  }
}
