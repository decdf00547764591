package io.gauntlet.onnx;

import static io.gauntlet.onnx.GraphWriter.FLOAT;
import static io.gauntlet.onnx.GraphWriter.integer;
import static io.gauntlet.onnx.GraphWriter.integers;
import static io.gauntlet.onnx.GraphWriter.raw;
import static io.gauntlet.onnx.GraphWriter.real;
import static io.gauntlet.onnx.GraphWriter.reals;
import static io.gauntlet.onnx.GraphWriter.tensor;
import static io.gauntlet.onnx.GraphWriter.tensorAttribute;
import static io.gauntlet.onnx.GraphWriter.word;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.random.Seed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operator in the forms that its opsets give it: opening the file compares it with ONNX
 * Runtime, the gradient is compared with central differences.
 */
class OperatorTest {
  private static final float STEP = 1e-3f;

  @TempDir Path folder;

  /** A graph from x to y; the test flattens y to scores. */
  private record Case(String name, long opset, List<Long> shape, Consumer<GraphWriter> graph) {
    @Override
    public String toString() {
      return name + ", opset " + opset;
    }
  }

  private static final List<Long> ROW = List.of(6L);
  private static final List<Long> IMAGE = List.of(4L, 6L, 6L);
  private static final List<Long> WORDS = List.of(5L, 6L);

  @ParameterizedTest
  @MethodSource("cases")
  void agrees_with_onnx_runtime_and_with_central_differences(Case operator) {
    List<Long> sizes = new ArrayList<>(operator.shape);
    sizes.add(0, -1L);
    GraphWriter writer = new GraphWriter(operator.opset).withMl(3);
    writer.input("x", FLOAT, sizes.stream().mapToLong(Long::longValue).toArray());
    operator.graph.accept(writer);
    writer.node("Flatten", List.of("y"), "scores").output("scores", FLOAT);
    OnnxOptions options =
        OnnxOptions.standard().withDomain(Domain.of(0.1f, 2f)).withTolerance(2e-6f);
    try (OnnxModel model = OnnxModel.open(writer.write(folder.resolve("operator.onnx")), options)) {
      assertThat(model.batching()).isEqualTo(Batching.FREE);
      assertGradient(model);
    }
  }

  private static void assertGradient(OnnxModel model) {
    RandomGenerator random = Seed.of(5).forExample(0);
    Batch x = Batch.wrap(model.inputShape().size(), new float[3 * model.inputShape().size()]);
    x = x.editRows((row, values) -> spread(values, random));
    Batch weights = model.logits(x).editRows((row, values) -> fill(values, random, -1, 1));
    Batch direction = x.editRows((row, values) -> fill(values, random, -1, 1));
    Batch up = model.logits(x.plus(direction.times(STEP)));
    Batch down = model.logits(x.minus(direction.times(STEP)));
    try (ForwardPass pass = model.forward(x)) {
      Batch gradient = pass.backward(weights);
      for (int row = 0; row < x.rows(); row++) {
        double slope = (dot(weights, up, row) - dot(weights, down, row)) / (2 * STEP);
        double scale = Math.sqrt(dot(gradient, gradient, row)) + 0.1;
        assertThat(dot(gradient, direction, row)).isCloseTo(slope, within(0.01 * scale));
      }
    }
  }

  private static void fill(float[] values, RandomGenerator random, float from, float to) {
    for (int j = 0; j < values.length; j++) {
      values[j] = from + random.nextFloat() * (to - from);
    }
  }

  /** In any order, but so far apart that no step makes another the largest. */
  private static void spread(float[] values, RandomGenerator random) {
    List<Integer> places = new ArrayList<>(IntStream.range(0, values.length).boxed().toList());
    for (int j = 0; j < values.length; j++) {
      int place = places.remove(random.nextInt(places.size()));
      values[j] = 0.11f + 1.87f * (place + 0.5f) / values.length;
    }
  }

  private static double dot(Batch a, Batch b, int row) {
    double sum = 0;
    for (int j = 0; j < a.width(); j++) {
      sum += (double) a.get(row, j) * b.get(row, j);
    }
    return sum;
  }

  static Stream<Case> cases() {
    return Stream.of(
            functions(),
            arithmetic(),
            products(),
            windows(),
            reductions(),
            scaling(),
            shaping(),
            picking(),
            sources(),
            tabular())
        .flatMap(List::stream);
  }

