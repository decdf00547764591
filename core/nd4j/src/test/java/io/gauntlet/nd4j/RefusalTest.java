package io.gauntlet.nd4j;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import java.util.function.BiFunction;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class RefusalTest {
  /** A graph that takes rows of 12 to 3 scores, with something of each test's own in between. */
  private static SameDiffModel sameDiff(BiFunction<SameDiff, SDVariable, SDVariable> middle) {
    SameDiff graph = SameDiff.create();
    SDVariable x = middle.apply(graph, graph.placeHolder("input", DataType.FLOAT, -1, 12));
    SDVariable w = graph.var("w", Nd4j.rand(DataType.FLOAT, 12, 3));
    graph.mmul("logits", x, w);
    return SameDiffModel.of(graph, "input", "logits", Fixtures.ROWS);
  }

  private static void assertRefused(
      BiFunction<SameDiff, SDVariable, SDVariable> middle, String message) {
    assertThatThrownBy(() -> sameDiff(middle))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(message);
  }

  @Test
  void operations_without_a_working_derivative() {
    assertRefused(
        (graph, x) ->
            graph.gather("gathered", x, graph.constant(Nd4j.arange(12).castTo(DataType.INT32)), 1),
        "operation gather (gather) has no working derivative in ND4J");
    assertRefused(
        (graph, x) -> graph.nn().prelu(x, graph.var("alpha", Nd4j.rand(DataType.FLOAT, 12)), 1),
        "operation prelu (prelu) has no working derivative in ND4J");
    assertRefused(
        (graph, x) -> x.add(graph.math().logSumExp(x, 1).reshape(-1, 1)),
        "(reduce_logsumexp) has no working derivative in ND4J");
  }

  @Test
  void log_softmax_along_a_dimension_that_is_named() {
    assertRefused(
        (graph, x) -> graph.nn().logSoftmax(x, 1),
        "operation log_softmax (log_softmax) names a dimension, along which ND4J has no working"
            + " derivative");
  }

  @Test
  void operations_with_a_wrong_derivative() {
    assertRefused(
        (graph, x) -> graph.nn().preciseGelu(x),
        "operation precise_gelu (precise_gelu) has a derivative in ND4J that is wrong");
  }

  @Test
  void resized_images() {
    assertRefused(
        (graph, x) ->
            graph
                .image()
                .imageResize(
                    graph.reshape(x, -1, 2, 2, 3),
                    graph.constant(Nd4j.createFromArray(2, 2)),
                    org.nd4j.enums.ImageResizeMethod.ResizeBilinear)
                .reshape(-1, 12),
        "has no working derivative in ND4J");
  }

  @Test
  void convolutions_whose_kernels_have_another_layout() {
    Conv2DConfig config =
        Conv2DConfig.builder().kH(1).kW(1).weightsFormat(WeightsFormat.OIYX).build();
    assertRefused(
        (graph, x) ->
            graph
                .cnn()
                .conv2d(
                    graph.reshape(x, -1, 3, 2, 2),
                    graph.var("kernel", Nd4j.rand(DataType.FLOAT, 3, 3, 1, 1)),
                    config)
                .reshape(-1, 12),
        "operation conv2d (conv2d) has weights in another layout than YXIO, whose gradients ND4J"
            + " gets wrong");
  }

  @Test
  void dropout_that_stays_in_inference() {
    assertRefused(
        (graph, x) -> graph.nn().dropout(x, 0.5),
        "(dropout) drops out in inference too; only dropoutInverted can be left out");
  }

  @Test
  void control_flow() {
    assertRefused(
        (graph, x) -> {
          SDVariable[] ways = graph.switchOp(x, graph.constant(Nd4j.scalar(true)));
          return graph.merge(ways[0], ways[1]);
        },
        "is control flow, which cannot be gone back through");
  }

  @Test
  void a_second_placeholder() {
    assertRefused(
        (graph, x) -> x.add(graph.placeHolder("other", DataType.FLOAT, -1, 12)),
        "the scores must depend on one placeholder, input, but need other too");
  }

  @Test
  void sameDiff_graphs_of_half_precision() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("input", DataType.FLOAT16, -1, 12);
    graph.mmul("logits", x, graph.var("w", Nd4j.rand(DataType.FLOAT16, 12, 3)));
    assertThatThrownBy(() -> SameDiffModel.of(graph, "input", "logits", Fixtures.ROWS))
        .isInstanceOf(ModelException.class)
        .hasMessage("a network must compute in FLOAT or DOUBLE, but placeholder input is HALF");
  }

  @Test
  void scores_that_are_not_one_row_for_each_input() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("input", DataType.FLOAT, -1, 12);
    graph.reshape("squares", x, -1, 2, 6);
    assertThatThrownBy(() -> SameDiffModel.of(graph, "input", "squares", Fixtures.ROWS))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "a network must answer 1 rows with shape (1, classes), but answered with shape [1, 2,"
                + " 6]");
  }

  @Test
  void names_that_the_graph_does_not_have() {
    SameDiff graph = Fixtures.sameDiff();
    assertThatThrownBy(() -> SameDiffModel.of(graph, "inputs", "logits", Fixtures.ROWS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the input must be a placeholder of the graph, one of [input], but was inputs");
    assertThatThrownBy(() -> SameDiffModel.of(graph, "input", "z", Fixtures.ROWS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the scores must be a variable of the graph, but there is no z");
  }

  @Test
  void scores_of_another_shape() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("input", DataType.FLOAT, -1, 12);
    graph.mmul("score", x, graph.var("w", Nd4j.rand(DataType.FLOAT, 12, 1)));
    assertThatThrownBy(() -> SameDiffModel.of(graph, "input", "score", Fixtures.ROWS))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "a network must tell at least 2 classes apart, but answers an input with 1 score");
  }

  private static MultiLayerNetwork stack(Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = Fixtures.configuration().list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    MultiLayerNetwork network =
        new MultiLayerNetwork(list.setInputType(InputType.feedForward(12)).build());
    network.init();
    return network;
  }

  private static void assertRefused(
      MultiLayerNetwork network, Nd4jOptions options, String message) {
    assertThatThrownBy(() -> NetworkModel.of(network, options))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(message);
  }

  @Test
  void activations_of_random_slope() {
    DenseLayer random = new DenseLayer.Builder().nOut(5).activation(Activation.RRELU).build();
    assertRefused(
        stack(random, Fixtures.softmax().build()),
        Fixtures.ROWS,
        "layer 0 draws its slopes at random (RReLU) and cannot be gone back through");
  }

  @Test
  void output_layers_that_are_no_classifiers_of_rows() {
    assertRefused(
        stack(
            new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build()),
        Fixtures.ROWS,
        "layer 0 is a CenterLossOutputLayer, which has no scores to go back from");
    MultiLayerNetwork pixels =
        new MultiLayerNetwork(
            Fixtures.configuration()
                .list()
                .layer(Fixtures.convolution(3))
                .layer(
                    new CnnLossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(8, 8, 1))
                .build());
    pixels.init();
    assertRefused(pixels, Fixtures.IMAGES, "is a CnnLossLayer, which has no scores");
  }

  @Test
  void a_single_unit_that_says_yes_or_no() {
    OutputLayer one =
        new OutputLayer.Builder(LossFunction.XENT).nOut(1).activation(Activation.SIGMOID).build();
    assertRefused(
        stack(one),
        Fixtures.ROWS,
        "must tell at least 2 classes apart, but answers an input with 1 score");
  }

  @Test
  void graphs_of_two_inputs() {
    ComputationGraph network =
        new ComputationGraph(
            Fixtures.configuration()
                .graphBuilder()
                .addInputs("left", "right")
                .addLayer("scores", Fixtures.softmax().nIn(24).build(), "left", "right")
                .setOutputs("scores")
                .build());
    network.init();
    assertThatThrownBy(() -> NetworkModel.of(network, Fixtures.ROWS))
        .isInstanceOf(ModelException.class)
        .hasMessage("a network must have one input, but has [left, right]");
  }

  @Test
  void networks_of_half_precision() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            Fixtures.configuration()
                .dataType(DataType.FLOAT16)
                .list()
                .layer(Fixtures.softmax().nIn(12).build())
                .build());
    network.init();
    assertRefused(
        network, Fixtures.ROWS, "a network must compute in FLOAT or DOUBLE, but computes in HALF");
  }

  @Test
  void networks_that_were_never_initialised() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            Fixtures.configuration().list().layer(Fixtures.softmax().nIn(12).build()).build());
    assertThatThrownBy(() -> NetworkModel.of(network, Fixtures.ROWS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a network must have parameters to be a model, but has none: call init() first");
  }

  @Test
  void inputs_of_another_shape() {
    assertThatThrownBy(() -> NetworkModel.of(Fixtures.stack(), Nd4jOptions.of(Shape.of(13))))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("the network failed on 1 inputs of 13: ");
    assertThatThrownBy(
            () -> SameDiffModel.of(Fixtures.sameDiff(), "input", "logits", Fixtures.IMAGES))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("the network failed on 1 inputs of 1x8x8: ");
  }
}
