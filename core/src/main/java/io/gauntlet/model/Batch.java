package io.gauntlet.model;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Immutable block of examples, each a flattened vector of {@code width} floats.
 *
 * <p>Every row knows which example of the data set it stands for. So rows may leave a batch while
 * the others keep their label, their random stream and their place in the result; an attack that
 * works on several copies of one example may repeat it.
 *
 * <p>Storage is row-major: feature {@code j} of row {@code i} is at {@code i * width + j}.
 */
public final class Batch {
  /** Edits one row in place. */
  @FunctionalInterface
  public interface RowEdit {
    /** Changes {@code values}, a private copy of row number {@code row}. */
    void apply(int row, float[] values);
  }

  private final Rows rows;
  private final int width;
  private final float[] values;

  private Batch(Rows rows, int width, float[] values) {
    this.rows = rows;
    this.width = width;
    this.values = values;
  }

  /** Copies {@code examples}, which must all have one length; row {@code i} is example i. */
  public static Batch of(float[]... examples) {
    int width = examples.length == 0 ? 0 : examples[0].length;
    float[] flat = new float[Math.multiplyExact(examples.length, width)];
    for (int i = 0; i < examples.length; i++) {
      if (examples[i].length != width) {
        throw new IllegalArgumentException(
            "every example must have %s features like example 0, but example %s has %s"
                .formatted(width, i, examples[i].length));
      }
      System.arraycopy(examples[i], 0, flat, i * width, width);
    }
    return new Batch(Rows.first(examples.length), width, flat);
  }

  /**
   * A batch over {@code values}, which it takes over: the caller must not touch them again.
   *
   * @param width features of each example; at least 1, a divisor of the number of values
   */
  public static Batch wrap(int width, float[] values) {
    Check.atLeast(1, width, "width");
    if (values.length % width != 0) {
      throw new IllegalArgumentException(
          "the number of values must be a multiple of the width %s, but was %s"
              .formatted(width, values.length));
    }
    return new Batch(Rows.first(values.length / width), width, values);
  }

