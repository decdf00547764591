package io.gauntlet.onnx;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a node is told beside its inputs. */
record Attributes(Map<String, Object> values) {
  static final Attributes NONE = new Attributes(Map.of());

  boolean has(String name) {
    return values.containsKey(name);
  }

  long integer(String name, long otherwise) {
    return get(name, Long.class).orElse(otherwise);
  }

  float real(String name, float otherwise) {
    return get(name, Float.class).orElse(otherwise);
  }

  String text(String name, String otherwise) {
    return get(name, String.class).orElse(otherwise);
  }

  Optional<Tensor> tensor(String name) {
    return get(name, Tensor.class);
  }

  /** Empty where the node does not say. */
  List<Long> integers(String name) {
    return list(name, Long.class);
  }

  /** Empty where the node does not say. */
  List<Float> reals(String name) {
    return list(name, Float.class);
  }

  /** Empty where the node does not say. */
  List<String> texts(String name) {
    return list(name, String.class);
  }

  /** Graphs within the node, such as the branches of a condition. */
  List<Graph> graphs() {
    return values.values().stream()
        .flatMap(value -> value instanceof List<?> list ? list.stream() : Stream.of(value))
        .filter(Graph.class::isInstance)
        .map(Graph.class::cast)
        .toList();
  }

  /** The whole numbers of a constant, however it writes them. */
  Optional<Tensor> whole() {
    if (values.get("value") instanceof Tensor tensor) {
      return Optional.of(tensor);
    }
    long[] numbers =
        Stream.of("value_int", "value_ints")
            .map(values::get)
            .flatMap(
                value -> value instanceof List<?> list ? list.stream() : Stream.ofNullable(value))
            .filter(Long.class::isInstance)
            .mapToLong(Long.class::cast)
            .toArray();
    return numbers.length == 0
        ? Optional.empty()
        : Optional.of(Tensor.ofLongs(List.of((long) numbers.length), numbers));
  }

  private <T> List<T> list(String name, Class<T> type) {
    return get(name, List.class).stream()
        .flatMap(list -> ((List<?>) list).stream())
        .map(element -> cast(name, type, element))
        .toList();
  }

  private <T> Optional<T> get(String name, Class<T> type) {
    return Optional.ofNullable(values.get(name)).map(value -> cast(name, type, value));
  }

  private static <T> T cast(String name, Class<T> type, Object value) {
    if (!type.isInstance(value)) {
      throw new Refusal(
          "attribute '%s' must be a %s, but is %s".formatted(name, type.getSimpleName(), value));
    }
    return type.cast(value);
  }
}
