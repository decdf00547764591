package io.gauntlet.examples;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The float initialisers of an ONNX file, by name and in file order: as much of protobuf's wire
 * format as that takes. A reader of whole graphs comes with the module core/onnx.
 */
final class OnnxWeights {
  private static final int GRAPH = 7; // of ModelProto
  private static final int INITIALIZER = 5; // of GraphProto
  private static final int FLOAT_DATA = 4; // of TensorProto
  private static final int NAME = 8;
  private static final int RAW_DATA = 9;

  private OnnxWeights() {}

  static Map<String, float[]> read(Path file) throws IOException {
    Map<String, float[]> weights = new LinkedHashMap<>();
    ByteBuffer model = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    each(
        model,
        (field, graph) -> {
          if (field == GRAPH) {
            each(
                graph,
                (inner, tensor) -> {
                  if (inner == INITIALIZER) {
                    add(tensor, weights);
                  }
                });
          }
        });
    return weights;
  }

  private static void add(ByteBuffer tensor, Map<String, float[]> weights) {
    String[] name = {""};
    float[][] values = {new float[0]};
    each(
        tensor,
        (field, content) -> {
          if (field == NAME) {
            byte[] text = new byte[content.remaining()];
            content.get(text);
            name[0] = new String(text, java.nio.charset.StandardCharsets.UTF_8);
          } else if (field == RAW_DATA || field == FLOAT_DATA) {
            values[0] = new float[content.remaining() / Float.BYTES];
            content.asFloatBuffer().get(values[0]);
          }
        });
    weights.put(name[0], values[0]);
  }

  private interface Visitor {
    void visit(int field, ByteBuffer content);
  }

  /** Visits every length-delimited field of a message and steps over the others. */
  private static void each(ByteBuffer message, Visitor visitor) {
    while (message.hasRemaining()) {
      long key = varint(message);
      switch ((int) (key & 7)) {
        case 0 -> varint(message);
        case 1 -> message.position(message.position() + 8);
        case 5 -> message.position(message.position() + 4);
        default -> {
          int length = (int) varint(message);
          ByteBuffer content =
              message.slice(message.position(), length).order(ByteOrder.LITTLE_ENDIAN);
          message.position(message.position() + length);
          visitor.visit((int) (key >>> 3), content);
        }
      }
    }
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
