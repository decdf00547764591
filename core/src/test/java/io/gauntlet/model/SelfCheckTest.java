package io.gauntlet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelfCheckTest {
  private static final SelfCheck CHECK = SelfCheck.standard();

  private static Mlp mlp(Domain domain, int... sizes) {
    RandomGenerator random = Seed.of(3).forExample(0);
    Mlp.Dense[] layers = new Mlp.Dense[sizes.length - 1];
    for (int k = 0; k < layers.length; k++) {
      float[][] weights = new float[sizes[k + 1]][sizes[k]];
      for (float[] row : weights) {
        for (int i = 0; i < row.length; i++) {
          row[i] = (float) (random.nextGaussian() * Math.sqrt(2.0 / row.length));
        }
      }
      layers[k] = Mlp.Dense.of(weights, new float[sizes[k + 1]]);
    }
    return Mlp.of(Shape.of(sizes[0]), domain, List.of(layers));
  }

  /** A network with its answers and gradients tampered with. */
  private record Tampered(
      DifferentiableModel model, UnaryOperator<Batch> scores, UnaryOperator<Batch> gradients)
      implements DifferentiableModel {
    @Override
    public Shape inputShape() {
      return model.inputShape();
    }

    @Override
    public Domain domain() {
      return model.domain();
    }

    @Override
    public int classes() {
      return model.classes();
    }

    @Override
    public Batch logits(Batch inputs) {
      return scores.apply(model.logits(inputs));
    }

    @Override
    public ForwardPass forward(Batch inputs) {
      ForwardPass pass = model.forward(inputs);
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

  private static Optional<SelfCheck.Fault> withScores(UnaryOperator<Batch> tamper) {
    return CHECK.examine(new Tampered(mlp(Domain.UNIT, 20, 30, 4), tamper, batch -> batch));
  }

  private static Optional<SelfCheck.Fault> withGradients(UnaryOperator<Batch> tamper) {
    return CHECK.examine(new Tampered(mlp(Domain.UNIT, 20, 30, 4), batch -> batch, tamper));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
  void nothing_is_wrong_with_networks_in_plain_java(long seed) {
    SelfCheck check = CHECK.withSeed(Seed.of(seed));
    assertThat(check.examine(mlp(Domain.UNIT, 20, 30, 4))).isEmpty();
    assertThat(check.examine(mlp(Domain.UNIT, 784, 64, 64, 64, 10))).isEmpty();
    assertThat(check.examine(mlp(Domain.of(-1000, 3000), 5, 40, 2))).isEmpty();
    assertThat(check.examine(mlp(Domain.of(0, 1e-3f), 3, 2))).isEmpty();
  }

  @Test
  void nothing_is_wrong_with_scores_that_never_change() {
    float[][] nothing = new float[3][6];
    Mlp constant = Mlp.linear(Domain.UNIT, nothing, new float[] {1, 2, 3});
    assertThat(CHECK.examine(constant)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.9, 1.1, -1, 2, 1e6})
  void gradients_of_another_length_are_found(double factor) {
    assertThat(withGradients(byInput -> byInput.times((float) factor)))
        .containsInstanceOf(SelfCheck.Fault.WrongGradient.class);
  }

  @Test
  void gradients_that_lack_some_features_are_found() {
    assertThat(withGradients(byInput -> byInput.editRows((i, g) -> Arrays.fill(g, 0, 4, 0))))
        .containsInstanceOf(SelfCheck.Fault.WrongGradient.class);
  }

  @Test
  void gradients_of_another_feature_are_found() {
    assertThat(
            withGradients(
                byInput ->
                    byInput.editRows(
                        (i, g) -> {
                          float first = g[0];
                          System.arraycopy(g, 1, g, 0, g.length - 1);
                          g[g.length - 1] = first;
                        })))
        .containsInstanceOf(SelfCheck.Fault.WrongGradient.class);
  }

  @Test
  void the_error_of_a_gradient_is_measured() {
    SelfCheck.Fault fault = withGradients(byInput -> byInput.times(1.1f)).orElseThrow();
    double difference = ((SelfCheck.Fault.WrongGradient) fault).difference();
    assertThat(difference).isBetween(0.03, 0.2);
    assertThat(fault.message())
        .startsWith("gradients must be the slopes of the scores, but differ by 0.")
        .endsWith(" of their length");
  }

  @Test
  void answers_that_are_wrong_on_every_second_call_are_found() {
    AtomicInteger calls = new AtomicInteger();
    assertThat(withScores(z -> calls.getAndIncrement() % 2 == 0 ? z : z.times(1.3f)))
        .containsInstanceOf(SelfCheck.Fault.AnswersVary.class)
        .hasValueSatisfying(
            fault ->
                assertThat(fault.message())
                    .isEqualTo(
                        "the scores of the same inputs must repeat, but differ by 0.300 of their"
                            + " size"));
  }

  @Test
  void gradients_that_add_up_are_found() {
    AtomicInteger calls = new AtomicInteger();
    assertThat(withGradients(byInput -> byInput.times(calls.incrementAndGet())))
        .contains(new SelfCheck.Fault.AnswersVary("gradients", 1));
  }

  @Test
  void rows_that_depend_on_each_other_are_found() {
    assertThat(withScores(z -> z.plus(z.select(swapped(z.rows())).times(0.01f))))
        .containsInstanceOf(SelfCheck.Fault.RowsMix.class)
        .hasValueSatisfying(
            fault ->
                assertThat(fault.message())
                    .startsWith("the scores of a row must not depend on the other rows, but those")
                    .contains("row 0 alone differ by"));
    assertThat(withGradients(g -> g.times(g.rows())))
        .containsInstanceOf(SelfCheck.Fault.RowsMix.class);
  }

  private static int[] swapped(int rows) {
    int[] order = new int[rows];
    Arrays.setAll(order, i -> (i + 1) % rows);
    return order;
  }

  @Test
  void numbers_that_are_none_are_found() {
    assertThat(withScores(z -> z.editRows((i, row) -> row[1] = i == 2 ? Float.NaN : row[1])))
        .contains(new SelfCheck.Fault.NotFinite("scores", 2));
    assertThat(withGradients(g -> g.times(Float.POSITIVE_INFINITY)))
        .hasValueSatisfying(
            fault ->
                assertThat(fault.message())
                    .isEqualTo("the gradients must be finite, but those of row 0 are not"));
  }

  @Test
  void given_inputs_are_looked_at_and_must_be_legal() {
    Mlp model = mlp(Domain.UNIT, 3, 5, 2);
    assertThat(CHECK.examine(model, Batch.of(new float[] {0, 1, 0.5f}))).isEmpty();
    assertThatThrownBy(() -> CHECK.examine(model, Batch.of(new float[] {0, 2, 0.5f})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("feature 1 of example 0 was 2.0");
    assertThatThrownBy(() -> CHECK.examine(model, Batch.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows of inputs must be at least 1, but was 0");
  }

  @Test
  void a_fault_can_be_made_an_exception() {
    Mlp model = mlp(Domain.UNIT, 3, 5, 2);
    assertThatCode(() -> CHECK.require(model)).doesNotThrowAnyException();
    assertThatThrownBy(() -> CHECK.require(new Tampered(model, batch -> batch, g -> g.times(0.5f))))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("gradients must be the slopes of the scores");
  }

  @Test
  void settings_are_checked() {
    assertThatThrownBy(() -> CHECK.withRows(1)).hasMessage("rows must be at least 2, but was 1");
    assertThatThrownBy(() -> CHECK.withDraws(0)).hasMessage("draws must be at least 1, but was 0");
    assertThatThrownBy(() -> CHECK.withRounding(0))
        .hasMessage("rounding must be finite and positive, but was 0.0");
    assertThatThrownBy(() -> CHECK.withTolerance(Float.NaN))
        .hasMessage("tolerance must be finite and positive, but was NaN");
  }
}
