package io.gauntlet.model;

import java.util.Arrays;

/** Which example of the data set each row of a block stands for. */
final class Rows {
  private final long[] examples;

  private Rows(long[] examples) {
    this.examples = examples;
  }

  static Rows first(int count) {
    long[] examples = new long[count];
    Arrays.setAll(examples, i -> i);
    return new Rows(examples);
  }

  static Rows of(long... examples) {
    return new Rows(examples.clone());
  }

  int count() {
    return examples.length;
  }

  long example(int row) {
    return examples[row];
  }

  /** The row of an example, in a block that holds each example once and in ascending order. */
  int rowOf(long example) {
    int row = examples.length == 0 ? -1 : guess(example);
    if (row < 0) {
      throw new IllegalArgumentException(
          "example %s is not among the %s examples %s"
              .formatted(example, examples.length, summary()));
    }
    return row;
  }

  private int guess(long example) {
    long offset = example - examples[0]; // right at once where no row has left the block
    if (offset >= 0 && offset < examples.length && examples[(int) offset] == example) {
      return (int) offset;
    }
    return Arrays.binarySearch(examples, example);
  }

  boolean areAscending() {
    for (int i = 1; i < examples.length; i++) {
      if (examples[i] <= examples[i - 1]) {
        return false;
      }
    }
    return true;
  }

  Rows select(int... rows) {
    long[] kept = new long[rows.length];
    Arrays.setAll(kept, i -> examples[rows[i]]);
    return new Rows(kept);
  }

  private String summary() {
    return examples.length <= 8
        ? Arrays.toString(examples)
        : "[" + examples[0] + " ... " + examples[examples.length - 1] + "]";
  }
}
