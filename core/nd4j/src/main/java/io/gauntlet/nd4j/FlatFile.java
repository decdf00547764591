package io.gauntlet.nd4j;

import io.gauntlet.model.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.serde.FlatBuffersMapper;
import org.nd4j.graph.FlatArray;
import org.nd4j.graph.FlatGraph;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Reads SameDiff's FlatBuffers. What an array says about its own size is held against the bytes it
 * has before ND4J sees it, whose natives would believe it.
 */
final class FlatFile {
  private static final int LARGEST_RANK = 32;

  private FlatFile() {}

  static SameDiff read(Path file) {
    byte[] bytes = ModelFile.bytes(file);
    try {
      check(file, FlatGraph.getRootAsFlatGraph(ByteBuffer.wrap(bytes)));
      return SameDiff.fromFlatBuffers(ByteBuffer.wrap(bytes), false);
    } catch (IOException e) {
      throw new ModelException("%s could not be read: %s".formatted(file, e), e);
    } catch (RuntimeException e) {
      throw Failure.of("%s must be a whole SameDiff file, but ND4J says".formatted(file), e);
    }
  }

  private static void check(Path file, FlatGraph graph) {
    for (int i = 0; i < graph.variablesLength(); i++) {
      FlatArray array = graph.variables(i).ndarray();
      if (array != null) {
        Refusal.check(
            isInside(array),
            "%s must be a whole SameDiff file, but array %s claims more than its %s bytes"
                .formatted(file, graph.variables(i).name(), array.bufferLength()));
      }
    }
  }

  /** Whether every element lies within the bytes that are there. */
  private static boolean isInside(FlatArray array) {
    long rank = array.shapeLength() == 0 ? -1 : array.shape(0);
    if (rank < 0 || rank > LARGEST_RANK || array.shapeLength() != 2 * rank + 4) {
      return false;
    }
    DataType type = FlatBuffersMapper.getDataTypeFromByte(array.dtype());
    long elements = array.bufferLength() / Math.max(1, type.width());
    long count = 1;
    long last = 0;
    for (int axis = 1; axis <= rank; axis++) {
      long size = array.shape(axis);
      long stride = array.shape((int) rank + axis);
      if (size < 0 || stride < 0 || size > elements || stride > elements) {
        return false;
      }
      count *= size;
      last += Math.max(0, size - 1) * stride;
      if (count > elements || last >= Math.max(1, elements)) {
        return false;
      }
    }
    return true;
  }
}
