package io.gauntlet.nd4j;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Shape;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Batches as ND4J's arrays, and back. */
final class Rows {
  private Rows() {}

  /** An array of its own with the rows of {@code batch}, each of {@code shape}. */
  static INDArray of(Batch batch, Shape shape, DataType type) {
    long[] sizes = new long[1 + shape.rank()];
    sizes[0] = batch.rows();
    for (int axis = 0; axis < shape.rank(); axis++) {
      sizes[1 + axis] = shape.sizes().get(axis);
    }
    return of(batch, sizes, type);
  }

  static INDArray of(Batch batch, long[] sizes, DataType type) {
    float[] values = new float[batch.rows() * batch.width()];
    batch.buffer().get(values);
    INDArray floats = Nd4j.create(values, sizes, 'c');
    if (type == DataType.FLOAT) {
      return floats;
    }
    INDArray converted = floats.castTo(type);
    floats.close();
    return converted;
  }

  /** All values in row-major order; the array is closed. */
  static float[] take(INDArray array) {
    INDArray floats = array.castTo(DataType.FLOAT);
    INDArray ordered = floats.dup('c');
    float[] values = ordered.data().asFloat();
    for (INDArray used : new INDArray[] {ordered, floats, array}) {
      if (used.closeable()) {
        used.close();
      }
    }
    return values;
  }
}
