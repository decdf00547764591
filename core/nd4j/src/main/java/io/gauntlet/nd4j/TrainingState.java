package io.gauntlet.nd4j;

import io.gauntlet.model.ModelException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a training is put aside as.
 *
 * @param architecture SHA-256 of the layers or operations and their updaters
 * @param steps begun so far, which the seeds of dropout are counted by
 * @param iteration of the next step, which updaters and their schedules count by
 * @param epoch of the next step
 * @param learningRate the one that was set; NaN if none was
 * @param numbers parameters under their own names, and what the updaters remember
 */
record TrainingState(
    String architecture,
    int steps,
    int iteration,
    int epoch,
    float learningRate,
    SortedMap<String, Numbers> numbers) {
  private static final String FORMAT = "gauntlet nd4j training 1";

  /** The numbers of arrays under their names. */
  static SortedMap<String, Numbers> numbers(Map<String, INDArray> arrays) {
    SortedMap<String, Numbers> numbers = new TreeMap<>();
    arrays.forEach((name, array) -> numbers.put(name, Numbers.of(array)));
    return numbers;
  }

  /**
   * Puts the numbers into the arrays of the same names, all of them or none.
   *
   * @throws ModelException if they are not the numbers of these arrays
   */
  void into(Map<String, INDArray> arrays) {
    checkFits(arrays);
    Refusal.check(
        numbers.keySet().equals(arrays.keySet()),
        "a training state must hold %s and nothing else, but holds %s"
            .formatted(arrays.keySet(), numbers.keySet()));
    numbers.forEach((name, values) -> values.into(Objects.requireNonNull(arrays.get(name))));
  }

  /** Checks that there are numbers for these arrays. */
  void checkFits(Map<String, INDArray> arrays) {
    arrays.forEach(
        (name, array) -> {
          Numbers found = numbers.get(name);
          Refusal.check(
              found != null && found.fit(array),
              "a training state must hold %s of %s, but holds %s"
                  .formatted(name, Numbers.kind(array), found == null ? "none" : found.kind()));
        });
  }

  /** Checks that it was a network like this that it was put aside from. */
  void checkArchitecture(String expected) {
    Refusal.check(
        architecture.equals(expected),
        ("a training state must be that of a network with the same layers and updaters, of SHA-256"
                + " %s, but is that of one of %s")
            .formatted(expected, architecture));
  }

  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(FORMAT);
      out.writeUTF(architecture);
      out.writeInt(steps);
      out.writeInt(iteration);
      out.writeInt(epoch);
      out.writeFloat(learningRate);
      out.writeInt(numbers.size());
      for (Map.Entry<String, Numbers> named : numbers.entrySet()) {
        out.writeUTF(named.getKey());
        named.getValue().write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return bytes.toByteArray();
  }

  /**
   * What {@link #bytes} gave.
   *
   * @throws ModelException if they are something else, or not whole
   */
  static TrainingState read(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      Refusal.check(
          in.readUTF().equals(FORMAT),
          "a training state must start with \"%s\", but does not".formatted(FORMAT));
      String architecture = in.readUTF();
      int steps = in.readInt();
      int iteration = in.readInt();
      int epoch = in.readInt();
      float learningRate = in.readFloat();
      SortedMap<String, Numbers> numbers = new TreeMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        numbers.put(in.readUTF(), Numbers.read(in));
      }
      Refusal.check(
          in.available() == 0,
          "a training state must end with its last array, but has %s bytes more"
              .formatted(in.available()));
      return new TrainingState(architecture, steps, iteration, epoch, learningRate, numbers);
    } catch (IOException e) {
      throw new ModelException(
          "a training state must be whole, but %s bytes are not: %s".formatted(bytes.length, e), e);
    }
  }
}