  private static Case of(String operator, long opset, List<Long> shape, byte[]... attributes) {
    return new Case(operator, opset, shape, g -> g.node(operator, List.of("x"), "y", attributes));
  }

  /** On values of both signs. */
  private static Case signed(String operator, long opset, byte[]... attributes) {
    return new Case(
        operator,
        opset,
        ROW,
        g ->
            g.node("Sub", List.of("x", g.single(1)), "signed")
                .node(operator, List.of("signed"), "y", attributes));
  }

  private static List<Case> functions() {
    List<Case> cases = new ArrayList<>();
    for (String name :
        List.of(
            "Relu",
            "Sigmoid",
            "Tanh",
            "Softplus",
            "Softsign",
            "Erf",
            "Exp",
            "Abs",
            "Neg",
            "Sin",
            "Cos",
            "Elu",
            "Selu",
            "LeakyRelu",
            "HardSigmoid",
            "Identity",
            "Dropout",
            "Sign",
            "Floor",
            "Ceil",
            "Round")) {
      cases.add(signed(name, name.equals("Round") ? 11 : 9));
    }
    for (String name : List.of("Sqrt", "Log", "Reciprocal")) {
      cases.add(of(name, 7, ROW));
      cases.add(of(name, 21, ROW));
    }
    cases.add(signed("HardSwish", 14));
    cases.add(signed("Mish", 18));
    cases.add(signed("Celu", 12, real("alpha", 2)));
    cases.add(signed("ThresholdedRelu", 10, real("alpha", 0.3f)));
    cases.add(signed("LeakyRelu", 16, real("alpha", 0.2f)));
    cases.add(signed("Elu", 6 + 1, real("alpha", 0.5f)));
    cases.add(signed("Selu", 7, real("alpha", 1.5f), real("gamma", 1.1f)));
    cases.add(signed("HardSigmoid", 7, real("alpha", 0.3f), real("beta", 0.4f)));
    cases.add(signed("Gelu", 20));
    cases.add(signed("Gelu", 20, word("approximate", "tanh")));
    cases.add(signed("Clip", 7, real("min", -0.4f), real("max", 0.6f)));
    cases.add(signed("Clip", 7, real("max", 0.6f)));
    for (int opset : new int[] {11, 13}) {
      cases.add(
          new Case(
              "Clip to both bounds",
              opset,
              ROW,
              g -> g.node("Clip", List.of("x", g.single(0.5f), g.single(1.5f)), "y")));
      cases.add(
          new Case(
              "Clip from above",
              opset,
              ROW,
              g -> g.node("Clip", List.of("x", "", g.single(1.5f)), "y")));
      cases.add(new Case("Clip to nothing", opset, ROW, g -> g.node("Clip", List.of("x"), "y")));
    }
    cases.add(
        new Case(
            "PRelu",
            16,
            IMAGE,
            g ->
                g.node("Sub", List.of("x", g.single(0.9f)), "signed")
                    .node("PRelu", List.of("signed", g.weights(4, 1, 1)), "y")));
    cases.add(
        new Case(
            "Cast",
            13,
            ROW,
            g ->
                g.node("Cast", List.of("x"), "wide", integer("to", 11))
                    .node("Exp", List.of("wide"), "exp")
                    .node("Cast", List.of("exp"), "y", integer("to", 1))));
    return cases;
  }

  private static Case two(String operator, long opset, List<Long> shape, long... sizes) {
    return new Case(
        operator + " " + List.of(sizes.length),
        opset,
        shape,
        g -> g.node(operator, List.of("x", g.weights(sizes)), "y"));
  }

