package io.gauntlet.onnx;

import io.gauntlet.model.ModelException;
import io.gauntlet.model.ReluNetwork;
import java.nio.file.Path;

/**
 * The layers of an ONNX file, for bound propagation and exact verification: feed-forward networks
 * of Conv (2-D), Gemm, MatMul, BatchNormalization, Relu, residual Add, arithmetic with constants,
 * Flatten, Reshape, Identity, Dropout and Constant. A normalisation becomes the first layer.
 *
 * <p>Every import is checked against ONNX Runtime on inputs drawn from the domain, as that of an
 * {@link OnnxModel} is.
 */
public final class OnnxLayers {
  private OnnxLayers() {}

  /** As {@link #read(Path, OnnxOptions)} with {@link OnnxOptions#standard}. */
  public static ReluNetwork read(Path file) {
    return read(file, OnnxOptions.standard());
  }

  /**
   * Reads the layers that lead from the file's input to its scores.
   *
   * @param file maps one input of 32-bit floats (rows, shape) to logits (rows, classes)
   * @throws UnsupportedOperatorException naming all nodes that are no such layer: what a softmax at
   *     the end is given can be named by {@link OnnxOptions#withOutput}
   * @throws ModelException if there is no such file, it is not whole, has another input or output
   *     than it must, or is not answered as by ONNX Runtime
   */
  public static ReluNetwork read(Path file, OnnxOptions options) {
    OnnxFile read = OnnxFile.read(file);
    Ends ends = Ends.of(read, options);
    ends.checkDifferentiable(read);
    ReluNetwork network = LayerReader.of(read, ends, options);
    try (OnnxRuntimeModel reference = OnnxRuntimeModel.open(read, ends, options)) {
      SelfCheck.largestDifference(file, network, reference, options.tolerance());
    }
    return network;
  }
}
