package io.gauntlet.onnx;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An input or output as the file declares it.
 *
 * @param type of a tensor's elements; empty for sequences and maps
 * @param sizes of its axes, where the file says: -1 for one that is free
 */
record Declared(String name, Optional<ElementType> type, Optional<List<Long>> sizes) {
  static final long FREE = -1;

  @Override
  public String toString() {
    return "'%s' of %s with shape %s"
        .formatted(
            name,
            type.map(ElementType::toString).orElse("no tensor type"),
            sizes.map(Declared::shape).orElse("unknown"));
  }

  private static String shape(List<Long> sizes) {
    return sizes.stream()
        .map(size -> size == FREE ? "?" : size.toString())
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