  private static List<Case> arithmetic() {
    List<Case> cases = new ArrayList<>();
    for (String name : List.of("Add", "Sub", "Mul", "Max", "Min", "Sum", "Mean")) {
      cases.add(two(name, 8, ROW, 6));
      cases.add(two(name, 13, IMAGE, 4, 1, 1));
      cases.add(two(name, 21, WORDS, 1, 5, 1));
    }
    cases.add(new Case("Div", 7, ROW, g -> g.node("Div", List.of(g.single(3), "x"), "y")));
    cases.add(
        new Case("Div by a number", 14, ROW, g -> g.node("Div", List.of("x", g.single(3)), "y")));
    cases.add(new Case("Pow 2", 7, ROW, g -> g.node("Pow", List.of("x", g.single(2)), "y")));
    cases.add(
        new Case("Pow of weights", 15, ROW, g -> g.node("Pow", List.of("x", g.weights(6)), "y")));
    for (String name : List.of("Greater", "Less", "GreaterOrEqual", "LessOrEqual", "Equal")) {
      cases.add(
          new Case(
              name + " and Where",
              16,
              ROW,
              g ->
                  g.node(name, List.of("x", g.single(1)), "choice")
                      .node("Not", List.of("choice"), "other")
                      .node("Or", List.of("other", "choice"), "any")
                      .node("And", List.of("any", "choice"), "both")
                      .node("Exp", List.of("x"), "exp")
                      .node("Where", List.of("both", "x", "exp"), "y")));
    }
    return cases;
  }

  private static List<Case> products() {
    List<Case> cases = new ArrayList<>();
    for (int opset : new int[] {7, 11, 13}) {
      cases.add(
          new Case(
              "Gemm",
              opset,
              ROW,
              g -> g.node("Gemm", List.of("x", g.weights(6, 4), g.weights(4)), "y")));
    }
    cases.add(
        new Case(
            "Gemm turned",
            9,
            ROW,
            g ->
                g.node(
                    "Gemm",
                    List.of("x", g.weights(4, 6), g.weights(4)),
                    "y",
                    integer("transB", 1))));
    cases.add(
        new Case(
            "Gemm scaled",
            13,
            ROW,
            g ->
                g.node(
                    "Gemm",
                    List.of("x", g.weights(4, 6), g.weights(1, 4)),
                    "y",
                    integer("transB", 1),
                    real("alpha", 0.5f),
                    real("beta", 2))));
    cases.add(
        new Case(
            "Gemm without bias",
            13,
            ROW,
            g -> g.node("Gemm", List.of("x", g.weights(6, 4)), "y", real("alpha", 0.5f))));
    cases.add(
        new Case("MatMul", 7, ROW, g -> g.node("MatMul", List.of("x", g.weights(6, 4)), "y")));
    cases.add(
        new Case(
            "MatMul of words",
            13,
            WORDS,
            g -> g.node("MatMul", List.of("x", g.weights(6, 4)), "y")));
    cases.add(
        new Case(
            "MatMul on the right",
            13,
            WORDS,
            g -> g.node("MatMul", List.of(g.weights(3, 5), "x"), "y")));
    cases.add(
        new Case(
            "MatMul and bias",
            13,
            WORDS,
            g ->
                g.node("MatMul", List.of("x", g.weights(6, 4)), "product")
                    .node("Add", List.of("product", g.weights(4)), "y")));
    cases.add(
        new Case(
            "Einsum",
            12,
            WORDS,
            g ->
                g.node(
                    "Einsum",
                    List.of("x", g.weights(6, 3)),
                    "y",
                    word("equation", "bij,jk->bki"))));
    return cases;
  }

  private static Case convolution(String name, long opset, byte[]... attributes) {
    return new Case(
        "Conv " + name,
        opset,
        IMAGE,
        g -> g.node("Conv", List.of("x", g.weights(6, 4, 3, 3), g.weights(6)), "y", attributes));
  }

