package io.gauntlet.nd4j;

import static io.gauntlet.nd4j.Fixtures.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ScheduledModel;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/** Training and the gradient by the inputs at once. */
class OnePassTest {
  static Stream<Named<Supplier<ScheduledModel>>> models() {
    return Stream.of(
        named("stack", () -> NetworkModel.of(Fixtures.stack(), Fixtures.ROWS)),
        named("frozen", () -> NetworkModel.of(rows(new FrozenLayer(hidden())), Fixtures.ROWS)),
        named(
            "frozen with a way back",
            () -> NetworkModel.of(rows(new FrozenLayerWithBackprop(hidden())), Fixtures.ROWS)),
        named(
            "SameDiff",
            () -> SameDiffModel.of(Fixtures.sameDiff(), "input", "logits", Fixtures.ROWS)));
  }

  private static Named<Supplier<ScheduledModel>> named(
      String name, Supplier<ScheduledModel> model) {
    return Named.of(name, model);
  }

  private static MultiLayerNetwork rows(Layer first) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            Fixtures.configuration()
                .list()
                .layer(first)
                .layer(hidden())
                .layer(Fixtures.softmax().build())
                .setInputType(InputType.feedForward(12))
                .build());
    network.init();
    return network;
  }

  private static Layer hidden() {
    return new DenseLayer.Builder().nOut(8).activation(Activation.TANH).build();
  }

  @ParameterizedTest
  @MethodSource("models")
  void a_step_gives_the_gradient_of_each_input_from_before_it(Supplier<ScheduledModel> made) {
    ScheduledModel apart = made.get();
    ScheduledModel together = made.get();
    Batch inputs = Fixtures.toy(Fixtures.FEATURES, 6, 1);
    LogitLoss loss = new CrossEntropy(Fixtures.labels(inputs));
    for (int step = 0; step < 3; step++) {
      Gradient expected = apart.gradient(inputs, loss);
      apart.train(inputs, loss);

      Gradient gradient = together.trainAndDifferentiate(inputs, loss);

      assertThat(all(gradient.byInput())).containsExactly(all(expected.byInput()), within(1e-6f));
      assertThat(all(gradient.losses())).containsExactly(all(expected.losses()), within(1e-6f));
      assertThat(all(gradient.logits())).containsExactly(all(expected.logits()), within(1e-6f));
      assertThat(together.fingerprint()).isEqualTo(apart.fingerprint());
    }
  }

  @Test
  void with_batch_norm_it_is_the_slope_of_the_loss_that_is_trained_on() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            Fixtures.configuration()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(hidden())
                .layer(new BatchNormalization())
                .layer(Fixtures.softmax().build())
                .setInputType(InputType.feedForward(12))
                .build());
    network.init();
    NetworkModel model = NetworkModel.of(network, Fixtures.ROWS);
    model.setLearningRate(0); // the statistics of batch norm still move; a batch has its own
    Batch inputs = Fixtures.toy(Fixtures.FEATURES, 6, 1);
    LogitLoss loss = new CrossEntropy(Fixtures.labels(inputs));
    Batch byInput = model.trainAndDifferentiate(inputs, loss).byInput();
    float h = 1f / 64;
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 12; j++) {
        double slope =
            6 * (moved(model, inputs, loss, i, j, h) - moved(model, inputs, loss, i, j, -h));
        assertThat(slope / (2 * h)).isCloseTo(byInput.get(i, j), within(2e-3));
      }
    }
    assertThat(all(model.gradient(inputs, loss).byInput())).isNotEqualTo(all(byInput));
  }

  private static double moved(
      NetworkModel model, Batch inputs, LogitLoss loss, int row, int feature, float by) {
    Batch moved =
        inputs.editRows(
            (i, x) -> {
              if (i == row) {
                x[feature] += by;
              }
            });
    return model.train(moved, loss);
  }

  @Test
  void of_nothing_nothing_can_be_learnt() {
    NetworkModel model = NetworkModel.of(Fixtures.stack(), Fixtures.ROWS);
    assertThatThrownBy(() -> model.trainAndDifferentiate(Batch.of(), new CrossEntropy(Labels.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a training step needs at least 1 row, but had 0");
  }
}
