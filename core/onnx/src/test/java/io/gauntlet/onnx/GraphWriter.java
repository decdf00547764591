package io.gauntlet.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes ONNX files with one graph, right or wrong. */
final class GraphWriter {
  static final int FLOAT = 1;
  static final int INT64 = 7;
  static final int DOUBLE = 11;

  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
  private final ByteArrayOutputStream model = new ByteArrayOutputStream();
  private final Map<String, Integer> nodes = new HashMap<>();
  private int constants;

  GraphWriter(long opset) {
    add(model, number(1, 8), message(8, number(2, opset)));
  }

  /** Operators of classical machine learning. */
  GraphWriter withMl(long version) {
    return model(message(8, text(1, "ai.onnx.ml"), number(2, version)));
  }

  /** A field of the model. */
  GraphWriter model(byte[] field) {
    add(model, field);
    return this;
  }

  /** A field of the graph. */
  GraphWriter graph(byte[] field) {
    add(graph, field);
    return this;
  }

  /** An input; axes of size -1 are free. */
  GraphWriter input(String name, int type, long... sizes) {
    return graph(declared(11, name, type, sizes));
  }

  /** A graph with this output. */
  GraphWriter output(String name, int type, long... sizes) {
    return graph(declared(12, name, type, sizes));
  }

  GraphWriter floats(String name, List<Long> sizes, float... values) {
    return graph(message(5, tensor(name, FLOAT, sizes, raw(values))));
  }

  GraphWriter longs(String name, List<Long> sizes, long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return graph(message(5, tensor(name, INT64, sizes, bytes.array())));
  }

  /** A new list of whole numbers; gives its name. */
  String longs(long... values) {
    String name = "constant" + constants++;
    longs(name, List.of((long) values.length), values);
    return name;
  }

  /**
   * A new tensor whose values run through a period of nine between -0.8 and 0.8; gives its name.
   */
  String weights(long... sizes) {
    int count = 1;
    List<Long> shape = new ArrayList<>();
    for (long size : sizes) {
      count *= (int) size;
      shape.add(size);
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (i * 4 % 9 - 4) / 5f;
    }
    String name = "constant" + constants++;
    floats(name, shape, values);
    return name;
  }

  /** A new single number; gives its name. */
  String single(float value) {
    String name = "constant" + constants++;
    floats(name, List.of(), value);
    return name;
  }

  /** A node from {@code inputs} to one output. */
  GraphWriter node(String operator, List<String> inputs, String output, byte[]... attributes) {
    return node("", operator, inputs, List.of(output), attributes);
  }

  GraphWriter node(
      String domain,
      String operator,
      List<String> inputs,
      List<String> outputs,
      byte[]... attributes) {
    ByteArrayOutputStream node = new ByteArrayOutputStream();
    inputs.forEach(input -> add(node, text(1, input)));
    outputs.forEach(output -> add(node, text(2, output)));
    add(node, text(3, named(operator)), text(4, operator), text(7, domain));
    for (byte[] attribute : attributes) {
      add(node, message(5, attribute));
    }
    return graph(message(1, node.toByteArray()));
  }

  /** ONNX Runtime insists on names of their own. */
  private String named(String operator) {
    return nodes.merge(operator, 1, Integer::sum) == 1
        ? "the " + operator
        : "the %s number %s".formatted(operator, nodes.get(operator));
  }

  byte[] bytes() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    add(all, model.toByteArray(), message(7, graph.toByteArray()));
    return all.toByteArray();
  }

  Path write(Path file) {
    try {
      return Files.write(file, bytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] integer(String name, long value) {
    return join(text(1, name), number(3, value), number(20, 2));
  }

  static byte[] real(String name, float value) {
    return join(text(1, name), single(2, value), number(20, 1));
  }

  static byte[] word(String name, String value) {
    return join(text(1, name), text(4, value), number(20, 3));
  }

  static byte[] integers(String name, long... values) {
    byte[] all = join(text(1, name), number(20, 7));
    for (long value : values) {
      all = join(all, number(8, value));
    }
    return all;
  }

  static byte[] reals(String name, float... values) {
    byte[] all = join(text(1, name), number(20, 6));
    for (float value : values) {
      all = join(all, single(7, value));
    }
    return all;
  }

  static byte[] tensorAttribute(String name, byte[] tensor) {
    return join(text(1, name), message(5, tensor), number(20, 4));
  }

  static byte[] graphAttribute(String name, byte[] graph) {
    return join(text(1, name), message(6, graph), number(20, 5));
  }

  static byte[] tensor(String name, int type, List<Long> sizes, byte[] raw) {
    return join(shape(sizes), number(2, type), text(8, name), message(9, raw));
  }

  /** A tensor in another file. */
  static byte[] external(String name, List<Long> sizes, String... keysAndValues) {
    byte[] all = join(shape(sizes), number(2, FLOAT), text(8, name), number(14, 1));
    for (int i = 0; i < keysAndValues.length; i += 2) {
      all = join(all, message(13, text(1, keysAndValues[i]), text(2, keysAndValues[i + 1])));
    }
    return all;
  }

  private static byte[] shape(List<Long> sizes) {
    byte[] all = {};
    for (long size : sizes) {
      all = join(all, number(1, size));
    }
    return all;
  }

  private static byte[] declared(int field, String name, int type, long... sizes) {
    byte[] shape = {};
    for (long size : sizes) {
      shape = join(shape, size < 0 ? message(1, text(2, "free")) : message(1, number(1, size)));
    }
    return message(
        field, text(1, name), message(2, message(1, number(1, type), message(2, shape))));
  }

  static byte[] raw(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  static byte[] number(int field, long value) {
    return join(varint((long) field << 3), varint(value));
  }

  static byte[] single(int field, float value) {
    return join(varint(((long) field << 3) | 5), raw(value));
  }

  static byte[] text(int field, String value) {
    return message(field, value.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] message(int field, byte[]... content) {
    byte[] all = join(content);
    return join(varint(((long) field << 3) | 2), varint(all.length), all);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    add(all, parts);
    return all.toByteArray();
  }

  private static void add(ByteArrayOutputStream out, byte[]... parts) {
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
  }

  static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }
}
