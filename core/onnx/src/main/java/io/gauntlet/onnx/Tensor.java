package io.gauntlet.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Supplier;

/**
 * Numbers of a file.
 *
 * @param name what the graph calls it; may be empty
 * @param sizes one for each axis; none for a single number
 * @param content elements row by row, little-endian, as many as the sizes say; read when asked for
 */
record Tensor(String name, ElementType type, List<Long> sizes, Supplier<ByteBuffer> content) {
  /** Whole numbers. */
  static Tensor ofLongs(List<Long> sizes, long... values) {
    ByteBuffer bytes = allocate(8 * values.length);
    bytes.asLongBuffer().put(values);
    return new Tensor("", ElementType.INT64, sizes, () -> bytes);
  }

  /** Floats. */
  static Tensor ofFloats(List<Long> sizes, float... values) {
    ByteBuffer bytes = allocate(4 * values.length);
    bytes.asFloatBuffer().put(values);
    return new Tensor("", ElementType.FLOAT, sizes, () -> bytes);
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Number of elements. */
  long count() {
    return sizes.stream().reduce(1L, Math::multiplyExact);
  }

  /** Whole numbers, widened. */
  long[] longs() {
    ByteBuffer bytes = bytes();
    long[] values = new long[Math.toIntExact(count())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case INT64 -> bytes.getLong(8 * i);
            case INT32 -> bytes.getInt(4 * i);
            case BOOL, UINT8, INT8 -> bytes.get(i);
            default -> throw new Refusal("whole numbers are needed, but there are " + type);
          };
    }
    return values;
  }

  /** Numbers of any kind that PyTorch's scripts can spell. */
  double[] doubles() {
    ByteBuffer bytes = bytes();
    double[] values = new double[Math.toIntExact(count())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case FLOAT -> bytes.getFloat(4 * i);
            case DOUBLE -> bytes.getDouble(8 * i);
            default -> longs()[i];
          };
    }
    return values;
  }

  private ByteBuffer bytes() {
    return content.get().duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }
}
