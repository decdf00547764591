package io.gauntlet.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Sizes of one example's axes, without the batch axis: {@code 1x28x28} for a grey image in
 * channels-height-width order, {@code 30} for a row of a table.
 *
 * @param sizes one positive number per axis, outermost first
 */
public record Shape(List<Integer> sizes) {
  /** Copies and checks. */
  public Shape {
    sizes = List.copyOf(sizes);
    if (sizes.isEmpty() || sizes.stream().anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException(
          "a shape needs at least one axis and positive sizes, but was " + sizes);
    }
    long product = 1;
    for (int size : sizes) {
      product *= size;
      if (product > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "a shape must hold at most 2147483647 features, but was " + sizes);
      }
    }
  }

  /** The shape with these axes. */
  public static Shape of(int... sizes) {
    return new Shape(Arrays.stream(sizes).boxed().toList());
  }

  /** Number of features of one example. */
  public int size() {
    return sizes.stream().reduce(1, (a, b) -> a * b);
  }

  /** Number of axes. */
  public int rank() {
    return sizes.size();
  }

  @Override
  public String toString() {
    return sizes.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
