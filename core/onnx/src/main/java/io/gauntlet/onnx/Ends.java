package io.gauntlet.onnx;

import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Where a graph is entered and where its scores are read.
 *
 * @param inputShape shape of one example
 * @param fixedRows the size of the batch that the file fixes; 0 where it does not
 */
record Ends(Declared input, Shape inputShape, long fixedRows, String output) {
  private static final long OLDEST_OPSET = 7;
  private static final long NEWEST_OPSET = 21;

  /** More classes than this are refused: a small file could ask for more memory than there is. */
  static final long MOST_CLASSES = 1 << 20;

  private static final long MOST_FEATURES = 1 << 24;
  private static final long MOST_FEATURES_OF_A_BATCH = 1 << 26;

  static Ends of(OnnxFile file, OnnxOptions options) {
    try {
      Declared input = input(file.graph());
      Shape shape = inputShape(input, options.inputShape());
      long rows = input.sizes().map(sizes -> sizes.get(0)).orElse(Declared.FREE);
      if (rows > 1 && rows > MOST_FEATURES_OF_A_BATCH / shape.size()) {
        throw new ModelException(
            "must fix the batch to at most %s features, but has %s"
                .formatted(MOST_FEATURES_OF_A_BATCH, input));
      }
      return new Ends(
          input, shape, rows == Declared.FREE ? 0 : rows, output(file.graph(), options.output()));
    } catch (ModelException e) {
      throw new ModelException("%s %s".formatted(file.path(), e.getMessage()), e);
    }
  }

  private static Declared input(Graph graph) {
    if (graph.inputs().size() == 1) {
      return graph.inputs().get(0);
    }
    throw new ModelException("must have one input, but has " + graph.inputs());
  }

  private static Shape inputShape(Declared input, Optional<Shape> asked) {
    List<Long> sizes = input.sizes().orElse(List.of());
    if (input.sizes().isPresent() && sizes.size() < 2) {
      throw new ModelException(
          "must have an input with an axis for the batch and others behind it, but has " + input);
    }
    if (asked.isPresent()) {
      if (input.sizes().isPresent() && !fits(asked.get(), sizes.subList(1, sizes.size()))) {
        throw new ModelException(
            "must take inputs of %s, but has %s".formatted(asked.get(), input));
      }
      return asked.get();
    }
    if (sizes.isEmpty() || sizes.subList(1, sizes.size()).contains(Declared.FREE)) {
      throw new ModelException(
          "leaves the shape of its input open, so that OnnxOptions.withInputShape must say it: "
              + input);
    }
    Shape shape = shape(sizes.subList(1, sizes.size()));
    if (shape.size() > MOST_FEATURES) {
      throw new ModelException(
          "asks for inputs of more than %s features, which OnnxOptions.withInputShape must confirm: %s"
              .formatted(MOST_FEATURES, input));
    }
    return shape;
  }

  private static boolean fits(Shape asked, List<Long> declared) {
    if (asked.rank() != declared.size()) {
      return false;
    }
    for (int axis = 0; axis < declared.size(); axis++) {
      long size = declared.get(axis);
      if (size != Declared.FREE && size != asked.sizes().get(axis)) {
        return false;
      }
    }
    return true;
  }

  private static Shape shape(List<Long> sizes) {
    try {
      return new Shape(sizes.stream().map(Math::toIntExact).toList());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelException("must have an input of possible size, but has " + sizes, e);
    }
  }

  /** The first output that may be scores; of a map from labels to scores, the scores. */
  private static String output(Graph graph, Optional<String> asked) {
    if (asked.isPresent()) {
      if (graph.producerOf(asked.get()).isEmpty()) {
        throw new ModelException(
            "must compute the output '%s', but does not".formatted(asked.get()));
      }
      return asked.get();
    }
    return graph.outputs().stream()
        .flatMap(output -> scores(graph, output).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    "must have an output of floats, but has only " + graph.outputs()));
  }

  private static Optional<String> scores(Graph graph, Declared output) {
    Optional<Node> map =
        graph.producerOf(output.name()).filter(node -> node.operator().equals("ZipMap"));
    if (map.isPresent()) {
      return map.get().inputs().stream().findFirst();
    }
    boolean label = output.type().filter(type -> !type.isReal()).isPresent();
    return label ? Optional.empty() : Optional.of(output.name());
  }

  /** Sizes of the axes of {@code rows} inputs. */
  long[] batchOf(int rows) {
    return LongStream.concat(
            LongStream.of(rows), inputShape.sizes().stream().mapToLong(Integer::longValue))
        .toArray();
  }

  /**
   * Insists on floats, and on operators of a known age.
   *
   * @throws ModelException if a gradient by this input would mean nothing
   */
  void checkDifferentiable(OnnxFile file) {
    ElementType type = input.type().orElse(ElementType.FLOAT);
    if (type != ElementType.FLOAT) {
      throw new ModelException(
          "%s must have an input of 32-bit floats to be differentiated, but has %s; a network that "
                  .formatted(file.path(), input)
              + "reads tokens must be exported from its embeddings on; OnnxRuntimeModel opens the "
              + "file for its scores");
    }
    long opset = file.opset("").orElse(OLDEST_OPSET);
    if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
      throw new ModelException(
          "%s must have opset %s to %s to be differentiated, but has %s; OnnxRuntimeModel opens the "
                  .formatted(file.path(), OLDEST_OPSET, NEWEST_OPSET, opset)
              + "file for its scores");
    }
  }
}
