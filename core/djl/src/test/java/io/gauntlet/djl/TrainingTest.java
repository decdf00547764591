package io.gauntlet.djl;

import static io.gauntlet.djl.Fixtures.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingTest {
  static Optimiser[] optimisers() {
    return new Optimiser[] {new Optimiser.Adam(1e-2f), Optimiser.Sgd.of(5e-2f)};
  }

  private static DjlModel model(Optimiser optimiser) {
    return DjlModel.of(
        Fixtures.layers(),
        DjlOptions.of(Fixtures.IMAGE).withOptimiser(optimiser).withSeed(Seed.of(5)));
  }

  @ParameterizedTest
  @MethodSource("optimisers")
  void the_network_learns(Optimiser optimiser) {
    try (DjlModel model = model(optimiser)) {
      Batch unseen = Fixtures.toy(model, 300, 1);
      double before = loss(model, unseen);
      for (int step = 0; step < 100; step++) {
        Fixtures.train(model, step);
      }
      assertThat(loss(model, unseen)).isLessThan(before / 5);
    }
  }

  private static double loss(DjlModel model, Batch inputs) {
    Batch losses = new CrossEntropy(Fixtures.brightness(inputs)).values(model.logits(inputs));
    double sum = 0;
    for (float loss : all(losses)) {
      sum += loss;
    }
    return sum / inputs.rows();
  }

  @ParameterizedTest
  @MethodSource("optimisers")
  void a_seed_repeats_training_to_the_last_bit_dropout_included(Optimiser optimiser) {
    try (DjlModel one = model(optimiser);
        DjlModel two = model(optimiser)) {
      for (int step = 0; step < 20; step++) {
        double loss = Fixtures.train(one, step);
        one.logits(Fixtures.toy(one, 3, step)); // disturbs nothing
        assertThat(Fixtures.train(two, step)).isEqualTo(loss);
      }
      assertThat(two.fingerprint()).isEqualTo(one.fingerprint());
    }
  }

  @Test
  void a_step_of_gradient_descent_is_the_one_on_paper() {
    Optimiser plain = new Optimiser.Sgd(0.5f, 0, 0);
    Block block = Linear.builder().setUnits(2).build();
    try (DjlModel model = DjlModel.of(block, DjlOptions.of(Shape.of(2)).withOptimiser(plain))) {
      float[] w = block.getParameters().get("weight").getArray().toFloatArray();
      Batch inputs = Batch.of(new float[] {1, 2}, new float[] {3, -1});
      LogitLoss loss = new CrossEntropy(Labels.of(0, 1));
      Batch byLogit = loss.gradient(model.logits(inputs));
      double expected = 0;
      for (float each : all(loss.values(model.logits(inputs)))) {
        expected += each / 2;
      }

      assertThat(model.train(inputs, loss)).isCloseTo(expected, within(1e-6));

      float[] after = block.getParameters().get("weight").getArray().toFloatArray();
      for (int k = 0; k < 2; k++) {
        for (int j = 0; j < 2; j++) {
          float slope =
              (byLogit.get(0, k) * inputs.get(0, j) + byLogit.get(1, k) * inputs.get(1, j)) / 2;
          assertThat(after[2 * k + j]).isCloseTo(w[2 * k + j] - 0.5f * slope, within(1e-6f));
        }
      }
    }
  }

  @Test
  void gradients_after_training_are_those_of_evaluation_mode() {
    try (DjlModel model = Fixtures.trained(DjlOptions.of(Fixtures.IMAGE))) {
      Batch inputs = Fixtures.toy(model, 8, 1);
      LogitLoss loss = new CrossEntropy(Fixtures.brightness(inputs));
      float[] gradient = all(model.gradient(inputs, loss).byInput());
      assertThat(all(model.gradient(inputs, loss).byInput())).isEqualTo(gradient);
      assertThat(model.gradient(inputs.select(0), loss).byInput().row(0))
          .containsExactly(model.gradient(inputs, loss).byInput().row(0), within(1e-5f));
    }
  }

  @Test
  void a_pass_from_before_a_step_is_refused_rather_than_wrong() {
    try (DjlModel model = model(new Optimiser.Adam(1e-2f));
        ForwardPass pass = model.forward(Fixtures.toy(model, 3, 1))) {
      Fixtures.train(model, 0);
      assertThatThrownBy(() -> pass.backward(pass.logits()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("a pass must be open to go back, but was closed");
    }
  }

  @Test
  void a_loss_that_fails_leaves_the_model_usable() {
    try (DjlModel model = model(new Optimiser.Adam(1e-2f))) {
      Batch inputs = Fixtures.toy(model, 3, 1);
      float[] before = all(model.logits(inputs));
      String fingerprint = model.fingerprint();
      LogitLoss strange = new CrossEntropy(Labels.of(0, 1));
      assertThatThrownBy(() -> model.train(inputs, strange))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("example 2");
      assertThat(all(model.logits(inputs))).hasSameSizeAs(before);
      assertThat(Fixtures.train(model, 0)).isFinite();
      assertThat(model.fingerprint()).isNotEqualTo(fingerprint);
    }
  }
}