  private static List<Case> windows() {
    List<Case> cases = new ArrayList<>();
    for (int opset : new int[] {7, 11, 21}) {
      cases.add(convolution("plain", opset));
      cases.add(convolution("padded", opset, integers("pads", 1, 1, 1, 1)));
      cases.add(convolution("unevenly padded", opset, integers("pads", 0, 1, 2, 1)));
      cases.add(convolution("wide steps", opset, integers("strides", 2, 3)));
      cases.add(convolution("dilated", opset, integers("dilations", 2, 2)));
      cases.add(
          convolution(
              "same above", opset, word("auto_pad", "SAME_UPPER"), integers("strides", 2, 2)));
      cases.add(
          convolution(
              "same below", opset, word("auto_pad", "SAME_LOWER"), integers("strides", 2, 2)));
      cases.add(convolution("valid", opset, word("auto_pad", "VALID")));
    }
    cases.add(
        new Case(
            "Conv in groups",
            11,
            IMAGE,
            g -> g.node("Conv", List.of("x", g.weights(8, 1, 3, 3)), "y", integer("group", 4))));
    cases.add(
        new Case(
            "Conv along a line",
            11,
            WORDS,
            g -> g.node("Conv", List.of("x", g.weights(3, 5, 2), g.weights(3)), "y")));
    cases.add(
        new Case(
            "Conv of volumes",
            11,
            List.of(2L, 3L, 4L, 4L),
            g -> g.node("Conv", List.of("x", g.weights(3, 2, 2, 2, 2)), "y")));
    cases.add(
        new Case(
            "ConvTranspose",
            11,
            IMAGE,
            g ->
                g.node(
                    "ConvTranspose",
                    List.of("x", g.weights(4, 3, 3, 3), g.weights(6)),
                    "y",
                    integers("strides", 2, 2),
                    integers("pads", 1, 1, 1, 1),
                    integers("output_padding", 1, 1),
                    integer("group", 2))));
    for (String pool : List.of("MaxPool", "AveragePool")) {
      for (int opset : new int[] {7, 11, 19}) {
        cases.add(
            of(pool, opset, IMAGE, integers("kernel_shape", 2, 2), integers("strides", 2, 2)));
        cases.add(
            of(pool, opset, IMAGE, integers("kernel_shape", 3, 3), integers("pads", 1, 1, 1, 1)));
      }
      cases.add(
          of(
              pool,
              12,
              IMAGE,
              integers("kernel_shape", 3, 3),
              integers("strides", 2, 2),
              integer("ceil_mode", 1)));
      cases.add(of(pool, 12, WORDS, integers("kernel_shape", 2)));
    }
    cases.add(
        of("MaxPool", 12, IMAGE, integers("kernel_shape", 3, 3), integers("pads", 0, 0, 1, 1)));
    cases.add(
        of("MaxPool", 12, IMAGE, integers("kernel_shape", 2, 2), integers("dilations", 2, 2)));
    cases.add(
        of(
            "AveragePool",
            11,
            IMAGE,
            integers("kernel_shape", 3, 3),
            integers("pads", 0, 0, 1, 1),
            integer("count_include_pad", 1)));
    cases.add(of("GlobalAveragePool", 7, IMAGE));
    cases.add(of("GlobalMaxPool", 7, IMAGE));
    for (String mode : List.of("linear", "cubic")) {
      for (String coordinates : List.of("half_pixel", "align_corners")) {
        cases.add(
            resized(
                mode + " " + coordinates,
                13,
                9,
                11,
                word("mode", mode),
                word("coordinate_transformation_mode", coordinates)));
      }
    }
    cases.add(resized("nearest", 13, 12, 18, word("mode", "nearest")));
    cases.add(
        resized(
            "nearest as PyTorch",
            18,
            9,
            10,
            word("mode", "nearest"),
            word("nearest_mode", "floor"),
            word("coordinate_transformation_mode", "asymmetric")));
    cases.add(
        new Case(
            "Resize by scales",
            11,
            IMAGE,
            g -> {
              g.floats("scales", List.of(4L), 1, 1, 1.5f, 2);
              g.floats("roi", List.of(0L));
              g.node("Resize", List.of("x", "roi", "scales"), "y", word("mode", "linear"));
            }));
    cases.add(
        new Case(
            "Upsample",
            9,
            IMAGE,
            g -> {
              g.floats("scales", List.of(4L), 1, 1, 2, 3);
              g.node("Upsample", List.of("x", "scales"), "y", word("mode", "nearest"));
            }));
    return cases;
  }

  private static Case resized(
      String name, long opset, long height, long width, byte[]... attributes) {
    return new Case(
        "Resize " + name,
        opset,
        IMAGE,
        g -> {
          g.node("Shape", List.of("x"), "all")
              .node("Slice", List.of("all", g.longs(0), g.longs(2)), "outer")
              .node("Concat", List.of("outer", g.longs(height, width)), "sizes", integer("axis", 0))
              .node("Resize", List.of("x", "", "", "sizes"), "y", attributes);
        });
  }

