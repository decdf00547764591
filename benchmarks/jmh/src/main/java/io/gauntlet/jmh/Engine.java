package io.gauntlet.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.nd4j.Nd4jOptions;
import io.gauntlet.nd4j.NetworkModel;
import io.gauntlet.nd4j.SameDiffModel;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.openblas.global.openblas;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** What runs {@link Net#MLP} and {@link Net#CNN}, with the same weights and one thread each. */
enum Engine {
  LIBTORCH,
  SAMEDIFF,
  DL4J;

  DifferentiableModel build(Net net) {
    Block block = net.block();
    DjlModel libtorch = DjlModel.of(block, DjlOptions.of(net.shape()).withSeed(Seed.of(1)));
    if (this == LIBTORCH) {
      return libtorch;
    }
    try (libtorch) {
      List<INDArray> parameters =
          block.getParameters().values().stream().map(each -> copy(each.getArray())).toList();
      useOneThread();
      Nd4jOptions options = Nd4jOptions.of(net.shape());
      return this == SAMEDIFF
          ? SameDiffModel.of(sameDiff(net, parameters), "input", "logits", options)
          : NetworkModel.of(stack(net, parameters), options);
    }
  }

  /** For once ND4J has started. */
  private static void useOneThread() {
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    openblas.blas_set_num_threads(1);
  }

  private static INDArray copy(NDArray array) {
    return Nd4j.create(array.toFloatArray(), array.getShape().getShape(), 'c');
  }

  /** Parameters are weights and biases in turn; weights have the outputs first, as in libtorch. */
  private static SameDiff sameDiff(Net net, List<INDArray> parameters) {
    SameDiff graph = SameDiff.create();
    long[] sizes =
        IntStream.concat(IntStream.of(-1), net.shape().sizes().stream().mapToInt(size -> size))
            .asLongStream()
            .toArray();
    SDVariable x = graph.placeHolder("input", DataType.FLOAT, sizes);
    for (int p = 0; p < parameters.size(); p += 2) {
      INDArray weights = parameters.get(p);
      SDVariable bias = graph.var("b" + p, parameters.get(p + 1));
      if (weights.rank() == 4) {
        SDVariable kernel = graph.var("w" + p, weights.permute(2, 3, 1, 0).dup());
        Conv2DConfig same = Conv2DConfig.builder().kH(3).kW(3).pH(1).pW(1).build();
        x = graph.nn().relu(graph.cnn().conv2d(x, kernel, bias, same), 0);
        x = graph.cnn().maxPooling2d(x, halving());
      } else {
        SDVariable w = graph.var("w" + p, weights.transpose().dup());
        x = graph.reshape(x, -1, weights.size(1));
        x =
            p == parameters.size() - 2
                ? graph.nn().linear("logits", x, w, bias)
                : graph.nn().relu(graph.nn().linear(x, w, bias), 0);
      }
    }
    return graph;
  }

  private static Pooling2DConfig halving() {
    return Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).isNHWC(false).build();
  }

  private static MultiLayerNetwork stack(Net net, List<INDArray> parameters) {
    NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder().list();
    for (int p = 0; p < parameters.size(); p += 2) {
      int outputs = (int) parameters.get(p).size(0);
      if (parameters.get(p).rank() == 4) {
        list.layer(
            new ConvolutionLayer.Builder(3, 3)
                .padding(1, 1)
                .nOut(outputs)
                .activation(Activation.RELU)
                .build());
        list.layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build());
      } else if (p < parameters.size() - 2) {
        list.layer(new DenseLayer.Builder().nOut(outputs).activation(Activation.RELU).build());
      } else {
        list.layer(new OutputLayer.Builder().nOut(outputs).activation(Activation.SOFTMAX).build());
      }
    }
    List<Integer> sizes = net.shape().sizes();
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            list.setInputType(
                    sizes.size() == 1
                        ? InputType.feedForward(sizes.get(0))
                        : InputType.convolutional(sizes.get(1), sizes.get(2), sizes.get(0)))
                .build());
    network.init();
    int p = 0;
    for (int layer = 0; layer < network.getnLayers(); layer++) {
      if (network.getLayer(layer).numParams() > 0) {
        INDArray weights = parameters.get(p++);
        INDArray bias = parameters.get(p++);
        network.getParam(layer + "_W").assign(weights.rank() == 4 ? weights : weights.transpose());
        network.getParam(layer + "_b").assign(bias.reshape(1, -1));
      }
    }
    return network;
  }
}
