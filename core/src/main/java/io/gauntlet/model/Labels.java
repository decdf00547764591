package io.gauntlet.model;

import java.util.Arrays;
import java.util.function.IntBinaryOperator;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** One class for each of some examples. */
public final class Labels {
  private final Rows rows;
  private final int[] classes;

  private Labels(Rows rows, int[] classes) {
    this.rows = rows;
    this.classes = classes;
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] < 0) {
        throw new IllegalArgumentException(
            "labels must not be negative, but example %s has label %s"
                .formatted(rows.example(i), classes[i]));
      }
    }
  }

  /** Example {@code i} has class {@code classes[i]}. */
  public static Labels of(int... classes) {
    return new Labels(Rows.first(classes.length), classes.clone());
  }

  /** The example in row {@code i} of {@code inputs} has class {@code classes[i]}. */
  public static Labels of(Batch inputs, int... classes) {
    if (inputs.rows() != classes.length) {
      throw new IllegalArgumentException(
          "every example needs one label, but there were %s examples and %s labels"
              .formatted(inputs.rows(), classes.length));
    }
    if (!inputs.isInExampleOrder()) {
      throw new IllegalArgumentException("labelled examples must be distinct and in order");
    }
    long[] examples = new long[classes.length];
    for (int i = 0; i < examples.length; i++) {
      examples[i] = inputs.example(i);
    }
    return new Labels(Rows.of(examples), classes.clone());
  }

  /** Number of examples. */
  public int count() {
    return classes.length;
  }

  /** Data-set position of the example in this row. */
  public long example(int row) {
    return rows.example(row);
  }

  /** Class of the example at this data-set position. */
  public int classOf(long example) {
    return classes[rows.rowOf(example)];
  }

  /**
   * Class of the example at this position, which must be one of a model's {@code count} classes.
   */
  int classOf(long example, int count) {
    int label = classOf(example);
    if (label < count) {
      return label;
    }
    throw new IllegalArgumentException(tooLarge(count, example, label));
  }

  /** Class of the example in this row. */
  public int atRow(int row) {
    return classes[row];
  }

  /** Rows whose class is {@code wanted}, ascending. */
  public int[] rowsWhere(IntPredicate wanted) {
    return IntStream.range(0, count()).filter(row -> wanted.test(classes[row])).toArray();
  }

  /** The same examples, every class replaced by {@code edit} of its row and itself. */
  public Labels relabelled(IntBinaryOperator edit) {
    int[] changed = new int[classes.length];
    Arrays.setAll(changed, row -> edit.applyAsInt(row, classes[row]));
    return new Labels(rows, changed);
  }

  /** Smallest number of classes that has all these labels. */
  public int classes() {
    int most = -1;
    for (int label : classes) {
      most = Math.max(most, label);
    }
    return most + 1;
  }

  /** The labels of the chosen rows, which must ascend. */
  public Labels select(int... chosen) {
    int[] kept = new int[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      kept[i] = classes[chosen[i]];
    }
    Rows selected = rows.select(chosen);
    if (!selected.areAscending()) {
      throw new IllegalArgumentException(
          "labelled examples must be distinct and in order, but rows %s were chosen"
              .formatted(Arrays.toString(chosen)));
    }
    return new Labels(selected, kept);
  }

  /**
   * Returns these labels, all of which must be below {@code count}.
   *
   * @throws IllegalArgumentException naming the first label that is not
   */
  public Labels check(int count) {
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] >= count) {
        throw new IllegalArgumentException(tooLarge(count, rows.example(i), classes[i]));
      }
    }
    return this;
  }

  private static String tooLarge(int count, long example, int label) {
    return "labels must be below the model's %s classes, but example %s has label %s"
        .formatted(count, example, label);
  }

  @Override
  public String toString() {
    return count() + " labels";
  }
}
