package io.gauntlet.data;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Shape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Labelled data, each example known by its position.
 *
 * @param shape of one example
 * @param inputs shape (rows, features)
 * @param labels true class of each row
 * @param classNames what to call the classes; as many as there are classes
 */
public record Examples(Shape shape, Batch inputs, Labels labels, List<String> classNames) {
  /** Checks that the parts fit. */
  public Examples {
    classNames = List.copyOf(classNames);
    if (inputs.rows() != labels.count()) {
      throw new IllegalArgumentException(
          "every example needs one label, but there were %s examples and %s labels"
              .formatted(inputs.rows(), labels.count()));
    }
    if (!inputs.isInExampleOrder()) {
      throw new IllegalArgumentException("examples must be distinct and in order");
    }
    for (int row = 0; row < inputs.rows(); row++) {
      labels.classOf(inputs.example(row)); // says which example has none
    }
    if (inputs.rows() > 0 && inputs.width() != shape.size()) {
      throw new IllegalArgumentException(
          "examples of shape %s have %s features, but these have %s"
              .formatted(shape, shape.size(), inputs.width()));
    }
    if (labels.classes() > classNames.size()) {
      throw new IllegalArgumentException(
          "labels must be below the %s class names, but the largest was %s"
              .formatted(classNames.size(), labels.classes() - 1));
    }
  }

  /** Examples whose classes are called {@code 0}, {@code 1} and so on. */
  public Examples(Shape shape, Batch inputs, Labels labels) {
    this(shape, inputs, labels, numbered(labels.classes()));
  }

  /** Flat examples of one axis, with numbered classes. */
  public static Examples of(Batch inputs, int... labels) {
    return new Examples(Shape.of(inputs.width()), inputs, Labels.of(inputs, labels));
  }

  private static List<String> numbered(int classes) {
    List<String> names = new ArrayList<>();
    for (int k = 0; k < classes; k++) {
      names.add(String.valueOf(k));
    }
    return names;
  }

  /** Number of examples. */
  public int count() {
    return inputs.rows();
  }

  /** The same examples under other labels. */
  public Examples withLabels(Labels newLabels) {
    return new Examples(shape, inputs, newLabels, classNames);
  }

  /** The same labels for other values of the same shape. */
  public Examples withInputs(Batch newInputs) {
    return new Examples(shape, newInputs, labels, classNames);
  }

  /** The first {@code most} examples, or all where there are fewer. */
  public Examples first(int most) {
    return slice(0, Math.min(most, count()));
  }

  /** Examples {@code from} (inclusive) to {@code to} (exclusive), which keep their positions. */
  public Examples slice(int from, int to) {
    if (!(0 <= from && from <= to && to <= count())) {
      throw new IllegalArgumentException(
          "a slice must lie within the %s examples, but was %s to %s".formatted(count(), from, to));
    }
    int[] rows = new int[to - from];
    Arrays.setAll(rows, i -> from + i);
    return select(rows);
  }

  /** The examples in these rows, in ascending order; they keep their positions. */
  public Examples select(int... rows) {
    return new Examples(shape, inputs.select(rows), labels.select(rows), classNames);
  }

  /** SHA-256 of inputs, labels, positions and shape, in hexadecimal: the same for the same data. */
  public String digest() {
    MessageDigest sha = sha256();
    sha.update(shape.toString().getBytes(StandardCharsets.UTF_8));
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + Integer.BYTES * (1 + inputs.width()));
    for (int row = 0; row < count(); row++) {
      bytes.clear().putLong(inputs.example(row)).putInt(labels.atRow(row));
      for (int j = 0; j < inputs.width(); j++) {
        bytes.putFloat(inputs.get(row, j));
      }
      sha.update(bytes.flip());
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The same data seen as another shape of the same size, such as 784 as 1x28x28. */
  public Examples as(Shape other) {
    return new Examples(other, inputs, labels, classNames);
  }
}
