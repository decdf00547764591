package io.gauntlet.onnx;

import static io.gauntlet.onnx.Fixtures.all;
import static io.gauntlet.onnx.GraphWriter.FLOAT;
import static io.gauntlet.onnx.GraphWriter.integer;
import static io.gauntlet.onnx.GraphWriter.integers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.djl.Normalisation;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxModelTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "vision, FREE",
    "vision_of_one, WIDENED",
    "text, FREE",
    "residual, FREE",
    "sequence_first, ONE_BY_ONE"
  })
  void agrees_with_pytorch(String network, Batching batching) {
    try (OnnxModel model = OnnxModel.open(Fixtures.network(network));
        ForwardPass pass = model.forward(Fixtures.expected(network, "inputs"))) {
      float[] scores = all(Fixtures.expected(network, "scores"));
      assertThat(model.batching()).isEqualTo(batching);
      assertThat(model.largestDifference()).isBetween(0.0, 2e-6);
      assertThat(all(model.logits(Fixtures.expected(network, "inputs"))))
          .containsExactly(scores, within(2e-6f));
      assertThat(all(pass.logits())).containsExactly(scores, within(2e-6f));
      Batch gradient = pass.backward(Fixtures.expected(network, "weights"));
      assertThat(all(gradient))
          .containsExactly(all(Fixtures.expected(network, "gradient")), within(2e-6f));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"logistic", "logistic_of_two", "perceptron"})
  void agrees_with_scikit_learn(String model) {
    try (OnnxModel opened = OnnxModel.open(Fixtures.network(model))) {
      assertThat(all(opened.logits(Fixtures.expected(model, "inputs"))))
          .containsExactly(all(Fixtures.expected(model, "scores")), within(1e-6f));
      try (ForwardPass pass = opened.forward(Fixtures.expected(model, "inputs"))) {
        Batch gradient = pass.backward(pass.logits());
        assertThat(all(gradient)).doesNotContain(0f).doesNotContain(Float.NaN);
      }
    }
  }

  @Test
  void agrees_with_the_same_network_in_plain_java() {
    RandomGenerator random = Seed.of(7).forExample(0);
    List<Mlp.Dense> layers = new ArrayList<>();
    GraphWriter graph = new GraphWriter(17).input("x", FLOAT, -1, 6).output("y", FLOAT);
    List<Integer> widths = List.of(6, 9, 4);
    for (int layer = 0; layer < 2; layer++) {
      int inputs = widths.get(layer);
      int outputs = widths.get(layer + 1);
      float[] weights = new float[outputs * inputs];
      float[] bias = new float[outputs];
      float[][] rows = new float[outputs][];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) random.nextGaussian();
      }
      for (int i = 0; i < outputs; i++) {
        bias[i] = (float) random.nextGaussian();
        rows[i] = Arrays.copyOfRange(weights, i * inputs, (i + 1) * inputs);
      }
      layers.add(Mlp.Dense.of(rows, bias));
      graph
          .floats("w" + layer, List.of((long) outputs, (long) inputs), weights)
          .floats("b" + layer, List.of((long) outputs), bias);
    }
    graph
        .node("Gemm", List.of("x", "w0", "b0"), "a", integer("transB", 1))
        .node("Relu", List.of("a"), "h")
        .node("Gemm", List.of("h", "w1", "b1"), "y", integer("transB", 1));
    Mlp plain = Mlp.of(Shape.of(6), Domain.UNIT, layers);
    Batch x = Batch.wrap(6, new float[5 * 6]).editRows((row, v) -> fill(v, random));
    CrossEntropy loss = new CrossEntropy(Labels.of(x, new int[] {0, 1, 2, 3, 0}));
    try (OnnxModel model = OnnxModel.open(graph.write(folder.resolve("mlp.onnx")))) {
      assertThat(all(model.logits(x))).containsExactly(all(plain.logits(x)), within(1e-5f));
      assertThat(all(model.gradient(x, loss).byInput()))
          .containsExactly(all(plain.gradient(x, loss).byInput()), within(1e-5f));
    }
  }

  private static void fill(float[] values, RandomGenerator random) {
    for (int j = 0; j < values.length; j++) {
      values[j] = random.nextFloat();
    }
  }

  @Test
  void says_why_inputs_run_one_by_one() {
    try (OnnxModel model = OnnxModel.open(Fixtures.network("sequence_first"))) {
      assertThat(model.batchingReason()).get().asString().contains("Gemm");
    }
    try (OnnxModel model = OnnxModel.open(Fixtures.network("vision_of_one"))) {
      assertThat(model.batchingReason()).isEmpty();
    }
  }

  @Test
  void rows_that_see_each_other_run_one_by_one() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, -1, 4).output("y", FLOAT);
    graph
        .node("ReduceMean", List.of("x"), "mean", integers("axes", 0))
        .node("Sub", List.of("x", "mean"), "centred")
        .node("Add", List.of("centred", "x"), "y");
    try (OnnxModel model = OnnxModel.open(graph.write(folder.resolve("mixing.onnx")))) {
      assertThat(model.batching()).isEqualTo(Batching.ONE_BY_ONE);
      assertThat(model.batchingReason()).get().asString().contains("the difference is");
      Batch two = Batch.of(new float[] {1, 2, 3, 4}, new float[] {0, 0, 1, 0});
      assertThat(all(model.logits(two))).containsExactly(1, 2, 3, 4, 0, 0, 1, 0);
    }
  }

  @Test
  void a_fixed_batch_of_several_is_widened() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, 3, 2, 2).output("y", FLOAT, 3, 2);
    graph
        .node("Reshape", List.of("x", graph.longs(3, 4)), "flat")
        .node("MatMul", List.of("flat", graph.weights(4, 2)), "y");
    Path file = graph.write(folder.resolve("three.onnx"));
    try (OnnxModel model = OnnxModel.open(file);
        OnnxRuntimeModel runtime = OnnxRuntimeModel.open(file)) {
      assertThat(model.batching()).isEqualTo(Batching.WIDENED);
      Batch five =
          Batch.wrap(4, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2});
      assertThat(all(model.logits(five))).containsExactly(all(runtime.logits(five)), within(1e-5f));
    }
  }

  @Test
  void tokens_have_no_gradient() {
    assertThatThrownBy(() -> OnnxModel.open(Fixtures.network("tokens")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("'input' of INT64")
        .hasMessageContaining("from its embeddings on")
        .hasMessageContaining("OnnxRuntimeModel");
  }

  @Test
  void all_operators_that_are_not_supported_are_named_at_once() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, -1, 4).output("y", FLOAT);
    graph
        .node("Hardmax", List.of("x"), "a")
        .node("Relu", List.of("a"), "b")
        .node("Softmax", List.of("b"), "c", integer("axis", 7))
        .node("com.example", "Magic", List.of("c"), List.of("y"));
    Path file = graph.write(folder.resolve("strange.onnx"));
    assertThatThrownBy(() -> OnnxModel.open(file))
        .isInstanceOfSatisfying(
            UnsupportedOperatorException.class,
            e ->
                assertThat(e.nodes())
                    .containsExactly(
                        "Hardmax (node 'the Hardmax')",
                        "Magic from com.example (node 'the Magic')"))
        .hasMessage(
            "%s cannot be differentiated because of 2 nodes: Hardmax (node 'the Hardmax'); Magic "
                + "from com.example (node 'the Magic'); OnnxRuntimeModel opens it for its scores",
            file);
  }

  @Test
  void a_form_of_an_operator_that_is_not_supported_is_named_with_its_rule() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, -1, 4).output("y", FLOAT);
    graph.node("Softmax", List.of("x"), "y", integer("axis", 7));
    assertThatThrownBy(() -> OnnxModel.open(graph.write(folder.resolve("axis.onnx"))))
        .isInstanceOf(UnsupportedOperatorException.class)
        .hasMessageContaining(
            "Softmax (node 'the Softmax'): an axis must be among the 2, but is 7");
  }

  @Test
  void an_import_that_answers_otherwise_than_onnx_runtime_is_refused() {
    assertThatThrownBy(
            () ->
                OnnxModel.open(
                    Fixtures.network("vision"), OnnxOptions.standard().withTolerance(1e-12f)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("must be answered as by ONNX Runtime within 1.0E-12");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 6, 22, 99})
  void opsets_that_are_too_old_or_too_new_are_refused(long opset) {
    GraphWriter graph = new GraphWriter(opset).input("x", FLOAT, -1, 4).output("y", FLOAT);
    graph.node("Relu", List.of("x"), "y");
    assertThatThrownBy(() -> OnnxModel.open(graph.write(folder.resolve("old.onnx"))))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("opset 7 to 21")
        .hasMessageContaining("has " + opset);
  }

  @Test
  void an_open_input_shape_must_be_said() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, -1, 2, -1, -1).output("y", FLOAT);
    graph.node("GlobalAveragePool", List.of("x"), "pooled").node("Flatten", List.of("pooled"), "y");
    Path file = graph.write(folder.resolve("open.onnx"));
    assertThatThrownBy(() -> OnnxModel.open(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("withInputShape")
        .hasMessageContaining("(?, 2, ?, ?)");
    OnnxOptions options = OnnxOptions.standard();
    assertThatThrownBy(() -> OnnxModel.open(file, options.withInputShape(Shape.of(3, 5, 5))))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("must take inputs of 3x5x5");
    try (OnnxModel model = OnnxModel.open(file, options.withInputShape(Shape.of(2, 5, 5)))) {
      assertThat(model.inputShape()).isEqualTo(Shape.of(2, 5, 5));
      assertThat(model.classes()).isEqualTo(2);
    }
  }

  @Test
  void scores_may_be_read_in_front_of_a_softmax() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, -1, 4).output("y", FLOAT);
    graph
        .node("MatMul", List.of("x", graph.weights(4, 3)), "logits")
        .node("Softmax", List.of("logits"), "y");
    Path file = graph.write(folder.resolve("softmax.onnx"));
    OnnxOptions logits = OnnxOptions.standard().withOutput("logits");
    Batch one = Batch.of(new float[] {1, 0, 0, 0});
    try (OnnxModel model = OnnxModel.open(file, logits);
        OnnxRuntimeModel runtime = OnnxRuntimeModel.open(file, logits)) {
      assertThat(all(model.logits(one)))
          .containsExactly(new float[] {-0.8f, 0, 0.8f}, within(1e-6f));
      assertThat(all(runtime.logits(one)))
          .containsExactly(new float[] {-0.8f, 0, 0.8f}, within(1e-6f));
    }
    assertThatThrownBy(() -> OnnxModel.open(file, logits.withOutput("nothing")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("must compute the output 'nothing', but does not");
  }

  @Test
  void a_normalisation_is_part_of_the_model() {
    OnnxOptions options =
        OnnxOptions.standard()
            .withDomain(Domain.of(0, 4))
            .withNormalisation(
                Normalisation.perChannel(List.of(1f, 2f, 3f), List.of(2f, 4f, 0.5f)));
    Batch inputs = Fixtures.expected("residual", "inputs");
    Batch shifted =
        inputs.editRows(
            (row, x) -> {
              for (int j = 0; j < x.length; j++) {
                int channel = j / 256;
                x[j] = x[j] * List.of(2f, 4f, 0.5f).get(channel) + (channel + 1);
              }
            });
    try (OnnxModel model = OnnxModel.open(Fixtures.network("residual"), options);
        OnnxRuntimeModel runtime = OnnxRuntimeModel.open(Fixtures.network("residual"), options)) {
      float[] scores = all(Fixtures.expected("residual", "scores"));
      assertThat(all(model.logits(shifted))).containsExactly(scores, within(1e-5f));
      assertThat(all(runtime.logits(shifted))).containsExactly(scores, within(1e-5f));
      assertThat(model.fingerprint()).contains("Normalisation");
    }
  }

  @Test
  void a_normalisation_that_does_not_fit_is_refused() {
    OnnxOptions options =
        OnnxOptions.standard()
            .withNormalisation(Normalisation.perChannel(List.of(1f, 2f), List.of(1f, 1f)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnnxModel.open(Fixtures.network("residual"), options))
        .withMessageContaining("3 channels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnnxRuntimeModel.open(Fixtures.network("residual"), options))
        .withMessageContaining("3 channels");
  }

  @Test
  void options_out_of_range_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnnxOptions.standard().withThreads(0))
        .withMessage("threads must be at least 1, but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnnxOptions.standard().withTolerance(Float.NaN))
        .withMessage("tolerance must be finite and positive, but was NaN");
  }

  @Test
  void is_named_by_the_digest_of_its_file_and_its_output() throws IOException {
    Path copy = Files.copy(Fixtures.network("text"), folder.resolve("copy.onnx"));
    try (OnnxModel model = OnnxModel.open(Fixtures.network("text"));
        OnnxModel same = OnnxModel.open(copy);
        OnnxModel other = OnnxModel.open(Fixtures.network("vision"))) {
      assertThat(model.fingerprint())
          .matches("OnnxModel\\[scores, sha256=[0-9a-f]{64}]")
          .isEqualTo(same.fingerprint())
          .isNotEqualTo(other.fingerprint());
      assertThat(model).hasToString("OnnxModel[8x16 -> 2, FREE]");
    }
  }

  @Test
  void is_refused_after_closing() {
    OnnxModel model = OnnxModel.open(Fixtures.network("text"));
    model.close();
    model.close();
    assertThatThrownBy(() -> model.logits(Fixtures.expected("text", "inputs")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void scores_of_another_shape_are_refused() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, -1, 2, 3).output("y", FLOAT);
    graph.node("Relu", List.of("x"), "y");
    assertThatThrownBy(() -> OnnxModel.open(graph.write(folder.resolve("cube.onnx"))))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("output 'y' must have the shape (rows, classes)");
  }

  @Test
  void a_second_input_is_refused() {
    GraphWriter graph =
        new GraphWriter(13).input("x", FLOAT, -1, 3).input("mask", FLOAT, -1, 3).output("y", FLOAT);
    graph.node("Mul", List.of("x", "mask"), "y");
    assertThatThrownBy(() -> OnnxModel.open(graph.write(folder.resolve("two.onnx"))))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("must have one input")
        .hasMessageContaining("'mask'");
  }
}