  /** Puts batches of one width behind each other; at least one. */
  public static Batch concat(List<Batch> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("joining needs at least one batch, but there was none");
    }
    int width = parts.get(0).width;
    int count = 0;
    for (Batch part : parts) {
      if (part.width != width) {
        throw new IllegalArgumentException(
            "batches must have one width to be joined, but had %s and %s"
                .formatted(width, part.width));
      }
      count += part.rows();
    }
    long[] examples = new long[count];
    float[] flat = new float[Math.multiplyExact(count, width)];
    int row = 0;
    for (Batch part : parts) {
      System.arraycopy(part.values, 0, flat, row * width, part.values.length);
      for (int i = 0; i < part.rows(); i++) {
        examples[row++] = part.example(i);
      }
    }
    return new Batch(Rows.of(examples), width, flat);
  }

  /** Number of rows. */
  public int rows() {
    return rows.count();
  }

  /** Number of features of each row. */
  public int width() {
    return width;
  }

  /** Data-set position of the example that a row stands for. */
  public long example(int row) {
    return rows.example(row);
  }

  /**
   * The row that stands for an example, in a batch in example order.
   *
   * @throws IllegalArgumentException if no row does
   */
  public int rowOf(long example) {
    return rows.rowOf(example);
  }

  /** Whether every example stands here once, in ascending order. */
  public boolean isInExampleOrder() {
    return rows.areAscending();
  }

  /** Copy of one row. */
  public float[] row(int row) {
    float[] copy = new float[width];
    copyRow(row, copy);
    return copy;
  }

  /** Copies one row into an array of this batch's width. */
  public void copyRow(int row, float[] into) {
    System.arraycopy(values, row * width, into, 0, width);
  }

  /** One value. */
  public float get(int row, int feature) {
    return values[row * width + feature];
  }

  /** Position of the largest value of a row, the first where several are largest. */
  public int argmax(int row) {
    int best = 0;
    for (int k = 1; k < width; k++) {
      if (get(row, k) > get(row, best)) {
        best = k;
      }
    }
    return best;
  }

  /** All values, row by row, without a copy and read-only. */
  public FloatBuffer buffer() {
    return FloatBuffer.wrap(values).asReadOnlyBuffer();
  }

  /** Same rows, every one passed through {@code edit}. */
  public Batch editRows(RowEdit edit) {
    float[] edited = new float[values.length];
    float[] row = new float[width];
    for (int i = 0; i < rows(); i++) {
      copyRow(i, row);
      edit.apply(i, row);
      System.arraycopy(row, 0, edited, i * width, width);
    }
    return new Batch(rows, width, edited);
  }

  /** Returns {@code this + other}, feature by feature. */
  public Batch plus(Batch other) {
    requireSameShape(other);
    float[] sum = values.clone();
    for (int i = 0; i < sum.length; i++) { // auto-vectorises
      sum[i] += other.values[i];
    }
    return new Batch(rows, width, sum);
  }

  /** Returns {@code this - other}, feature by feature. */
  public Batch minus(Batch other) {
    requireSameShape(other);
    float[] difference = values.clone();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= other.values[i];
    }
    return new Batch(rows, width, difference);
  }

  /** Returns {@code factor * this}. */
  public Batch times(float factor) {
    float[] product = values.clone();
    for (int i = 0; i < product.length; i++) {
      product[i] *= factor;
    }
    return new Batch(rows, width, product);
  }

  /** The chosen rows, in the order given, standing for the same examples as here. */
  public Batch select(int... chosen) {
    float[] kept = new float[chosen.length * width];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(values, chosen[i] * width, kept, i * width, width);
    }
    return new Batch(rows.select(chosen), width, kept);
  }

  /** Positions of the rows that {@code wanted} holds for, ascending. */
  public int[] rowsWhere(IntPredicate wanted) {
    return IntStream.range(0, rows()).filter(wanted).toArray();
  }

  /** Rows {@code from} (inclusive) to {@code to} (exclusive). */
  public Batch slice(int from, int to) {
    if (!(0 <= from && from <= to && to <= rows())) {
      throw new IllegalArgumentException(
          "a slice must lie within the %s rows, but was %s to %s".formatted(rows(), from, to));
    }
    int[] chosen = new int[to - from];
    Arrays.setAll(chosen, i -> from + i);
    return select(chosen);
  }

  /**
   * New values for the same examples, such as a model's answer to this batch. Takes {@code
   * newValues} over: the caller must not touch them again.
   */
  public Batch withValues(int newWidth, float[] newValues) {
    if ((long) newWidth * rows() != newValues.length) {
      throw new IllegalArgumentException(
          "%s rows of %s values need %s numbers, but there were %s"
              .formatted(rows(), newWidth, (long) newWidth * rows(), newValues.length));
    }
    return new Batch(rows, newWidth, newValues);
  }

  /**
   * The values of {@code answer}, row by row, for the examples of this batch.
   *
   * @throws ModelException if a model has answered with another number of rows
   */
  public Batch answeredBy(Batch answer) {
    if (answer.rows() != rows()) {
      throw new ModelException(
          "the model must return one row for each input, but returned %s for %s"
              .formatted(answer.rows(), rows()));
    }
    return answer.rows == rows ? answer : withValues(answer.width, answer.values);
  }

  /** Same values, row {@code i} standing for example {@code examples[i]}. */
  public Batch standingFor(long... examples) {
    if (examples.length != rows()) {
      throw new IllegalArgumentException(
          "%s rows need %s example numbers, but there were %s"
              .formatted(rows(), rows(), examples.length));
    }
    return new Batch(Rows.of(examples), width, values);
  }

  private void requireSameShape(Batch other) {
    if (other.width != width || other.rows() != rows()) {
      throw new IllegalArgumentException(
          "batches must have one shape, but were %s and %s".formatted(this, other));
    }
  }

  @Override
  public String toString() {
    return rows() + " rows of " + width;
  }
}
