package io.gauntlet.onnx;

import io.gauntlet.model.ModelException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An ONNX file, read and checked: every length, type and path in it, not what its graph means. */
final class OnnxFile {
  private final Path path;
  private final byte[] bytes;
  private final Map<String, Long> opsets;
  private final Graph graph;
  private final List<ExternalData> external;

  OnnxFile(
      Path path, byte[] bytes, Map<String, Long> opsets, Graph graph, List<ExternalData> external) {
    this.path = path;
    this.bytes = bytes;
    this.opsets = Map.copyOf(opsets);
    this.graph = graph;
    this.external = List.copyOf(external);
  }

  /**
   * Reads a file.
   *
   * @throws ModelException if there is none, or something in it contradicts the format or itself
   */
  static OnnxFile read(Path path) {
    try {
      if (Files.isDirectory(path)) {
        throw new ModelException("an ONNX file must be a file, but %s is a folder".formatted(path));
      }
      if (Files.size(path) > Integer.MAX_VALUE - 8) {
        throw new ModelException(
            "an ONNX file must have less than 2 GB, the rest of its tensors in files of their own, "
                + "but %s has %s bytes".formatted(path, Files.size(path)));
      }
      return new OnnxReader(path).read(Files.readAllBytes(path));
    } catch (IOException e) {
      String found = e instanceof NoSuchFileException ? "there is none" : "reading failed: " + e;
      throw new ModelException(
          "a model file must be readable, but at %s %s".formatted(path, found), e);
    } catch (ArithmeticException e) {
      throw new ModelException("%s must describe tensors of possible sizes".formatted(path), e);
    }
  }

  Path path() {
    return path;
  }

  Graph graph() {
    return graph;
  }

  /** Version of a domain's operators; ONNX's own domain is empty. */
  Optional<Long> opset(String domain) {
    return Optional.ofNullable(opsets.get(domain));
  }

  /** SHA-256 of the file and of all that it refers to, in hexadecimal digits. */
  String digest() {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes);
      external.forEach(part -> part.addTo(sha));
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The folder that external data must lie in. */
  Path folder() {
    Path parent = path.toAbsolutePath().getParent();
    return parent == null ? path.toAbsolutePath() : parent;
  }

  /**
   * The file with one more output. A message that is followed by another of its kind takes over the
   * other's fields, so that there is nothing to write anew.
   */
  byte[] withOutput(String value) {
    if (graph.outputs().stream().anyMatch(output -> output.name().equals(value))) {
      return bytes;
    }
    byte[] name = value.getBytes(StandardCharsets.UTF_8);
    byte[] output = field(12, field(1, name));
    byte[] addition = field(7, output);
    byte[] longer = Arrays.copyOf(bytes, Math.addExact(bytes.length, addition.length));
    System.arraycopy(addition, 0, longer, bytes.length, addition.length);
    return longer;
  }

  private static byte[] field(int number, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write((number << 3) | 2);
    int length = content.length;
    while (length > 0x7f) {
      out.write((length & 0x7f) | 0x80);
      length >>>= 7;
    }
    out.write(length);
    out.writeBytes(content);
    return out.toByteArray();
  }
}
