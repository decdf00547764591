package io.gauntlet.nd4j;

import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.random.RandomGenerator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks with all that behaves otherwise in training than in inference. */
final class Fixtures {
  static final Shape IMAGE = Shape.of(1, 8, 8);
  static final Nd4jOptions IMAGES = Nd4jOptions.of(IMAGE);
  static final Shape FEATURES = Shape.of(12);
  static final Nd4jOptions ROWS = Nd4jOptions.of(FEATURES);
  private static final int HIDDEN = 16;
  private static final int CLASSES = 3;

  private Fixtures() {}

  /** Weights of 12-16-3, the same for every engine below. */
  static List<Mlp.Dense> dense() {
    RandomGenerator random = Seed.of(7).forExample(0);
    return List.of(dense(12, HIDDEN, random), dense(HIDDEN, CLASSES, random));
  }

  private static Mlp.Dense dense(int inputs, int outputs, RandomGenerator random) {
    float[][] weights = new float[outputs][inputs];
    float[] bias = new float[outputs];
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        weights[o][i] = (float) (random.nextGaussian() / Math.sqrt(inputs));
      }
      bias[o] = (float) (random.nextGaussian() / 4);
    }
    return Mlp.Dense.of(weights, bias);
  }

  static Mlp handWritten() {
    return Mlp.of(FEATURES, Domain.UNIT, dense());
  }

  /** Weights as ND4J has them, inputs first. */
  static INDArray weights(Mlp.Dense layer) {
    return Nd4j.create(
            all(layer.weights()), new long[] {layer.weights().rows(), layer.weights().width()}, 'c')
        .transpose()
        .dup();
  }

  static INDArray bias(Mlp.Dense layer) {
    return Nd4j.create(all(layer.bias()));
  }

  /** Ends with a softmax called probabilities, taken of logits. */
  static SameDiff sameDiff() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("input", DataType.FLOAT, -1, 12);
    for (int i = 0; i < 2; i++) {
      Mlp.Dense layer = dense().get(i);
      SDVariable w = graph.var("w" + i, weights(layer));
      SDVariable b = graph.var("b" + i, bias(layer));
      x =
          i == 0
              ? graph.nn().relu(graph.nn().linear(x, w, b), 0)
              : graph.nn().linear("logits", x, w, b);
    }
    graph.nn().softmax("probabilities", x, -1);
    graph.setOutputs("probabilities");
    return graph;
  }

  /** Convolution, batch norm, softplus, pooling, dropout, linear; without a kink anywhere. */
  static SameDiff smoothSameDiff() {
    Nd4j.getRandom().setSeed(3);
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("input", DataType.FLOAT, -1, 1, 8, 8);
    SDVariable kernel = graph.var("kernel", Nd4j.randn(DataType.FLOAT, 3, 3, 1, 4));
    x = graph.cnn().conv2d(x, kernel, Conv2DConfig.builder().kH(3).kW(3).build());
    x = normalised(graph, x, 4, 1);
    x = graph.nn().softplus(x);
    x =
        graph
            .cnn()
            .avgPooling2d(
                x, Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).isNHWC(false).build());
    x = graph.nn().dropoutInverted(x, 0.5);
    x = graph.reshape(x, -1, 36);
    SDVariable w = graph.var("w", Nd4j.randn(DataType.FLOAT, 36, CLASSES).divi(6));
    graph.nn().linear("logits", x, w, graph.var("b", Nd4j.randn(DataType.FLOAT, CLASSES)));
    graph.setOutputs("logits");
    return graph;
  }

  static SDVariable normalised(SameDiff graph, SDVariable x, int channels, int axis) {
    SDVariable mean = graph.constant("mean", Nd4j.rand(DataType.FLOAT, channels));
    SDVariable variance = graph.constant("variance", Nd4j.rand(DataType.FLOAT, channels).addi(0.5));
    SDVariable gamma = graph.var("gamma", Nd4j.rand(DataType.FLOAT, channels).addi(0.5));
    SDVariable beta = graph.var("beta", Nd4j.rand(DataType.FLOAT, channels));
    return graph.nn().batchNorm("normalised", x, mean, variance, gamma, beta, 1e-3, axis);
  }

  /** The dense layers as a stack with a softmax and a loss. */
  static MultiLayerNetwork stack() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            configuration()
                .list()
                .layer(new DenseLayer.Builder().nIn(12).nOut(HIDDEN).activation(relu()).build())
                .layer(softmax().nIn(HIDDEN).nOut(CLASSES).build())
                .build());
    network.init();
    for (int i = 0; i < 2; i++) {
      network.setParam(i + "_W", weights(dense().get(i)));
      network.setParam(i + "_b", bias(dense().get(i)).reshape(1, -1));
    }
    return network;
  }

  static NeuralNetConfiguration.Builder configuration() {
    return new NeuralNetConfiguration.Builder()
        .seed(5)
        .updater(new Adam(1e-2))
        .weightInit(WeightInit.XAVIER);
  }

  static org.nd4j.linalg.activations.Activation relu() {
    return org.nd4j.linalg.activations.Activation.RELU;
  }

  static OutputLayer.Builder softmax() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(CLASSES)
        .activation(org.nd4j.linalg.activations.Activation.SOFTMAX);
  }

  /** As {@link #smoothSameDiff}, and trained a little, which moved the statistics of batch norm. */
  static MultiLayerNetwork smoothStack(DataType type) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            configuration()
                .dataType(type)
                .dropOut(0.8)
                .list()
                .layer(convolution(4))
                .layer(new BatchNormalization())
                .layer(new ActivationLayer(org.nd4j.linalg.activations.Activation.SOFTPLUS))
                .layer(
                    new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new DropoutLayer(0.5))
                .layer(softmax().build())
                .setInputType(InputType.convolutional(8, 8, 1))
                .build());
    network.init();
    for (int step = 0; step < 10; step++) {
      network.fit(toyData(step));
    }
    return network;
  }

  static ConvolutionLayer convolution(int filters) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(filters)
        .activation(org.nd4j.linalg.activations.Activation.IDENTITY)
        .build();
  }

  /** A residual block between convolutions, all of it trained a little. */
  static ComputationGraph smoothGraph() {
    ComputationGraph network =
        new ComputationGraph(
            configuration()
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(8, 8, 1))
                .addLayer("stem", convolution(4), "image")
                .addLayer("norm", new BatchNormalization(), "stem")
                .addLayer(
                    "swish",
                    new ActivationLayer(org.nd4j.linalg.activations.Activation.SWISH),
                    "norm")
                .addLayer(
                    "branch",
                    new ConvolutionLayer.Builder(3, 3)
                        .padding(1, 1)
                        .nOut(4)
                        .activation(org.nd4j.linalg.activations.Activation.TANH)
                        .build(),
                    "swish")
                .addVertex(
                    "sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "swish", "branch")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "sum")
                .addLayer("scores", softmax().dropOut(0.5).build(), "pool")
                .setOutputs("scores")
                .build());
    network.init();
    for (int step = 0; step < 10; step++) {
      network.fit(toyData(step));
    }
    return network;
  }

  private static DataSet toyData(int step) {
    Batch inputs = toy(IMAGE, 30, 1000L + step);
    return new DataSet(
        Rows.of(inputs, IMAGE, DataType.FLOAT),
        Nd4j.eye(CLASSES).castTo(DataType.FLOAT).getRows(brightness(inputs)));
  }

  /** The dense layers in libtorch. */
  static DjlModel djl() {
    Block first = Linear.builder().setUnits(HIDDEN).build();
    Block last = Linear.builder().setUnits(CLASSES).build();
    SequentialBlock block = new SequentialBlock().add(first).add(Activation.reluBlock()).add(last);
    DjlModel model = DjlModel.of(block, FEATURES);
    List<Block> blocks = List.of(first, last);
    for (int i = 0; i < 2; i++) {
      blocks.get(i).getParameters().get("weight").getArray().set(all(dense().get(i).weights()));
      blocks.get(i).getParameters().get("bias").getArray().set(all(dense().get(i).bias()));
    }
    return model;
  }

  /** One step towards telling bright images from dark ones. */
  static double train(TrainableModel model, int step) {
    Batch inputs = toy(model.inputShape(), 30, 1000L + step);
    return model.train(inputs, new CrossEntropy(labels(inputs)));
  }

  static double loss(Model model, Batch inputs) {
    double sum = 0;
    for (float each : all(new CrossEntropy(labels(inputs)).values(model.logits(inputs)))) {
      sum += each;
    }
    return sum / inputs.rows();
  }

  /** Inputs of three levels of brightness. */
  static Batch toy(Shape shape, int rows, long seed) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    return Batch.wrap(shape.size(), new float[rows * shape.size()])
        .editRows(
            (i, x) -> {
              for (int j = 0; j < x.length; j++) {
                x[j] = 0.6f * random.nextFloat() + 0.2f * (i % CLASSES);
              }
            });
  }

  static Labels labels(Batch toy) {
    return Labels.of(toy, brightness(toy));
  }

  private static int[] brightness(Batch toy) {
    int[] classes = new int[toy.rows()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = i % CLASSES;
    }
    return classes;
  }

  static float[] all(Batch batch) {
    float[] values = new float[batch.rows() * batch.width()];
    batch.buffer().get(values);
    return values;
  }
}
