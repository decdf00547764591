package io.gauntlet.nd4j;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What an array holds, as bytes of its own: floats where it has floats, else doubles. */
final class Numbers {
  private final String kind;
  private final byte[] values;

  private Numbers(String kind, byte[] values) {
    this.kind = kind;
    this.values = values;
  }

  static Numbers of(INDArray array) {
    INDArray ordered = array.dup('c');
    ByteBuffer bytes = ByteBuffer.allocate(bytes(array));
    if (array.dataType() == DataType.FLOAT) {
      bytes.asFloatBuffer().put(ordered.data().asFloat());
    } else {
      bytes.asDoubleBuffer().put(ordered.data().asDouble());
    }
    ordered.close();
    return new Numbers(kind(array), bytes.array());
  }

  private static int bytes(INDArray array) {
    int width = array.dataType() == DataType.FLOAT ? Float.BYTES : Double.BYTES;
    return Math.toIntExact(Math.multiplyExact(array.length(), width));
  }

  /** Type and shape of an array. */
  static String kind(INDArray array) {
    return array.dataType() + Arrays.toString(array.shape());
  }

  /** Type and shape. */
  String kind() {
    return kind;
  }

  /** Whether these can be the numbers of an array. */
  boolean fit(INDArray array) {
    return kind.equals(kind(array)) && values.length == bytes(array);
  }

  /** Puts them into an array that they fit. */
  void into(INDArray array) {
    if (array.isEmpty()) {
      return;
    }
    INDArray flat;
    if (array.dataType() == DataType.FLOAT) {
      float[] floats = new float[values.length / Float.BYTES];
      ByteBuffer.wrap(values).asFloatBuffer().get(floats);
      flat = Nd4j.createFromArray(floats);
    } else {
      double[] doubles = new double[values.length / Double.BYTES];
      ByteBuffer.wrap(values).asDoubleBuffer().get(doubles);
      flat = Nd4j.createFromArray(doubles);
    }
    array.assign(flat.reshape('c', array.shape()));
    flat.close();
  }

  void write(DataOutputStream out) throws IOException {
    out.writeUTF(kind);
    out.writeInt(values.length);
    out.write(values);
  }

  static Numbers read(DataInputStream in) throws IOException {
    String kind = in.readUTF();
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new EOFException(
          "%s claims %s bytes of %s that are left".formatted(kind, length, in.available()));
    }
    return new Numbers(kind, in.readNBytes(length));
  }
}
