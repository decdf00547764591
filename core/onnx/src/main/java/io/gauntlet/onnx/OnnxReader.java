package io.gauntlet.onnx;

import io.gauntlet.model.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * Turns the messages of onnx.proto into records. Field numbers are those of <a
 * href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>.
 */
final class OnnxReader {
  private static final int DEEPEST_SUBGRAPH = 16;

  private final Path path;
  private final List<ExternalData> external = new ArrayList<>();

  OnnxReader(Path path) {
    this.path = path;
  }

  OnnxFile read(byte[] bytes) {
    try {
      return model(bytes);
    } catch (ModelException e) {
      throw new ModelException(
          "%s must be a whole ONNX file, but is not: %s".formatted(path, e.getMessage()), e);
    }
  }

  private OnnxFile model(byte[] bytes) {
    Map<String, Long> opsets = new HashMap<>();
    Map<String, List<Node>> functions = new HashMap<>();
    Optional<Graph> graph = Optional.empty();
    Wire wire = Wire.of(bytes);
    while (wire.next()) {
      switch (wire.field()) {
        case 7 -> {
          if (graph.isPresent()) {
            throw new ModelException("a model must have one graph, but has more");
          }
          graph = Optional.of(graph(wire.message(), 0));
        }
        case 8 -> opset(wire.message(), opsets);
        case 20 -> trainingInfo(wire.message());
        case 25 -> function(wire.message(), functions);
        default -> {}
      }
    }
    if (graph.isEmpty() || graph.get().outputs().isEmpty()) {
      throw new ModelException("a model must have a graph with an output, but has none");
    }
    Precautions.take(graph.get(), functions);
    return new OnnxFile(path, bytes, opsets, graph.get(), external);
  }