  private static List<Case> reductions() {
    List<Case> cases = new ArrayList<>();
    for (String name :
        List.of(
            "ReduceMean",
            "ReduceSum",
            "ReduceMax",
            "ReduceMin",
            "ReduceL1",
            "ReduceL2",
            "ReduceSumSquare",
            "ReduceLogSum",
            "ReduceLogSumExp",
            "ReduceProd")) {
      cases.add(of(name, 11, IMAGE, integers("axes", 2, 3)));
      cases.add(of(name, 11, IMAGE, integers("axes", -1), integer("keepdims", 0)));
      for (int opset : new int[] {18, 21}) {
        cases.add(
            new Case(
                name,
                opset,
                IMAGE,
                g -> g.node(name, List.of("x", g.longs(2, 3)), "y", integer("keepdims", 0))));
        cases.add(
            new Case(
                name + " of nothing",
                opset,
                IMAGE,
                g -> g.node(name, List.of("x"), "y", integer("noop_with_empty_axes", 1))));
      }
    }
    cases.add(
        new Case("ReduceSum", 13, IMAGE, g -> g.node("ReduceSum", List.of("x", g.longs(1)), "y")));
    for (String name : List.of("ArgMax", "ArgMin")) {
      cases.add(
          new Case(
              name + " as a factor",
              13,
              WORDS,
              g ->
                  g.node(name, List.of("x"), "position", integer("axis", 2), integer("keepdims", 1))
                      .node("Cast", List.of("position"), "float", integer("to", 1))
                      .node("Mul", List.of("x", "float"), "y")));
      cases.add(
          new Case(
              "GatherElements at " + name,
              13,
              WORDS,
              g ->
                  g.node(name, List.of("x"), "position", integer("axis", 2))
                      .node("GatherElements", List.of("x", "position"), "y", integer("axis", 2))));
    }
    return cases;
  }

  private static List<Case> scaling() {
    List<Case> cases = new ArrayList<>();
    for (int opset : new int[] {7, 9, 14, 15}) {
      cases.add(
          new Case(
              "BatchNormalization",
              opset,
              IMAGE,
              g ->
                  g.floats("variance", List.of(4L), 0.5f, 1, 2, 3)
                      .node(
                          "BatchNormalization",
                          List.of("x", g.weights(4), g.weights(4), g.weights(4), "variance"),
                          "y",
                          real("epsilon", 1e-3f))));
    }
    cases.add(
        new Case(
            "InstanceNormalization",
            6 + 1,
            IMAGE,
            g -> g.node("InstanceNormalization", List.of("x", g.weights(4), g.weights(4)), "y")));
    cases.add(
        new Case(
            "LayerNormalization",
            17,
            WORDS,
            g -> g.node("LayerNormalization", List.of("x", g.weights(6), g.weights(6)), "y")));
    cases.add(
        new Case(
            "LayerNormalization of words",
            17,
            WORDS,
            g ->
                g.node(
                    "LayerNormalization",
                    List.of("x", g.weights(5, 6)),
                    "y",
                    integer("axis", 1),
                    real("epsilon", 1e-2f))));
    cases.add(
        new Case(
            "GroupNormalization of channels",
            21,
            IMAGE,
            g ->
                g.node(
                    "GroupNormalization",
                    List.of("x", g.weights(4), g.weights(4)),
                    "y",
                    integer("num_groups", 2))));
    cases.add(
        new Case(
            "GroupNormalization of groups",
            18,
            IMAGE,
            g ->
                g.node(
                    "GroupNormalization",
                    List.of("x", g.weights(2), g.weights(2)),
                    "y",
                    integer("num_groups", 2))));
    cases.add(of("LRN", 7, IMAGE, integer("size", 3), real("alpha", 0.5f), real("bias", 2)));
    cases.add(of("LRN", 13, IMAGE, integer("size", 5), real("beta", 0.5f)));
    cases.add(of("LpNormalization", 7, WORDS));
    cases.add(of("LpNormalization", 7, WORDS, integer("p", 1), integer("axis", 1)));
    for (String name : List.of("Softmax", "LogSoftmax")) {
      cases.add(of(name, 7, WORDS));
      cases.add(of(name, 11, WORDS, integer("axis", 2)));
      cases.add(of(name, 13, WORDS));
      cases.add(of(name, 13, WORDS, integer("axis", 1)));
    }
    return cases;
  }

