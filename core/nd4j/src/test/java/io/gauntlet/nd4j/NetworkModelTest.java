package io.gauntlet.nd4j;

import static io.gauntlet.nd4j.Fixtures.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.SelfCheck;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class NetworkModelTest {
  @TempDir Path folder;

  private static MultiLayerNetwork stack(InputType input, Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = Fixtures.configuration().list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(input).build());
    network.init();
    return network;
  }

  private static MultiLayerNetwork dense(Layer... layers) {
    return stack(InputType.feedForward(12), layers);
  }

  private static Layer hidden() {
    return new DenseLayer.Builder().nOut(8).activation(Activation.TANH).build();
  }

  /** What DL4J itself says, in inference mode. */
  private static float[] probabilities(MultiLayerNetwork network, Batch inputs, Shape shape) {
    DataType type = network.getLayerWiseConfigurations().getDataType();
    return Rows.take(network.output(Rows.of(inputs, shape, type), false));
  }

  private static float[] softmax(Batch logits) {
    INDArray scores = Rows.of(logits, Shape.of(logits.width()), DataType.FLOAT);
    return Rows.take(Nd4j.nn().softmax(scores, 1));
  }

  static Stream<MultiLayerNetwork> networks() {
    BatchNormalization locked =
        new BatchNormalization.Builder().lockGammaBeta(true).gamma(2).beta(0.5).build();
    BatchNormalization lockedGamma =
        new BatchNormalization.Builder().lockGammaBeta(true).gamma(2).beta(0).build();
    BatchNormalization variance = new BatchNormalization.Builder().useLogStd(false).build();
    return Stream.of(
        dense(hidden(), locked, Fixtures.softmax().build()),
        dense(hidden(), lockedGamma, Fixtures.softmax().build()),
        dense(new BatchNormalization(), hidden(), variance, Fixtures.softmax().build()),
        dense(hidden(), new PReLULayer.Builder().inputShape(8).build(), Fixtures.softmax().build()),
        dense(new FrozenLayer(hidden()), Fixtures.softmax().build()),
        dense(
            new DenseLayer.Builder().nOut(8).weightNoise(new DropConnect(0.5)).build(),
            Fixtures.softmax().hasBias(false).build()),
        dense(
            hidden(),
            new DenseLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build(),
            new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.IDENTITY).build()),
        dense(
            new DenseLayer.Builder().nOut(3).activation(Activation.IDENTITY).build(),
            new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build()),
        dense(
            new DenseLayer.Builder().nOut(3).activation(Activation.IDENTITY).build(),
            new ActivationLayer(Activation.SOFTMAX)));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void answers_what_dl4j_takes_the_softmax_of(MultiLayerNetwork network) {
    NetworkModel model = NetworkModel.of(network, Fixtures.ROWS);
    Batch inputs = Fixtures.toy(Fixtures.FEATURES, 20, 1);
    assertThat(softmax(model.logits(inputs)))
        .containsExactly(probabilities(network, inputs, Fixtures.FEATURES), within(1e-6f));
  }

  @Test
  void dropout_and_batch_norm_are_in_inference_mode_both_ways() {
    MultiLayerNetwork network = Fixtures.smoothStack(DataType.DOUBLE);
    NetworkModel model = NetworkModel.of(network, Fixtures.IMAGES);
    Batch inputs = Fixtures.toy(Fixtures.IMAGE, 9, 2);
    assertThat(softmax(model.logits(inputs)))
        .containsExactly(probabilities(network, inputs, Fixtures.IMAGE), within(1e-6f));
    LogitLoss loss = new CrossEntropy(Fixtures.labels(inputs));
    float[] byInput = all(model.gradient(inputs, loss).byInput());
    INDArray exact = Rows.of(inputs, Fixtures.IMAGE, DataType.DOUBLE);
    for (int j = 0; j < byInput.length; j += 7) {
      double slope = (loss(network, exact, j, 1e-4) - loss(network, exact, j, -1e-4)) / 2e-4;
      assertThat((double) byInput[j]).isCloseTo(slope, within(1e-5));
    }
  }

  /** Sum of cross-entropies in double, by DL4J alone, with one feature moved. */
  private static double loss(MultiLayerNetwork network, INDArray inputs, int moved, double step) {
    INDArray x = inputs.dup();
    x.data().put(moved, x.data().getDouble(moved) + step);
    INDArray probabilities = network.output(x, false);
    double loss = 0;
    for (int i = 0; i < probabilities.rows(); i++) {
      loss -= Math.log(probabilities.getDouble(i, i % 3));
    }
    return loss;
  }

  @Test
  void channels_may_come_last() {
    MultiLayerNetwork network =
        stack(
            InputType.convolutional(6, 6, 2, CNN2DFormat.NHWC),
            new ConvolutionLayer.Builder(3, 3).nOut(4).dataFormat(CNN2DFormat.NHWC).build(),
            new BatchNormalization.Builder().dataFormat(CNN2DFormat.NHWC).build(),
            new ActivationLayer(Activation.GELU),
            Fixtures.softmax().build());
    Shape shape = Shape.of(6, 6, 2);
    NetworkModel model = NetworkModel.of(network, Nd4jOptions.of(shape));
    Batch inputs = Fixtures.toy(shape, 5, 3);
    assertThat(softmax(model.logits(inputs)))
        .containsExactly(probabilities(network, inputs, shape), within(1e-6f));
  }

  @Test
  void a_network_for_flat_images_takes_both_flat_ones_and_others() {
    MultiLayerNetwork network =
        stack(
            InputType.convolutionalFlat(8, 8, 1),
            Fixtures.convolution(3),
            new ActivationLayer(Activation.TANH),
            Fixtures.softmax().build());
    NetworkModel flat = NetworkModel.of(network, Nd4jOptions.of(Shape.of(64)));
    NetworkModel image = NetworkModel.of(network, Fixtures.IMAGES);
    Batch inputs = Fixtures.toy(Fixtures.IMAGE, 4, 1);
    LogitLoss loss = new CrossEntropy(Fixtures.labels(inputs));
    assertThat(all(image.gradient(inputs, loss).byInput()))
        .isEqualTo(all(flat.gradient(inputs, loss).byInput()));
  }

  @Test
  void the_network_itself_is_never_touched() {
    MultiLayerNetwork network = Fixtures.smoothStack(DataType.FLOAT);
    String configuration = network.getLayerWiseConfigurations().toJson();
    NetworkModel model = NetworkModel.of(network, Fixtures.IMAGES);
    Batch inputs = Fixtures.toy(Fixtures.IMAGE, 4, 1);
    Batch logits = model.logits(inputs);
    network.params().addi(1);
    assertThat(all(model.logits(inputs))).isEqualTo(all(logits));
    network.params().subi(1);
    INDArray parameters = network.params().dup();
    Fixtures.train(model, 0);
    assertThat(network.params()).isEqualTo(parameters);
    assertThat(network.getLayerWiseConfigurations().toJson()).isEqualTo(configuration);
  }

  @Test
  void describes_itself() {
    NetworkModel model =
        NetworkModel.of(Fixtures.stack(), Fixtures.ROWS.withDomain(Domain.of(-1, 2)));
    assertThat(model.inputShape()).isEqualTo(Fixtures.FEATURES);
    assertThat(model.domain()).isEqualTo(Domain.of(-1, 2));
    assertThat(model.classes()).isEqualTo(3);
    assertThat(model.concurrency()).isEqualTo(new Concurrency(1, 64, true));
    assertThat(model).hasToString("NetworkModel[MultiLayerNetwork, 12 -> 3]");
    assertThat(model.fingerprint()).startsWith("NetworkModel[MultiLayerNetwork, sha256=");
  }

  @Test
  void fingerprints_tell_weights_and_layers_apart() {
    String one = NetworkModel.of(Fixtures.stack(), Fixtures.ROWS).fingerprint();
    assertThat(NetworkModel.of(Fixtures.stack(), Fixtures.ROWS).fingerprint()).isEqualTo(one);
    MultiLayerNetwork other = Fixtures.stack();
    other.params().putScalar(5, 0.25f);
    assertThat(NetworkModel.of(other, Fixtures.ROWS).fingerprint()).isNotEqualTo(one);
  }

  @Test
  void passes_can_be_gone_back_through_in_any_order() {
    NetworkModel model = NetworkModel.of(Fixtures.smoothGraph(), Fixtures.IMAGES);
    Batch first = Fixtures.toy(Fixtures.IMAGE, 4, 1);
    Batch second = Fixtures.toy(Fixtures.IMAGE, 6, 2);
    try (ForwardPass one = model.forward(first);
        ForwardPass two = model.forward(second)) {
      float[] ofTwo = all(two.backward(two.logits()));
      float[] ofOne = all(one.backward(one.logits()));
      model.logits(first);
      assertThat(all(two.backward(two.logits()))).isEqualTo(ofTwo);
      assertThat(all(one.backward(one.logits()))).isEqualTo(ofOne);
    }
  }

  @Test
  void a_pass_that_is_closed_or_older_than_a_step_is_refused_rather_than_wrong() {
    NetworkModel model = NetworkModel.of(Fixtures.smoothGraph(), Fixtures.IMAGES);
    Batch inputs = Fixtures.toy(Fixtures.IMAGE, 4, 1);
    try (ForwardPass pass = model.forward(inputs)) {
      Fixtures.train(model, 0);
      assertThatThrownBy(() -> pass.backward(pass.logits()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "a pass must be open to go back, but was closed by a change of the parameters");
    }
    ForwardPass pass = model.forward(inputs);
    pass.close();
    assertThatThrownBy(() -> pass.backward(pass.logits()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a pass must be open to go back, but was closed");
    assertThatThrownBy(() -> pass.backward(inputs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "weights of the logits must be 4 rows of 3 like the logits, but were 4 rows of 64");
  }

  @Test
  void answers_nothing_to_nothing() {
    NetworkModel model = NetworkModel.of(Fixtures.stack(), Fixtures.ROWS);
    Gradient gradient = model.gradient(Batch.of(), new CrossEntropy(Labels.of()));
    assertThat(gradient.logits()).hasToString("0 rows of 3");
    assertThat(gradient.byInput()).hasToString("0 rows of 12");
    assertThatThrownBy(() -> model.train(Batch.of(), new CrossEntropy(Labels.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a training step needs at least 1 row, but had 0");
  }

  static Stream<Model> trainable() {
    return Stream.of(Fixtures.smoothStack(DataType.FLOAT), Fixtures.smoothGraph());
  }

  private static NetworkModel model(Model network) {
    return network instanceof ComputationGraph graph
        ? NetworkModel.of(graph, Fixtures.IMAGES)
        : NetworkModel.of((MultiLayerNetwork) network, Fixtures.IMAGES);
  }

  @ParameterizedTest
  @MethodSource("trainable")
  void the_network_learns_and_can_be_saved(Model network) {
    NetworkModel model = model(network);
    Batch unseen = Fixtures.toy(Fixtures.IMAGE, 300, 1);
    double before = Fixtures.loss(model, unseen);
    String fingerprint = model.fingerprint();
    for (int step = 0; step < 100; step++) {
      Fixtures.train(model, step);
    }
    assertThat(Fixtures.loss(model, unseen)).isLessThan(before / 2);
    assertThat(model.fingerprint()).isNotEqualTo(fingerprint);
    assertThat(SelfCheck.standard().examine(model)).isEmpty();

    Path file = folder.resolve("network.zip");
    model.save(file);
    NetworkModel loaded = NetworkModel.open(file, Fixtures.IMAGES);
    assertThat(all(loaded.logits(unseen))).isEqualTo(all(model.logits(unseen)));
    assertThat(loaded.fingerprint()).isEqualTo(model.fingerprint());
  }

  @ParameterizedTest
  @MethodSource("trainable")
  void a_seed_repeats_training_to_the_last_bit_dropout_included(Model network) {
    NetworkModel one = model(network);
    NetworkModel two = model(network);
    for (int step = 0; step < 10; step++) {
      double loss = Fixtures.train(one, step);
      one.logits(Fixtures.toy(Fixtures.IMAGE, 3, step)); // disturbs nothing
      assertThat(Fixtures.train(two, step)).isEqualTo(loss);
    }
    assertThat(two.fingerprint()).isEqualTo(one.fingerprint());
  }

  @Test
  void another_seed_drops_out_others() {
    MultiLayerNetwork network = Fixtures.smoothStack(DataType.FLOAT);
    NetworkModel one = NetworkModel.of(network, Fixtures.IMAGES);
    NetworkModel two = NetworkModel.of(network, Fixtures.IMAGES.withSeed(Seed.of(9)));
    assertThat(Fixtures.train(one, 0)).isNotEqualTo(Fixtures.train(two, 0));
  }

  @Test
  void a_step_of_gradient_descent_is_the_one_on_paper() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .updater(new Sgd(0.5))
                .list()
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(2)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    NetworkModel model = NetworkModel.of(network, Nd4jOptions.of(Shape.of(2)));
    Batch inputs = Batch.of(new float[] {1, 2}, new float[] {3, -1});
    LogitLoss loss = new CrossEntropy(Labels.of(0, 1));
    Batch before = model.logits(inputs);
    Batch byLogit = loss.gradient(before);
    float[] losses = all(loss.values(before));

    assertThat(model.train(inputs, loss)).isCloseTo((losses[0] + losses[1]) / 2.0, within(1e-6));

    // a step of -0.5 * mean over rows i of byLogit[i] * (x[i], 1), seen by row r
    Batch after = model.logits(inputs);
    for (int r = 0; r < 2; r++) {
      for (int k = 0; k < 2; k++) {
        double moved = 0;
        for (int i = 0; i < 2; i++) {
          double product =
              inputs.get(i, 0) * inputs.get(r, 0) + inputs.get(i, 1) * inputs.get(r, 1) + 1;
          moved -= 0.25 * byLogit.get(i, k) * product;
        }
        assertThat((double) after.get(r, k)).isCloseTo(before.get(r, k) + moved, within(1e-5));
      }
    }
  }

  @Test
  void frozen_layers_do_not_learn() {
    MultiLayerNetwork network =
        dense(new FrozenLayer(hidden()), hidden(), Fixtures.softmax().build());
    NetworkModel model = NetworkModel.of(network, Fixtures.ROWS);
    Fixtures.train(model, 0);
    model.save(folder.resolve("frozen.zip"));
    MultiLayerNetwork saved = (MultiLayerNetwork) NetworkZip.read(folder.resolve("frozen.zip"));
    assertThat(saved.getLayer(0).params()).isEqualTo(network.getLayer(0).params());
    assertThat(saved.getLayer(1).params()).isNotEqualTo(network.getLayer(1).params());
  }

  @Test
  void a_loss_that_fails_leaves_the_model_usable() {
    NetworkModel model = NetworkModel.of(Fixtures.smoothGraph(), Fixtures.IMAGES);
    Batch inputs = Fixtures.toy(Fixtures.IMAGE, 3, 1);
    float[] before = all(model.logits(inputs));
    LogitLoss strange = new CrossEntropy(Labels.of(0, 1));
    assertThatThrownBy(() -> model.train(inputs, strange))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("example 2");
    assertThat(all(model.logits(inputs))).isEqualTo(before);
    assertThat(Fixtures.train(model, 0)).isFinite();
  }

  @Test
  void features_are_what_the_same_layers_answer_in_plain_java() {
    Batch inputs = Fixtures.toy(Fixtures.FEATURES, 70, 3);
    float[] expected = all(Fixtures.handWritten().features().logits(inputs));
    for (NetworkModel model :
        new NetworkModel[] {
          NetworkModel.of(Fixtures.stack(), Fixtures.ROWS),
          NetworkModel.of(Fixtures.stack().toComputationGraph(), Fixtures.ROWS)
        }) {
      assertThat(all(model.features().logits(inputs))).containsExactly(expected, within(1e-5f));
      assertThat(model.features().classes()).isEqualTo(expected.length / 70);
    }
  }

  @Test
  void features_of_maps_are_one_row_without_dropout_and_see_training() {
    NetworkModel model = NetworkModel.of(Fixtures.smoothStack(DataType.FLOAT), Fixtures.IMAGES);
    io.gauntlet.model.Model features = model.features();
    Batch inputs = Fixtures.toy(Fixtures.IMAGE, 5, 4);
    float[] before = all(features.logits(inputs));
    assertThat(features.classes()).isEqualTo(4 * 3 * 3);
    assertThat(all(features.logits(inputs))).containsExactly(before);
    String fingerprint = features.fingerprint();
    Fixtures.train(model, 0);
    assertThat(all(features.logits(inputs))).isNotEqualTo(before);
    assertThat(features.fingerprint()).isNotEqualTo(fingerprint);
    assertThat(features.logits(inputs.select()).rows()).isZero();
  }

  @Test
  void a_network_of_one_layer_has_no_features() {
    NetworkModel model = NetworkModel.of(dense(Fixtures.softmax().build()), Fixtures.ROWS);
    assertThatThrownBy(model::features)
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("one layer before the last");
  }
}
