package io.gauntlet.nd4j;

import static io.gauntlet.nd4j.Fixtures.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ModelException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.graph.FlatArray;
import org.nd4j.graph.FlatGraph;

class FilesTest {
  @TempDir Path folder;

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("model"), bytes);
  }

  private static void assertNoNetwork(Path file, String message) {
    assertThatThrownBy(() -> NetworkModel.open(file, Fixtures.ROWS))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(message);
  }

  private static void assertNoGraph(Path file, String message) {
    assertThatThrownBy(() -> SameDiffModel.open(file, "input", "logits", Fixtures.ROWS))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(message);
  }

  @Test
  void zips_of_dl4j_load_as_what_they_are() throws IOException {
    Batch inputs = Fixtures.toy(Fixtures.FEATURES, 5, 1);
    Path file = folder.resolve("net.zip");
    ModelSerializer.writeModel(Fixtures.stack(), file.toFile(), true);
    NetworkModel stack = NetworkModel.open(file, Fixtures.ROWS);
    assertThat(stack).hasToString("NetworkModel[MultiLayerNetwork, 12 -> 3]");
    assertThat(all(stack.logits(inputs)))
        .isEqualTo(all(NetworkModel.of(Fixtures.stack(), Fixtures.ROWS).logits(inputs)));
    ModelSerializer.writeModel(Fixtures.stack().toComputationGraph(), file.toFile(), true);
    NetworkModel graph = NetworkModel.open(file, Fixtures.ROWS);
    assertThat(graph).hasToString("NetworkModel[ComputationGraph, 12 -> 3]");
    assertThat(all(graph.logits(inputs))).isEqualTo(all(stack.logits(inputs)));
  }

  @Test
  void files_that_are_not_there_or_something_else() throws IOException {
    Path missing = folder.resolve("missing");
    assertNoNetwork(missing, "missing");
    assertNoGraph(missing, "a model file must be readable, but at " + missing + " there is none");
    Path text = file("not a model".getBytes(StandardCharsets.UTF_8));
    assertNoNetwork(text, "model must be a zip of DL4J, but is none");
    assertNoGraph(text, "model must be a whole SameDiff file, but ND4J says");
    Path empty = file(new byte[0]);
    assertNoNetwork(empty, "model must be a zip of DL4J, but is none");
    assertNoGraph(empty, "model must be a whole SameDiff file, but ND4J says");
  }

  @Test
  void sameDiff_files_that_are_cut_off() throws IOException {
    byte[] whole = flatBuffers();
    for (int length = 4; length < whole.length; length += 97) {
      byte[] cut = new byte[length];
      System.arraycopy(whole, 0, cut, 0, length);
      Path file = file(cut);
      assertThatThrownBy(() -> SameDiffModel.open(file, "input", "logits", Fixtures.ROWS))
          .as("the first %s bytes", length)
          .isInstanceOf(ModelException.class);
    }
  }

  private static byte[] flatBuffers() {
    ByteBuffer buffer = Fixtures.sameDiff().asFlatBuffers(false);
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  @Test
  void sameDiff_arrays_whose_sizes_or_strides_lie() throws IOException {
    byte[] honest = flatBuffers();
    for (int entry : new int[] {0, 1, 2, 3, 4}) { // rank, sizes, strides of a matrix
      byte[] bytes = honest.clone();
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      FlatGraph graph = FlatGraph.getRootAsFlatGraph(buffer);
      for (int i = 0; i < graph.variablesLength(); i++) {
        FlatArray array = graph.variables(i).ndarray();
        if (array != null && array.shape(0) == 2) {
          buffer.putLong(array.shapeAsByteBuffer().position() + 8 * entry, 1L << 30);
          break;
        }
      }
      assertNoGraph(file(bytes), "claims more than its ");
    }
  }

  private byte[] zip(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }

  private Map<String, byte[]> honest() throws IOException {
    Path file = folder.resolve("honest.zip");
    ModelSerializer.writeModel(Fixtures.stack(), file.toFile(), false);
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      zip.stream()
          .forEach(
              entry -> {
                try {
                  entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
    }
    return entries;
  }

  @Test
  void zips_without_what_a_network_needs() throws IOException {
    Map<String, byte[]> entries = honest();
    entries.remove("coefficients.bin");
    assertNoNetwork(file(zip(entries)), "model must hold coefficients.bin, but does not");
    entries.remove("configuration.json");
    entries.put("something.else", new byte[3]);
    assertNoNetwork(file(zip(entries)), "model must hold configuration.json, but does not");
  }

  @Test
  void zips_cut_off_or_damaged() throws IOException {
    byte[] whole = zip(honest());
    for (int length = 0; length < whole.length; length += 61) {
      byte[] cut = new byte[length];
      System.arraycopy(whole, 0, cut, 0, length);
      assertNoNetwork(file(cut), "model must be a zip of DL4J, but is none");
    }
    byte[] damaged = whole.clone();
    damaged[200] ^= 0x55;
    assertThatThrownBy(() -> NetworkModel.open(file(damaged), Fixtures.ROWS))
        .isInstanceOf(ModelException.class);
  }

  private static byte[] coefficients(String mode, long claimed, String type, float... values)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF("LONG_SHAPE");
      out.writeLong(8);
      out.writeUTF("LONG");
      for (long entry : new long[] {2, 1, claimed, 1, 1, 0, 1, 99}) {
        out.writeLong(entry);
      }
      out.writeUTF(mode);
      out.writeLong(claimed);
      out.writeUTF(type);
      for (float value : values) {
        out.writeFloat(value);
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void parameters_that_lie_about_their_number() throws IOException {
    Map<String, byte[]> entries = honest();
    String mode = "MIXED_DATA_TYPES";
    entries.put("coefficients.bin", coefficients(mode, 1L << 40, "FLOAT", 1, 2, 3));
    assertNoNetwork(
        file(zip(entries)),
        "model must hold as many parameters as it says, but says 1099511627776 and has 12 bytes");
    entries.put("coefficients.bin", coefficients(mode, 1L << 62, "FLOAT")); // times 4 is 0
    assertNoNetwork(file(zip(entries)), "but says 4611686018427387904 and has 0 bytes");
    entries.put("coefficients.bin", coefficients(mode, -1, "FLOAT"));
    assertNoNetwork(file(zip(entries)), "but says -1 and has 0 bytes");
    entries.put("coefficients.bin", coefficients(mode, 3, "FLOAT", 1, 2, 3));
    assertNoNetwork(file(zip(entries)), "model must be a network that DL4J saved, but DL4J says");
    entries.put("coefficients.bin", coefficients(mode, 3, "COMPRESSED", 1, 2, 3));
    assertNoNetwork(file(zip(entries)), "must be FLOAT or DOUBLE, but are COMPRESSED");
    entries.put("coefficients.bin", coefficients("NO_MODE", 3, "FLOAT", 1, 2, 3));
    assertNoNetwork(file(zip(entries)), "model must be a network that DL4J saved, but DL4J says");
    entries.put("coefficients.bin", new byte[] {0, 4});
    assertNoNetwork(file(zip(entries)), "model could not be read: java.io.EOFException");
  }

  @Test
  void configurations_that_are_none() throws IOException {
    Map<String, byte[]> entries = honest();
    for (String json :
        new String[] {"", "{", "{}", "[1]", "{\"vertices\": 3}", "{\"confs\": []}"}) {
      entries.put("configuration.json", json.getBytes(StandardCharsets.UTF_8));
      assertNoNetwork(file(zip(entries)), "model must be a network that DL4J saved");
    }
    entries.put("configuration.json", "[".repeat(1 << 20).getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> NetworkModel.open(file(zip(entries)), Fixtures.ROWS))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void a_configuration_that_unpacks_without_end() throws IOException {
    Path file = folder.resolve("bomb.zip");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("configuration.json"));
      byte[] spaces = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i <= 64; i++) {
        zip.write(spaces);
      }
    }
    assertNoNetwork(file, "must have at most 67108864 bytes of configuration.json, but has more");
  }

  /** Notices when Java is asked to bring it back to life. */
  private static final class Trap implements Serializable {
    private static final long serialVersionUID = 1L;
    private static boolean sprung;

    private void readObject(ObjectInputStream in) {
      sprung = true;
    }
  }

  @Test
  void java_objects_in_a_zip_are_left_asleep() throws IOException {
    Map<String, byte[]> entries = honest();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new Trap());
    }
    entries.put("preprocessor.bin", bytes.toByteArray());
    entries.put("normalizer.bin", bytes.toByteArray());
    Path file = file(zip(entries));
    assertThat(NetworkModel.open(file, Fixtures.ROWS).classes()).isEqualTo(3);
    assertThat(Trap.sprung).isFalse();
  }
}