  private static List<Case> shaping() {
    List<Case> cases = new ArrayList<>();
    for (long[] target : new long[][] {{-1, 30}, {0, 30}, {0, -1}, {-1, 3, 10}, {0, 0, 2, 3}}) {
      cases.add(
          new Case(
              "Reshape to " + Arrays.toString(target),
              13,
              WORDS,
              g -> g.node("Reshape", List.of("x", g.longs(target)), "y")));
    }
    cases.add(of("Flatten", 7, IMAGE));
    cases.add(
        new Case(
            "Flatten from behind",
            11,
            IMAGE,
            g ->
                g.node("Flatten", List.of("x"), "flat", integer("axis", -3))
                    .node("Identity", List.of("flat"), "y")));
    cases.add(
        new Case(
            "Unsqueeze and Squeeze",
            11,
            WORDS,
            g ->
                g.node("Unsqueeze", List.of("x"), "more", integers("axes", 1, -1))
                    .node("Squeeze", List.of("more"), "y", integers("axes", 1, 4))));
    cases.add(
        new Case(
            "Unsqueeze and Squeeze",
            13,
            WORDS,
            g ->
                g.node("Unsqueeze", List.of("x", g.longs(-1, 1)), "more")
                    .node("Squeeze", List.of("more", g.longs(1)), "less")
                    .node("Squeeze", List.of("less", g.longs(-1)), "y")));
    cases.add(of("Transpose", 7, IMAGE, integers("perm", 0, 2, 3, 1)));
    cases.add(
        new Case(
            "Transpose twice",
            13,
            IMAGE,
            g ->
                g.node("Transpose", List.of("x"), "turned")
                    .node("Transpose", List.of("turned"), "y")));
    cases.add(
        new Case(
            "Concat",
            11,
            WORDS,
            g ->
                g.node("Exp", List.of("x"), "exp")
                    .node("Concat", List.of("x", "exp", "x"), "y", integer("axis", -1))));
    cases.add(
        new Case(
            "Expand",
            13,
            WORDS,
            g ->
                g.node("Unsqueeze", List.of("x", g.longs(1)), "more")
                    .node("Expand", List.of("more", g.longs(1, 3, 1, 1)), "y")));
    cases.add(
        new Case("Tile", 13, WORDS, g -> g.node("Tile", List.of("x", g.longs(1, 2, 3)), "y")));
    cases.add(of("Pad", 7, WORDS, integers("pads", 0, 1, 0, 0, 2, 3), real("value", 0.5f)));
    cases.add(
        new Case(
            "Pad",
            13,
            WORDS,
            g -> g.node("Pad", List.of("x", g.longs(0, 1, -1, 0, 2, 3), g.single(0.5f)), "y")));
    cases.add(
        new Case(
            "Pad some axes",
            18,
            IMAGE,
            g -> g.node("Pad", List.of("x", g.longs(1, 2), "", g.longs(-1)), "y")));
    for (String mode : List.of("reflect", "edge")) {
      cases.add(
          new Case(
              "Pad by " + mode,
              13,
              IMAGE,
              g ->
                  g.node(
                      "Pad",
                      List.of("x", g.longs(0, 0, 1, 2, 0, 0, 2, 1)),
                      "y",
                      word("mode", mode))));
    }
    cases.add(of("DepthToSpace", 11, IMAGE, integer("blocksize", 2)));
    cases.add(of("DepthToSpace", 13, IMAGE, integer("blocksize", 2), word("mode", "CRD")));
    cases.add(of("SpaceToDepth", 13, IMAGE, integer("blocksize", 3)));
    return cases;
  }

