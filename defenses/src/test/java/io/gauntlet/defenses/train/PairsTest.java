package io.gauntlet.defenses.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PairsTest {
  private static final int CLASSES = 4;

  static Stream<Named<PairLoss>> losses() {
    return Stream.of(
        Named.of("TRADES", new Trades(6, 1, 1)::loss),
        Named.of("TRADES with less of the divergence", new Trades(0.5f, 1, 1)::loss),
        Named.of("MART", Mart.standard()::loss),
        Named.of("MART without the divergence", Mart.standard().withLambda(0)::loss));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void derivatives_are_the_slopes_of_the_loss(PairLoss loss) {
    for (int draw = 0; draw < 200; draw++) {
      RandomGenerator random = Seed.of(3).forExample(draw);
      double[] clean = logits(random);
      double[] attacked = logits(random);
      int label = draw % CLASSES;
      PairLoss.Slope slope = at(loss, clean, attacked, label);
      for (int k = 0; k < CLASSES; k++) {
        double byClean =
            (at(loss, moved(clean, k, 1e-5), attacked, label).value()
                    - at(loss, moved(clean, k, -1e-5), attacked, label).value())
                / 2e-5;
        double byAttacked =
            (at(loss, clean, moved(attacked, k, 1e-5), label).value()
                    - at(loss, clean, moved(attacked, k, -1e-5), label).value())
                / 2e-5;
        assertThat(slope.byClean(k)).isCloseTo(byClean, within(1e-7));
        assertThat(slope.byAttacked(k)).isCloseTo(byAttacked, within(1e-7));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void stays_finite_where_an_answer_is_as_confident_and_wrong_as_floats_allow(PairLoss loss) {
    PairLoss.Slope slope =
        at(loss, new double[] {1e4, -1e4, 0, 0}, new double[] {-1e4, 1e4, 0, 0}, 0);

    assertThat(slope.value()).isBetween(1e4, 1e6);
    IntStream.range(0, CLASSES)
        .forEach(
            k -> {
              assertThat(slope.byClean(k)).isFinite();
              assertThat(slope.byAttacked(k)).isFinite();
            });
  }

  @Test
  void trades_adds_the_divergence_to_the_cross_entropy() {
    double[] p = {0.7, 0.2, 0.1};
    double[] q = {0.3, 0.6, 0.1};

    double loss = new Trades(6, 1, 1).loss(answer(p), answer(q), 0).value();

    double divergence = 0.7 * Math.log(0.7 / 0.3) + 0.2 * Math.log(0.2 / 0.6);
    assertThat(loss).isCloseTo(-Math.log(0.7) + 6 * divergence, within(1e-12));
  }

  @Test
  void mart_weighs_the_divergence_by_how_wrong_the_clean_answer_is() {
    double[] p = {0.7, 0.2, 0.1};
    double[] q = {0.3, 0.6, 0.1};

    double loss = Mart.standard().loss(answer(p), answer(q), 0).value();

    double divergence = 0.7 * Math.log(0.7 / 0.3) + 0.2 * Math.log(0.2 / 0.6);
    double margin = -Math.log(0.3) - Math.log(1 - 0.6);
    assertThat(loss).isCloseTo(margin + 6 * divergence * (1 - 0.7), within(1e-12));
  }

  @Test
  void the_mean_of_the_rows_is_the_mean_of_the_pairs_and_its_gradient_too() {
    Batch logits =
        Batch.of(new float[][] {{1, 0, 0, 0}, {0, 2, -1, 0}, {0, 1, 0, 0}, {1, 1, 0, 3}})
            .standingFor(5, 8, 5, 8);
    Labels labels = Labels.of(Batch.of(new float[2][4]).standingFor(5, 8), 0, 1);
    Pairs pairs = new Pairs(labels, new Trades(3, 1, 1)::loss);
    double first = at(pairs.loss(), doubles(logits, 0), doubles(logits, 2), 0).value();
    double second = at(pairs.loss(), doubles(logits, 1), doubles(logits, 3), 1).value();

    assertThat(mean(pairs, logits)).isCloseTo((first + second) / 2, within(1e-6));

    Batch gradient = pairs.gradient(logits);
    for (int row = 0; row < 4; row++) {
      for (int k = 0; k < CLASSES; k++) {
        double slope =
            (mean(pairs, moved(logits, row, k, 0.01f)) - mean(pairs, moved(logits, row, k, -0.01f)))
                / 0.02;
        assertThat(gradient.get(row, k) / 4).isCloseTo((float) slope, within(2e-4f));
      }
    }
  }

  @Test
  void a_label_that_is_no_class_of_the_model_is_refused() {
    SoftmaxLearner learner = Lesson.learner(3);
    Batch x = Batch.of(new float[] {0, 0});

    assertThatThrownBy(() -> Pairs.train(learner, x, x, Labels.of(3), new Trades(6, 1, 1)::loss))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("labels must be below the model's 3 classes, but example 0 has label 3");
  }

  private static double mean(Pairs pairs, Batch logits) {
    Batch values = pairs.values(logits);
    return IntStream.range(0, values.rows())
        .mapToDouble(i -> values.get(i, 0))
        .average()
        .orElseThrow();
  }

  private static Batch moved(Batch logits, int row, int k, float by) {
    return logits.editRows((i, z) -> z[k] += i == row ? by : 0);
  }

  private static double[] moved(double[] logits, int k, double by) {
    double[] moved = logits.clone();
    moved[k] += by;
    return moved;
  }

  private static PairLoss.Slope at(PairLoss loss, double[] clean, double[] attacked, int label) {
    return loss.at(Softmax.of(clean), Softmax.of(attacked), label);
  }

  private static Softmax answer(double... probabilities) {
    return Softmax.of(Arrays.stream(probabilities).map(Math::log).toArray());
  }

  private static double[] doubles(Batch logits, int row) {
    return IntStream.range(0, logits.width()).mapToDouble(k -> logits.get(row, k)).toArray();
  }

  private static double[] logits(RandomGenerator random) {
    return random.doubles(CLASSES, -3, 3).toArray();
  }
}