  private static void opset(Wire wire, Map<String, Long> opsets) {
    String domain = "";
    long version = 1;
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> domain = wire.text();
        case 2 -> version = wire.number();
        default -> {}
      }
    }
    opsets.put(canonical(domain), version);
  }

  private static String canonical(String domain) {
    return domain.equals("ai.onnx") ? "" : domain;
  }

  /** Read for the sake of its tensors' places only. */
  private void trainingInfo(Wire wire) {
    while (wire.next()) {
      if (wire.field() == 1 || wire.field() == 2) {
        graph(wire.message(), 0);
      }
    }
  }

  private void function(Wire wire, Map<String, List<Node>> functions) {
    List<Node> nodes = new ArrayList<>();
    String name = "";
    String domain = "";
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> name = wire.text();
        case 7 -> nodes.add(node(wire.message(), 0));
        case 10 -> domain = canonical(wire.text());
        default -> {}
      }
    }
    functions
        .computeIfAbsent(Precautions.key(domain, name), added -> new ArrayList<>())
        .addAll(nodes);
  }

  private Graph graph(Wire wire, int depth) {
    if (depth > DEEPEST_SUBGRAPH) {
      throw new ModelException(
          "graphs must lie at most %s deep in each other, but lie deeper"
              .formatted(DEEPEST_SUBGRAPH));
    }
    List<Node> nodes = new ArrayList<>();
    Map<String, Tensor> weights = new LinkedHashMap<>();
    Set<String> sparse = new HashSet<>();
    List<Declared> inputs = new ArrayList<>();
    List<Declared> outputs = new ArrayList<>();
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> nodes.add(node(wire.message(), depth));
        case 5 -> {
          Tensor weight = tensor(wire.message());
          weights.put(weight.name(), weight);
        }
        case 11 -> inputs.add(declared(wire.message()));
        case 12 -> outputs.add(declared(wire.message()));
        case 15 -> sparse.add(sparse(wire.message()));
        default -> {}
      }
    }
    inputs.removeIf(input -> weights.containsKey(input.name()) || sparse.contains(input.name()));
    return new Graph(nodes, weights, sparse, inputs, outputs);
  }

  private Node node(Wire wire, int depth) {
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, Object> attributes = new HashMap<>();
    String name = "";
    String operator = "";
    String domain = "";
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> inputs.add(wire.text());
        case 2 -> outputs.add(wire.text());
        case 3 -> name = wire.text();
        case 4 -> operator = wire.text();
        case 5 -> attribute(wire.message(), depth, attributes);
        case 7 -> domain = canonical(wire.text());
        default -> {}
      }
    }
    return new Node(name, domain, operator, inputs, outputs, new Attributes(attributes));
  }

  /** Newer files say which of the fields counts; in all of them it is the one that is there. */
  private void attribute(Wire wire, int depth, Map<String, Object> attributes) {
    String name = "";
    Object value = List.of();
    List<Object> list = new ArrayList<>();
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> name = wire.text();
        case 2 -> value = wire.single();
        case 3 -> value = wire.number();
        case 4 -> value = wire.text();
        case 5 -> value = tensor(wire.message());
        case 6 -> value = graph(wire.message(), depth + 1);
        case 7 -> wire.singles(bits -> list.add(Float.intBitsToFloat((int) bits)));
        case 8 -> wire.numbers(list::add);
        case 9 -> list.add(wire.text());
        case 10 -> list.add(tensor(wire.message()));
        case 11 -> list.add(graph(wire.message(), depth + 1));
        case 22 -> value = sparse(wire.message());
        case 23 -> list.add(sparse(wire.message()));
        default -> {}
      }
    }
    attributes.put(name, list.isEmpty() ? value : List.copyOf(list));
  }

  /** Only the name of a sparse tensor is used, but the places of both its parts are checked. */
  private String sparse(Wire wire) {
    String name = "";
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> name = tensor(wire.message()).name();
        case 2 -> tensor(wire.message());
        default -> {}
      }
    }
    return name;
  }

  private Tensor tensor(Wire wire) {
    List<Long> sizes = new ArrayList<>();
    Map<String, String> place = new HashMap<>();
    LongStream.Builder typed = LongStream.builder();
    Optional<ByteBuffer> raw = Optional.empty();
    boolean elsewhere = false;
    String name = "";
    long type = 0;
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> wire.numbers(sizes::add);
        case 2 -> type = wire.number();
        case 4 -> wire.singles(typed);
        case 5, 7, 11 -> wire.numbers(typed);
        case 8 -> name = wire.text();
        case 9 -> raw = Optional.of(wire.content());
        case 10 -> wire.doubles(typed);
        case 13 -> entry(wire.message(), place);
        case 14 -> elsewhere = wire.number() == 1;
        default -> {}
      }
    }
    ElementType elements = ElementType.of(type);
    long bytes = bytes(name, elements, sizes);
    Supplier<ByteBuffer> content;
    if (elements == ElementType.STRING) {
      content = nothing(elements);
    } else if (elsewhere) {
      content = elsewhere(name, bytes, place);
    } else if (raw.isPresent()) {
      checkBytes(name, bytes, raw.get().remaining());
      content = raw::get;
    } else {
      content = packed(name, elements, bytes, typed.build().toArray());
    }
    return new Tensor(name, elements, List.copyOf(sizes), content);
  }

  private static long bytes(String name, ElementType type, List<Long> sizes) {
    try {
      if (sizes.stream().allMatch(size -> size >= 0)) {
        return type.bytes(sizes.stream().reduce(1L, Math::multiplyExact));
      }
    } catch (ArithmeticException e) {
      // as impossible as a negative size
    }
    throw new ModelException("tensor '%s' has the impossible sizes %s".formatted(name, sizes));
  }

  private static void checkBytes(String name, long needed, long found) {
    if (needed != found) {
      throw new ModelException(
          "tensor '%s' must have the %s bytes that its sizes ask for, but has %s"
              .formatted(name, needed, found));
    }
  }

  private static void entry(Wire wire, Map<String, String> entries) {
    String key = "";
    String value = "";
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> key = wire.text();
        case 2 -> value = wire.text();
        default -> {}
      }
    }
    entries.put(key, value);
  }

  private Supplier<ByteBuffer> elsewhere(String name, long bytes, Map<String, String> place) {
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null) {
      throw new ModelException("%s lies in no folder".formatted(path));
    }
    ExternalData data = ExternalData.of(parent, name, place);
    checkBytes(
        name, bytes, place.containsKey("length") ? data.length() : Math.min(bytes, data.length()));
    ExternalData exact = new ExternalData(data.file(), data.offset(), bytes);
    external.add(exact);
    return exact::content;
  }

  /** Elements that are written as numbers of their own, in the bytes that the type has. */
  private static Supplier<ByteBuffer> packed(
      String name, ElementType type, long bytes, long[] values) {
    int width = values.length == 0 ? 0 : (int) (bytes / values.length);
    if (width * (long) values.length != bytes || type.bytes(values.length) != bytes) {
      if (type.bytes(8) < 8 || type == ElementType.COMPLEX64 || type == ElementType.COMPLEX128) {
        return nothing(type); // several values to a number, or the other way round
      }
      throw new ModelException(
          "tensor '%s' must have the %s bytes that its sizes ask for, but has %s numbers"
              .formatted(name, bytes, values.length));
    }
    ByteBuffer content = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      switch (width) {
        case 1 -> content.put((byte) value);
        case 2 -> content.putShort((short) value);
        case 4 -> content.putInt((int) value);
        default -> content.putLong(value);
      }
    }
    ByteBuffer done = content.flip();
    return () -> done;
  }

  private static Supplier<ByteBuffer> nothing(ElementType type) {
    return () -> {
      throw new Refusal("elements of type %s are not supported".formatted(type));
    };
  }

  private static Declared declared(Wire wire) {
    String name = "";
    Declared typed = new Declared("", Optional.empty(), Optional.empty());
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> name = wire.text();
        case 2 -> typed = type(wire.message());
        default -> {}
      }
    }
    return new Declared(name, typed.type(), typed.sizes());
  }

  private static Declared type(Wire wire) {
    Declared found = new Declared("", Optional.empty(), Optional.empty());
    while (wire.next()) {
      if (wire.field() == 1) {
        found = tensorType(wire.message());
      }
    }
    return found;
  }

  private static Declared tensorType(Wire wire) {
    Optional<ElementType> type = Optional.empty();
    Optional<List<Long>> sizes = Optional.empty();
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> type = Optional.of(ElementType.of(wire.number()));
        case 2 -> sizes = Optional.of(sizes(wire.message()));
        default -> {}
      }
    }
    return new Declared("", type, sizes);
  }

  private static List<Long> sizes(Wire wire) {
    List<Long> sizes = new ArrayList<>();
    while (wire.next()) {
      if (wire.field() == 1) {
        sizes.add(size(wire.message()));
      }
    }
    return sizes;
  }

  private static long size(Wire wire) {
    long size = Declared.FREE;
    while (wire.next()) {
      if (wire.field() == 1) {
        long declared = wire.number();
        size = declared > 0 ? declared : Declared.FREE; // 0 is how some converters say "free"
      }
    }
    return size;
  }
}