  private static List<Case> picking() {
    List<Case> cases = new ArrayList<>();
    cases.add(
        new Case(
            "Gather one",
            11,
            WORDS,
            g -> {
              g.longs("last", List.of(), -1);
              g.node("Gather", List.of("x", "last"), "y", integer("axis", 1));
            }));
    cases.add(
        new Case(
            "Gather some",
            11,
            WORDS,
            g -> g.node("Gather", List.of("x", g.longs(0, -1, 2, 0)), "y", integer("axis", 2))));
    cases.add(
        new Case(
            "Gather a square",
            13,
            WORDS,
            g -> {
              g.longs("square", List.of(2L, 2L), 0, 1, 2, 3);
              g.node("Gather", List.of("x", "square"), "y", integer("axis", 1));
            }));
    cases.add(
        of(
            "Slice",
            9,
            WORDS,
            integers("starts", 1, -3),
            integers("ends", 4, 100),
            integers("axes", 1, 2)));
    cases.add(
        new Case(
            "Slice with steps",
            13,
            WORDS,
            g ->
                g.node(
                    "Slice",
                    List.of("x", g.longs(4, 1), g.longs(-100, 6), g.longs(1, 2), g.longs(-2, 2)),
                    "y")));
    cases.add(
        new Case(
            "Slice of everything",
            13,
            WORDS,
            g ->
                g.node(
                    "Slice", List.of("x", g.longs(0), g.longs(Long.MAX_VALUE), g.longs(0)), "y")));
    cases.add(
        new Case(
            "Split",
            11,
            WORDS,
            g ->
                g.node("", "Split", List.of("x"), List.of("a", "b", "c"), integer("axis", 2))
                    .node("Mul", List.of("a", "b"), "ab")
                    .node("Add", List.of("ab", "c"), "y")));
    cases.add(
        new Case(
            "Split by sizes",
            13,
            WORDS,
            g ->
                g.node(
                    "",
                    "Split",
                    List.of("x", g.longs(2, 4)),
                    List.of("a", "y"),
                    integer("axis", -1))));
    cases.add(
        new Case(
            "Split unevenly",
            18,
            WORDS,
            g ->
                g.node(
                    "",
                    "Split",
                    List.of("x"),
                    List.of("a", "b", "y"),
                    integer("axis", 1),
                    integer("num_outputs", 3))));
    cases.add(of("Trilu", 14, WORDS));
    cases.add(
        new Case(
            "Trilu below",
            14,
            WORDS,
            g -> {
              g.longs("diagonal", List.of(), -1);
              g.node("Trilu", List.of("x", "diagonal"), "y", integer("upper", 0));
            }));
    return cases;
  }

  private static List<Case> sources() {
    List<Case> cases = new ArrayList<>();
    cases.add(
        new Case(
            "Constant",
            12,
            ROW,
            g ->
                g.node("Constant", List.of(), "a", real("value_float", 2))
                    .node("Constant", List.of(), "b", reals("value_floats", 1, 2, 3, 4, 5, 6))
                    .node(
                        "Constant",
                        List.of(),
                        "c",
                        tensorAttribute("value", tensor("", FLOAT, List.of(1L), raw(3))))
                    .node("Mul", List.of("x", "a"), "xa")
                    .node("Mul", List.of("xa", "b"), "xab")
                    .node("Add", List.of("xab", "c"), "y")));
    cases.add(
        new Case(
            "Reshape to a computed shape",
            15,
            WORDS,
            g ->
                g.node("Constant", List.of(), "two", integer("value_int", 2))
                    .node("Constant", List.of(), "open", integers("value_ints", -1))
                    .node("Shape", List.of("x"), "sizes", integer("start", 0), integer("end", 1))
                    .node("Shape", List.of("x"), "last", integer("start", -1))
                    .node("Div", List.of("last", "two"), "half")
                    .node("Concat", List.of("sizes", "half", "open"), "to", integer("axis", 0))
                    .node("Reshape", List.of("x", "to"), "y")));
    cases.add(
        new Case(
            "ConstantOfShape for every row",
            13,
            WORDS,
            g ->
                g.node("Shape", List.of("x"), "sizes")
                    .node(
                        "ConstantOfShape",
                        List.of("sizes"),
                        "twos",
                        tensorAttribute("value", tensor("", FLOAT, List.of(1L), raw(2))))
                    .node("Mul", List.of("x", "twos"), "y")));
    cases.add(
        new Case(
            "Expand by Equal and Where",
            13,
            WORDS,
            g ->
                g.node("Shape", List.of("x"), "sizes")
                    .node("Gather", List.of("sizes", g.longs(0)), "rows")
                    .node("Concat", List.of("rows", g.longs(-1, -1)), "asked", integer("axis", 0))
                    .node("Equal", List.of("asked", g.longs(-1, -1, -1)), "open")
                    .node("Where", List.of("open", g.longs(1, 1, 1), "asked"), "target")
                    .node("Expand", List.of(g.weights(1, 2, 6), "target"), "token")
                    .node("Concat", List.of("token", "x"), "y", integer("axis", 1))));
    cases.add(
        new Case(
            "Range and Mod",
            13,
            ROW,
            g -> {
              g.longs("zero", List.of(), 0);
              g.longs("one", List.of(), 1);
              g.node("Shape", List.of("x"), "sizes")
                  .node("Gather", List.of("sizes", "one"), "columns")
                  .node("Range", List.of("zero", "columns", "one"), "range")
                  .node("Mod", List.of("range", g.longs(4)), "picked")
                  .node("Gather", List.of("x", "picked"), "y", integer("axis", 1));
            }));
    cases.add(
        new Case(
            "Size as a factor",
            13,
            ROW,
            g ->
                g.node("Size", List.of("x"), "size")
                    .node("Shape", List.of("x"), "sizes")
                    .node("Gather", List.of("sizes", g.longs(0)), "rows")
                    .node("Div", List.of("size", "rows"), "each")
                    .node("Cast", List.of("each"), "float", integer("to", 1))
                    .node("Mul", List.of("x", "float"), "y")));
    return cases;
  }

