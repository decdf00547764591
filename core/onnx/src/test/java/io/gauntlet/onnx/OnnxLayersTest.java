package io.gauntlet.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gauntlet.djl.Normalisation;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Conv2d;
import io.gauntlet.model.Layer;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.model.Scale;
import io.gauntlet.random.Seed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every import is compared with ONNX Runtime: what is read here answers as that does. */
class OnnxLayersTest {
  private static final Path DATA = Path.of(System.getProperty("gauntlet.data", "../shared/data"));

  @TempDir Path folder;

  private final RandomGenerator random = Seed.of(1).forExample(0);

  private float[] gaussian(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private GraphWriter floats(GraphWriter graph, String name, long... sizes) {
    List<Long> all = new ArrayList<>();
    int count = 1;
    for (long size : sizes) {
      all.add(size);
      count *= (int) size;
    }
    return graph.floats(name, all, gaussian(count));
  }

  /** Every operator that is known, in forms that are not the simplest. */
  private GraphWriter everything() {
    GraphWriter graph = new GraphWriter(13).input("x", GraphWriter.FLOAT, -1, 2, 7, 6);
    floats(graph, "shift", 2, 1, 1);
    floats(graph, "factor", 1, 2, 7, 6);
    floats(graph, "kernel", 4, 1, 3, 2);
    floats(graph, "scale", 4);
    floats(graph, "b", 4);
    floats(graph, "mean", 4);
    graph.floats("variance", List.of(4L), 0.5f, 1, 2, 3);
    floats(graph, "square", 4, 4, 1, 1);
    floats(graph, "first", 64, 6);
    floats(graph, "of first", 6);
    floats(graph, "second", 3, 6);
    floats(graph, "of second", 3);
    graph.longs("sizes", List.of(2L), -1, 64);
    graph.node("Sub", List.of("shift", "x"), "shifted");
    graph.node("Mul", List.of("shifted", "factor"), "scaled");
    graph.node(
        "Conv",
        List.of("scaled", "kernel"),
        "wide",
        GraphWriter.integer("group", 2),
        GraphWriter.integers("strides", 2, 1),
        GraphWriter.integers("dilations", 1, 2),
        GraphWriter.integers("pads", 1, 0, 2, 0));
    graph.node("BatchNormalization", List.of("wide", "scale", "b", "mean", "variance"), "normal");
    graph.node("Relu", List.of("normal"), "on");
    graph.node("Conv", List.of("on", "square"), "other");
    graph.node("Add", List.of("other", "on"), "sum");
    graph.node("Div", List.of("sum", "variance of all"), "divided");
    graph.floats("variance of all", List.of(), 2.5f);
    graph.node("Identity", List.of("divided"), "same");
    graph.node("Relu", List.of("same"), "again");
    graph.node("Reshape", List.of("again", "sizes"), "flat");
    graph.node("MatMul", List.of("flat", "first"), "product");
    graph.node("Add", List.of("of first", "product"), "biased");
    graph.node("Relu", List.of("biased"), "last");
    graph.node(
        "Gemm",
        List.of("last", "second", "of second"),
        "logits",
        GraphWriter.integer("transB", 1),
        GraphWriter.real("alpha", 0.5f),
        GraphWriter.real("beta", 2));
    return graph.output("logits", GraphWriter.FLOAT, -1, 3);
  }

  @Test
  void reads_every_layer_that_it_knows() {
    ReluNetwork network =
        OnnxLayers.read(
            everything().write(folder.resolve("net.onnx")),
            OnnxOptions.standard()
                .withNormalisation(
                    Normalisation.perChannel(List.of(0.2f, 0.3f), List.of(0.5f, 0.6f))));
    assertThat(network.classes()).isEqualTo(3);
    assertThat(network.steps().get(0).layer()).isInstanceOf(Scale.class);
    assertThat(network.steps().stream().<Class<?>>map(step -> step.layer().getClass()))
        .contains(Conv2d.class, Layer.Add.class, Layer.Relu.class);
  }

  @Test
  void names_the_nodes_that_are_no_known_layer() {
    GraphWriter graph = new GraphWriter(13).input("x", GraphWriter.FLOAT, -1, 4);
    graph.node("Sigmoid", List.of("x"), "s").node("Tanh", List.of("s"), "t");
    graph.node("Softplus", List.of("x"), "p").node("Mul", List.of("t", "p"), "logits");
    Path file = graph.output("logits", GraphWriter.FLOAT, -1, 4).write(folder.resolve("net.onnx"));
    assertThatThrownBy(() -> OnnxLayers.read(file))
        .isInstanceOfSatisfying(
            UnsupportedOperatorException.class, refused -> assertThat(refused.nodes()).hasSize(2))
        .hasMessageContaining("cannot be read as layers because of 2 nodes")
        .hasMessageContaining("Sigmoid (node 'the Sigmoid'): no such layer is known");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kw_mnist_eps0.1",
        "kw_fashion_eps0.1",
        "madry_mnist_cnn_tiny",
        "oval_cifar_sgd_8px",
        "oval_cifar_madry_8px",
        "cifar_wide_kw",
        "resnet_2b"
      })
  @Tag("published")
  void published_nets_answer_as_libtorch_does(String net) {
    boolean there = Files.isDirectory(DATA.resolve("models"));
    if (!there && "true".equals(System.getenv("CI"))) {
      throw new IllegalStateException(DATA + " must be there in CI");
    }
    assumeTrue(there, () -> DATA + " is not there");
    Path file = DATA.resolve("models").resolve(net + ".onnx");
    ReluNetwork network = OnnxLayers.read(file);
    try (OnnxModel model = OnnxModel.open(file)) {
      float[] x = new float[model.inputShape().size()];
      for (int j = 0; j < x.length; j++) {
        x[j] = random.nextFloat();
      }
      Batch expected = model.logits(Batch.of(x));
      Batch actual = network.logits(Batch.of(x));
      for (int c = 0; c < expected.width(); c++) {
        assertThat(actual.get(0, c)).isCloseTo(expected.get(0, c), within(1e-3f));
      }
    }
  }
}
