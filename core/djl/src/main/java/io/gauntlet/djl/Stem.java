package io.gauntlet.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import io.gauntlet.model.Conv2d.Axis;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The convolution that sees the image, with a way back to it of its own.
 *
 * <p>Attacks need the derivative by the image, training never does, and so libtorch's is poor where
 * the image has few channels: on the CPU it can take longer than all the rest of a small network.
 * Here it is what it is in a textbook: weights times the derivative by the outputs, and each of the
 * products added to the pixel that it came from.
 */
record Stem(Conv2d convolution, Network rest) {
  /** Beyond these libtorch's way is the faster one; JMH's {@code StemBenchmark} tells. */
  private static final int MOST_CHANNELS = 3;

  private static final int MOST_WEIGHTS_OF_FILTER = 49;
  private static final int FEWEST_FILTERS_FOR_COLOUR = 32;

  /** Of a network that starts with such a layer. */
  static Optional<Stem> of(Block block) {
    if (block instanceof SequentialBlock layers
        && !layers.isReturnIntermediate()
        && layers.getChildren().size() > 1
        && layers.getChildren().valueAt(0) instanceof Conv2d first
        && isFasterHere(first)) {
      List<Block> children = layers.getChildren().values();
      Block rest = new SequentialBlock().addAll(children.subList(1, children.size()));
      return Optional.of(new Stem(first, Network.of(rest)));
    }
    return Optional.empty();
  }

  private static boolean isFasterHere(Conv2d layer) {
    Shape weights = weights(layer).getShape(); // filters, channels, height, width
    long channels = weights.get(1);
    return layer.getGroups() == 1
        && layer.getDilation().get(0) == 1
        && layer.getDilation().get(1) == 1
        && channels <= MOST_CHANNELS
        && channels * weights.get(2) * weights.get(3) <= MOST_WEIGHTS_OF_FILTER
        && (channels == 1 || weights.get(0) >= FEWEST_FILTERS_FOR_COLOUR);
  }

  private static NDArray weights(Conv2d convolution) {
    return convolution.getParameters().get("weight").getArray();
  }

  /** What the next layer sees. */
  NDArray forward(NDArray input) {
    ParameterStore store = new ParameterStore(input.getManager(), false);
    return convolution.forward(store, new NDList(input), false).singletonOrThrow();
  }

  /** The derivative by the input, given the one by what {@link #forward} answered. */
  float[] backward(NDArray byOutput, Shape input) {
    Shape output = byOutput.getShape();
    long positions = output.get(2) * output.get(3);
    try (NDArray flat = byOutput.reshape(output.get(0), output.get(1), positions);
        NDArray kernels = weights(convolution).reshape(output.get(1), -1);
        NDArray transposed = kernels.transpose();
        NDArray products = transposed.matMul(flat)) {
      return sum(products, input);
    }
  }

  /**
   * @param products shape (rows, channels * kernel height * kernel width, output positions)
   */
  private float[] sum(NDArray products, Shape input) {
    FloatBuffer buffer = products.toByteBuffer(true).asFloatBuffer();
    float[] ofRow = new float[Math.toIntExact(products.size() / input.get(0))];
    float[] pixels = new float[Math.toIntExact(input.size())];
    int width = (int) input.get(3);
    Axis down = axis(0, input);
    Axis across = axis(1, input);
    int planes = (int) (input.get(0) * input.get(1));
    for (int plane = 0, from = ofRow.length; plane < planes; plane++) {
      if (from == ofRow.length) { // the planes of one row follow each other
        buffer.get(ofRow);
        from = 0;
      }
      int corner = plane * (int) input.get(2) * width;
      for (int i = 0; i < down.kernel(); i++) {
        for (int j = 0; j < across.kernel(); j++, from += down.outputs() * across.outputs()) {
          for (int y = down.firstSeeing(i); y < down.endOfSeeing(i); y++) {
            int line = corner + down.seen(y, i) * width;
            add(ofRow, from + y * across.outputs(), pixels, line, across, j);
          }
        }
      }
    }
    return pixels;
  }

  private static void add(
      float[] products, int from, float[] pixels, int line, Axis across, int j) {
    int to = line + across.seen(0, j);
    int end = across.endOfSeeing(j);
    for (int x = across.firstSeeing(j), stride = across.stride(); x < end; x++) {
      pixels[to + x * stride] += products[from + x];
    }
  }

  private Axis axis(int axis, Shape input) {
    return Axis.of(
        (int) input.get(2 + axis),
        (int) convolution.getKernelShape().get(axis),
        (int) convolution.getStride().get(axis),
        (int) convolution.getPadding().get(axis));
  }
}