  private static Case ml(String operator, Consumer<GraphWriter> graph) {
    return new Case(operator, 15, ROW, graph);
  }

  private static GraphWriter ml(GraphWriter g, String operator, byte[]... attributes) {
    return g.node("ai.onnx.ml", operator, List.of("x"), List.of("y"), attributes);
  }

  private static List<Case> tabular() {
    List<Case> cases = new ArrayList<>();
    float[] three = new float[18];
    for (int i = 0; i < three.length; i++) {
      three[i] = (i * 5 % 7 - 3) / 4f;
    }
    for (String transform : List.of("NONE", "SOFTMAX", "LOGISTIC")) {
      cases.add(
          ml(
              "LinearClassifier " + transform,
              g ->
                  g.node(
                      "ai.onnx.ml",
                      "LinearClassifier",
                      List.of("x"),
                      List.of("label", "y"),
                      reals("coefficients", three),
                      reals("intercepts", 1, 2, 3),
                      integers("classlabels_ints", 0, 1, 2),
                      word("post_transform", transform))));
    }
    for (String transform : List.of("NONE", "LOGISTIC")) {
      cases.add(
          ml(
              "LinearClassifier of two, " + transform,
              g ->
                  g.node(
                      "ai.onnx.ml",
                      "LinearClassifier",
                      List.of("x"),
                      List.of("label", "y"),
                      reals("coefficients", 1, -2, 3, -4, 5, -6),
                      reals("intercepts", 0.5f),
                      integers("classlabels_ints", 0, 1),
                      word("post_transform", transform))));
    }
    cases.add(
        ml(
            "LinearRegressor",
            g ->
                ml(
                    g,
                    "LinearRegressor",
                    reals("coefficients", three),
                    reals("intercepts", 1, 2, 3),
                    integer("targets", 3))));
    cases.add(
        ml(
            "Scaler",
            g ->
                ml(
                    g,
                    "Scaler",
                    reals("offset", 1, 2, 3, 4, 5, 6),
                    reals("scale", 2, 1, 2, 1, 2, 1))));
    for (String norm : List.of("L1", "L2", "MAX")) {
      cases.add(ml("Normalizer " + norm, g -> ml(g, "Normalizer", word("norm", norm))));
    }
    cases.add(
        ml(
            "Imputer",
            g ->
                ml(
                    g,
                    "Imputer",
                    reals("imputed_value_floats", 1),
                    real("replaced_value_float", Float.NaN))));
    cases.add(
        ml(
            "ArrayFeatureExtractor",
            g ->
                g.node(
                    "ai.onnx.ml",
                    "ArrayFeatureExtractor",
                    List.of("x", g.longs(4, 0, 2)),
                    List.of("y"))));
    cases.add(
        ml(
            "FeatureVectorizer",
            g ->
                g.node("Exp", List.of("x"), "exp")
                    .node(
                        "ai.onnx.ml",
                        "FeatureVectorizer",
                        List.of("x", "exp"),
                        List.of("y"),
                        integers("inputdimensions", 6, 6))));
    return cases;
  }
}
