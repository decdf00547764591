package io.gauntlet.onnx;

import static io.gauntlet.onnx.GraphWriter.FLOAT;
import static io.gauntlet.onnx.GraphWriter.INT64;
import static io.gauntlet.onnx.GraphWriter.external;
import static io.gauntlet.onnx.GraphWriter.graphAttribute;
import static io.gauntlet.onnx.GraphWriter.integer;
import static io.gauntlet.onnx.GraphWriter.join;
import static io.gauntlet.onnx.GraphWriter.message;
import static io.gauntlet.onnx.GraphWriter.number;
import static io.gauntlet.onnx.GraphWriter.raw;
import static io.gauntlet.onnx.GraphWriter.tensor;
import static io.gauntlet.onnx.GraphWriter.tensorAttribute;
import static io.gauntlet.onnx.GraphWriter.text;
import static io.gauntlet.onnx.GraphWriter.varint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.ModelException;
import io.gauntlet.random.Seed;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are broken, or made to do harm: each is refused by both models before it can. */
class HostileFileTest {
  @TempDir Path root;
  private Path folder;
  private Path file;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(root.resolve("models"));
    file = folder.resolve("model.onnx");
    Files.write(folder.resolve("weights.bin"), raw(1, 2, 3, 4));
    Files.write(root.resolve("secret.bin"), raw(5, 6, 7, 8));
  }

  /** x times a weight, which the tests put in. */
  private static GraphWriter scaled() {
    return new GraphWriter(13)
        .input("x", FLOAT, -1, 4)
        .node("Mul", List.of("x", "weight"), "y")
        .output("y", FLOAT, -1, 4);
  }

  private void assertRefused(GraphWriter graph, String... parts) {
    graph.write(file);
    assertRefused(parts);
  }

  private void assertRefused(String... parts) {
    for (ThrowingCallable opening :
        List.<ThrowingCallable>of(() -> OnnxModel.open(file), () -> OnnxRuntimeModel.open(file))) {
      assertThatThrownBy(opening)
          .isInstanceOf(ModelException.class)
          .hasMessageContaining(file.toString())
          .message()
          .contains(parts);
    }
  }

  @Test
  void weights_beside_the_file_are_read() {
    scaled()
        .graph(message(5, external("weight", List.of(4L), "location", "weights.bin")))
        .write(file);
    try (OnnxModel model = OnnxModel.open(file);
        OnnxRuntimeModel runtime = OnnxRuntimeModel.open(file)) {
      Batch ones = Batch.of(new float[] {1, 1, 1, 1});
      assertThat(model.logits(ones).row(0)).containsExactly(1, 2, 3, 4);
      assertThat(runtime.logits(ones).row(0)).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void weights_beside_the_file_are_part_of_the_fingerprint() throws IOException {
    scaled()
        .graph(
            message(
                5,
                external(
                    "weight",
                    List.of(2L, 1L),
                    "location",
                    "weights.bin",
                    "offset",
                    "4",
                    "length",
                    "8")))
        .write(file);
    String before = OnnxFile.read(file).digest();
    Files.write(folder.resolve("weights.bin"), raw(9, 2, 3, 9));
    assertThat(OnnxFile.read(file).digest()).isEqualTo(before);
    Files.write(folder.resolve("weights.bin"), raw(1, 2, 9, 4));
    assertThat(OnnxFile.read(file).digest()).isNotEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../secret.bin",
        "sub/../../secret.bin",
        "../models/../secret.bin",
        "./../secret.bin",
        "..",
        ".",
        "",
        "/etc/hostname",
        "nowhere.bin",
        "\u0000weights.bin"
      })
  void no_path_leads_out_of_the_folder(String location) throws IOException {
    Files.createDirectory(folder.resolve("sub"));
    assertRefused(
        scaled().graph(message(5, external("weight", List.of(4L), "location", location))),
        "tensor 'weight' must lie in a");
  }

  @Test
  void an_absolute_path_is_refused_even_into_the_folder() {
    String location = folder.resolve("weights.bin").toAbsolutePath().toString();
    assertRefused(
        scaled().graph(message(5, external("weight", List.of(4L), "location", location))),
        "must lie in a file in the folder of the ONNX file");
  }

  @Test
  void no_link_leads_out_of_the_folder() throws IOException {
    Files.createSymbolicLink(folder.resolve("link.bin"), root.resolve("secret.bin"));
    Files.createSymbolicLink(folder.resolve("out"), root);
    for (String location : List.of("link.bin", "out/secret.bin")) {
      assertRefused(
          scaled().graph(message(5, external("weight", List.of(4L), "location", location))),
          "must lie in a file in the folder of the ONNX file",
          location);
    }
  }

  @Test
  void a_tensor_hidden_in_an_attribute_or_a_subgraph_leads_nowhere_either() {
    byte[] outside = external("weight", List.of(4L), "location", "../secret.bin");
    assertRefused(
        scaled().node("Constant", List.of(), "weight", tensorAttribute("value", outside)),
        "must lie in a file in the folder");
    assertRefused(
        scaled()
            .node("If", List.of("x"), "weight", graphAttribute("then_branch", message(5, outside))),
        "must lie in a file in the folder");
    byte[] node = join(text(4, "Constant"), message(5, tensorAttribute("value", outside)));
    assertRefused(
        scaled().floats("weight", List.of(1L), 1).model(message(25, message(7, node))),
        "must lie in a file in the folder");
    assertRefused(
        scaled().floats("weight", List.of(1L), 1).graph(message(15, message(1, outside))),
        "must lie in a file in the folder");
  }

  @ParameterizedTest
  @CsvSource({
    "offset, 4, lies beyond",
    "offset, -1, negative",
    "offset, 9223372036854775807, huge",
    "length, 17, longer",
    "length, -16, negative",
    "length, 12, less than the sizes say",
    "offset, one, no number"
  })
  void parts_of_other_files_lie_within_them(String key, String value, String why) {
    assertRefused(
        scaled()
            .graph(
                message(5, external("weight", List.of(4L), "location", "weights.bin", key, value))),
        "'weight'");
    assertThat(why).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 5, 536_870_912, 1L << 62, -1, Long.MIN_VALUE})
  void sizes_that_lie_are_refused(long size) {
    assertRefused(
        scaled().graph(message(5, tensor("weight", FLOAT, List.of(size), raw(1, 2, 3, 4)))),
        "tensor 'weight'");
  }

  @Test
  void sizes_whose_product_overflows_are_refused() {
    assertRefused(
        scaled()
            .graph(
                message(
                    5, tensor("weight", FLOAT, List.of(1L << 32, 1L << 32, 4L), raw(1, 2, 3, 4)))),
        "tensor 'weight' has the impossible sizes");
  }

  @Test
  void numbers_that_are_too_few_are_refused() {
    byte[] three =
        join(number(1, 4), number(2, FLOAT), text(8, "weight"), message(4, raw(1, 2, 3)));
    assertRefused(scaled().graph(message(5, three)), "16 bytes", "3 numbers");
  }

  @Test
  void an_unknown_type_of_elements_is_refused() {
    assertRefused(
        scaled().graph(message(5, tensor("weight", 77, List.of(4L), raw(1, 2, 3, 4)))),
        "an element type must be 1 to 26, but was 77");
  }

  @Test
  void a_tensor_of_more_than_2_gb_is_refused_without_reading_it() throws IOException {
    long size = 600_000_000;
    try (RandomAccessFile sparse =
        new RandomAccessFile(folder.resolve("huge.bin").toFile(), "rw")) {
      sparse.setLength(4 * size);
    }
    new GraphWriter(13)
        .input("x", FLOAT, -1, 4)
        .graph(message(5, external("huge", List.of(size), "location", "huge.bin")))
        .node("ReduceSum", List.of("huge"), "sum")
        .node("Mul", List.of("x", "sum"), "y")
        .output("y", FLOAT, -1, 4)
        .write(file);
    assertThatThrownBy(() -> OnnxModel.open(file))
        .isInstanceOf(UnsupportedOperatorException.class)
        .hasMessageContaining("less than 2 GB, but 'huge' has 2400000000 bytes");
  }

  @Test
  void a_file_of_more_than_2_gb_is_refused_without_reading_it() throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(3_000_000_000L);
    }
    assertRefused("must have less than 2 GB", "3000000000 bytes");
  }

  @Test
  void a_small_graph_that_asks_for_a_huge_value_is_refused() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, -1, 4).output("y", FLOAT);
    graph
        .node("ConstantOfShape", List.of(graph.longs(1L << 20, 1L << 20)), "huge")
        .node("ReduceSum", List.of("huge"), "sum")
        .node("Mul", List.of("x", "sum"), "y");
    graph.write(file);
    assertThatThrownBy(() -> OnnxModel.open(file))
        .isInstanceOf(UnsupportedOperatorException.class)
        .hasMessageContaining("at most 2147483647 numbers for one input in 20000 steps");
  }

  @Test
  void a_huge_input_or_output_that_only_the_file_asks_for_is_refused() {
    assertRefused(
        new GraphWriter(13)
            .input("x", FLOAT, -1, 1 << 30)
            .node("Neg", List.of("x"), "y")
            .output("y", FLOAT),
        "inputs of more than 16777216 features, which OnnxOptions.withInputShape must confirm");
    assertRefused(
        new GraphWriter(13)
            .input("x", FLOAT, 1 << 30, 4)
            .node("Neg", List.of("x"), "y")
            .output("y", FLOAT),
        "must fix the batch to at most 67108864 features");
    GraphWriter wide = new GraphWriter(13).input("x", FLOAT, -1, 2).output("y", FLOAT);
    assertRefused(wide.node("Tile", List.of("x", wide.longs(1, 1 << 20)), "y"), "1048576 classes");
  }

  /** Arithmetic that processors answer with a signal, at which the JVM would end. */
  @ParameterizedTest
  @ValueSource(strings = {"Div", "Mod"})
  void whole_numbers_are_not_divided_by_minus_one(String operator) {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, -1, 2).output("y", FLOAT);
    graph
        .node(operator, List.of(graph.longs(Long.MIN_VALUE, 1), graph.longs(-1, 3)), "quotient")
        .node("Cast", List.of("quotient"), "real", integer("to", FLOAT))
        .node("Add", List.of("x", "real"), "y");
    assertRefused(graph, "must not be divided by -1", operator);
    GraphWriter made = new GraphWriter(13).input("x", FLOAT, -1, 2).output("y", FLOAT);
    made.node("Constant", List.of(), "one", integer("value_int", -1))
        .node("Cast", List.of("x"), "whole", integer("to", INT64))
        .node(operator, List.of("whole", "one"), "quotient")
        .node("Cast", List.of("quotient"), "y", integer("to", FLOAT));
    assertRefused(made, "must not be divided by -1", operator);
  }

  @Test
  void a_divisor_that_only_running_would_show_is_refused_by_the_translation() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, -1, 2).output("y", FLOAT);
    graph
        .node("Cast", List.of("x"), "whole", integer("to", INT64))
        .node("Div", List.of(graph.longs(6, 8), "whole"), "quotient")
        .node("Cast", List.of("quotient"), "y", integer("to", FLOAT))
        .write(file);
    assertThatThrownBy(() -> OnnxModel.open(file))
        .isInstanceOf(UnsupportedOperatorException.class)
        .hasMessageContaining("Div (node 'the Div'): input 1 must be known without running");
  }

  /** A function of the file, with what it calls one after the other. */
  private static byte[] function(String name, String... calls) {
    byte[] content = join(text(1, name), text(4, "v0"), text(5, "v" + calls.length));
    for (int i = 0; i < calls.length; i++) {
      byte[] node = join(text(1, "v" + i), text(2, "v" + (i + 1)), text(4, calls[i]));
      content = join(content, message(7, node, text(7, calls[i].equals("Neg") ? "" : "own")));
    }
    byte[] opsets = join(message(9, number(2, 13)), message(9, text(1, "own"), number(2, 1)));
    return message(25, content, opsets, text(10, "own"));
  }

  private static GraphWriter calling(String function) {
    return new GraphWriter(13)
        .model(message(8, text(1, "own"), number(2, 1)))
        .input("x", FLOAT, -1, 4)
        .node("own", function, List.of("x"), List.of("y"))
        .output("y", FLOAT, -1, 4);
  }

  @Test
  void functions_that_call_themselves_or_explode_are_refused() {
    assertRefused(calling("F").model(function("F", "F")), "at most 64 deep");
    GraphWriter deep = calling("F0");
    GraphWriter doubling = calling("F0");
    for (int i = 0; i < 1_000; i++) {
      deep.model(function("F" + i, i < 999 ? "F" + (i + 1) : "Neg"));
    }
    for (int i = 0; i < 40; i++) {
      String next = i < 39 ? "F" + (i + 1) : "Neg";
      doubling.model(function("F" + i, next, next));
    }
    assertRefused(deep, "at most 64 deep");
    assertRefused(doubling, "must have at most 200000 nodes");
  }

  @Test
  void functions_that_end_are_run_for_their_scores() {
    calling("F").model(function("F", "G", "G")).model(function("G", "Neg")).write(file);
    try (OnnxRuntimeModel runtime = OnnxRuntimeModel.open(file)) {
      assertThat(runtime.logits(Batch.of(new float[] {1, 2, 3, 4})).row(0))
          .containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void a_network_of_six_thousand_steps_overruns_no_stack() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, -1, 4).output("y", FLOAT);
    for (int i = 0; i < 6_000; i++) {
      graph.node("Neg", List.of(i == 0 ? "x" : "a" + i), i == 5_999 ? "y" : "a" + (i + 1));
    }
    graph.write(file);
    try (OnnxModel model = OnnxModel.open(file);
        ForwardPass pass = model.forward(Batch.of(new float[] {1, 2, 3, 4}))) {
      assertThat(pass.logits().row(0)).containsExactly(1, 2, 3, 4);
      assertThat(pass.backward(pass.logits()).row(0)).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void known_numbers_that_double_over_and_over_are_refused() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, -1, 4).output("y", FLOAT);
    String numbers = graph.longs(1, 1);
    for (int i = 0; i < 60; i++) {
      graph.node("Concat", List.of(numbers, numbers), "n" + i, integer("axis", 0));
      numbers = "n" + i;
    }
    graph.node("Expand", List.of("x", numbers), "y").write(file);
    assertThatThrownBy(() -> OnnxModel.open(file))
        .isInstanceOf(UnsupportedOperatorException.class)
        .hasMessageContaining("Concat");
  }

  @Test
  void a_cycle_is_refused() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, -1, 4).output("y", FLOAT);
    graph
        .node("Add", List.of("x", "c"), "a")
        .node("Relu", List.of("a"), "b")
        .node("Sigmoid", List.of("b"), "c")
        .node("Neg", List.of("a"), "y");
    graph.write(file);
    assertThatThrownBy(() -> OnnxModel.open(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("a graph must have no cycle")
        .hasMessageContaining("Add (node 'the Add')");
    assertThatThrownBy(() -> OnnxRuntimeModel.open(file)).isInstanceOf(ModelException.class);
  }

  @Test
  void a_node_that_reads_what_nothing_computes_is_refused() {
    scaled().write(file);
    assertThatThrownBy(() -> OnnxModel.open(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("Mul (node 'the Mul') must read what is there")
        .hasMessageContaining("nothing computes 'weight'");
    assertThatThrownBy(() -> OnnxRuntimeModel.open(file)).isInstanceOf(ModelException.class);
  }

  @Test
  void a_value_that_is_computed_twice_is_refused() {
    scaled().floats("weight", List.of(1L), 1).node("Neg", List.of("x"), "y").write(file);
    assertThatThrownBy(() -> OnnxModel.open(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("every value must be computed once, but 'y'");
    assertThatThrownBy(() -> OnnxRuntimeModel.open(file)).isInstanceOf(ModelException.class);
  }

  @Test
  void nodes_in_any_order_and_a_chain_of_ten_thousand_are_no_harm() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, -1, 4).output("y", FLOAT);
    graph.node("Neg", List.of("a0"), "y");
    for (int i = 0; i < 10_000; i++) {
      graph.node("Identity", List.of("a" + (i + 1)), "a" + i);
    }
    graph.node("Exp", List.of("x"), "a10000");
    OnnxFile read = OnnxFile.read(graph.write(file));
    assertThat(read.graph().needed("y")).hasSize(10_002);
    assertThat(Translation.of(read, Ends.of(read, OnnxOptions.standard()), Batching.FREE).code())
        .contains("torch.neg(v0)");
  }

  @Test
  void graphs_nested_too_deep_are_refused() {
    byte[] graph = {};
    for (int depth = 0; depth < 5_000; depth++) {
      graph = message(1, message(5, graphAttribute("body", graph)));
    }
    assertRefused(scaled().graph(graph), "must lie at most 16 deep in each other");
  }

  @ParameterizedTest
  @CsvSource({
    "0A, ends in the middle of a number",
    "0AFFFFFFFF07, must fit into its message",
    "0AFFFFFFFFFFFFFFFFFF01, must fit into its message",
    "3AFFFFFFFFFFFFFFFFFFFF01, at most 10 bytes",
    "00, must have a number of 1",
    "0B, a wire type must be",
    "3801, must be encoded as wire type 2",
    "0801, must have a graph with an output",
    "3A00, must have a graph with an output"
  })
  void bytes_that_are_no_message_are_refused(String bytes, String rule) throws IOException {
    Files.write(file, HexFormat.of().parseHex(bytes));
    assertRefused("must be a whole ONNX file", rule);
  }

  @Test
  void an_empty_file_and_a_folder_and_none_are_refused() throws IOException {
    assertRefused("there is none");
    Files.createFile(file);
    assertRefused("must have a graph");
    Files.delete(file);
    Files.createDirectory(file);
    assertRefused("is a folder");
  }

  @Test
  void a_file_cut_off_anywhere_is_refused() throws IOException {
    byte[] whole = Files.readAllBytes(Fixtures.network("text"));
    for (int length = 1; length < whole.length; length += 97) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> OnnxFile.read(file))
          .as("%s bytes", length)
          .isInstanceOf(ModelException.class)
          .hasMessageStartingWith(file.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "vision_of_one", "logistic", "residual"})
  void a_file_with_flipped_bytes_is_read_or_refused_and_nothing_else(String network)
      throws IOException {
    byte[] whole = Files.readAllBytes(Fixtures.network(network));
    RandomGenerator random = Seed.of(6).forExample(0);
    int refused = 0;
    for (int round = 0; round < 2_000; round++) {
      byte[] broken = whole.clone();
      for (int flips = random.nextInt(1, 9); flips > 0; flips--) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      }
      try {
        OnnxFile read = new OnnxReader(file).read(broken);
        Translation.of(read, Ends.of(read, OnnxOptions.standard()), Batching.WIDENED);
      } catch (ModelException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1, 1_999);
  }

  @Test
  void a_length_that_is_longer_than_the_file_allocates_nothing() throws IOException {
    Files.write(file, join(varint((7 << 3) | 2), varint(Integer.MAX_VALUE), new byte[] {1}));
    assertRefused("a field of 2147483647 bytes must fit into its message, but only 1 are left");
  }
}
