package io.gauntlet.onnx;

import io.gauntlet.model.ModelException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a file may say by the letter of the format, but ONNX Runtime does not survive: functions
 * that call each other without end or measure, and divisions that the processor itself refuses.
 */
final class Precautions {
  private static final int DEEPEST_CALL = 64;
  private static final long MOST_NODES = 200_000;

  /** How large nodes are once every function is written out where it is called. */
  private record Extent(long nodes, int height) {}

  private final Map<String, List<Node>> functions;
  private final Map<String, Extent> known = new HashMap<>();
  private final Map<String, List<Tensor>> tensors = new HashMap<>();

  private Precautions(Map<String, List<Node>> functions) {
    this.functions = functions;
  }

  /**
   * Checks a graph and the functions that it may call, by {@link #key}.
   *
   * @throws ModelException if one of them must not be run
   */
  static void take(Graph graph, Map<String, List<Node>> functions) {
    Precautions precautions = new Precautions(functions);
    precautions.extent(graph.nodes(), 0);
    Stream<Node> all =
        Stream.concat(graph.nodes().stream(), functions.values().stream().flatMap(List::stream));
    List<Node> divisions = new ArrayList<>();
    precautions.collect(graph.weights());
    all.forEach(node -> precautions.collect(node, divisions));
    divisions.forEach(precautions::check);
  }

  static String key(String domain, String name) {
    return domain + ":" + name;
  }

  private Extent extent(List<Node> nodes, int depth) {
    if (depth > DEEPEST_CALL) {
      throw new ModelException(
          "functions must call each other at most %s deep, but do so deeper"
              .formatted(DEEPEST_CALL));
    }
    long total = 0;
    int height = 0;
    for (Node node : nodes) {
      Extent extent = extent(node, depth);
      total += extent.nodes;
      height = Math.max(height, extent.height);
      if (total > MOST_NODES || depth + height > DEEPEST_CALL) {
        throw new ModelException(
            "functions written out must have at most %s nodes, %s deep, but have more"
                .formatted(MOST_NODES, DEEPEST_CALL));
      }
    }
    return new Extent(total, height);
  }

  private Extent extent(Node node, int depth) {
    long total = 1;
    int height = 0;
    for (Graph graph : node.attributes().graphs()) {
      Extent inner = extent(graph.nodes(), depth);
      total += inner.nodes;
      height = Math.max(height, inner.height);
    }
    String key = key(node.domain(), node.operator());
    if (functions.containsKey(key)) {
      Extent called = known.get(key);
      if (called == null) {
        called = extent(functions.get(key), depth + 1);
        known.put(key, called);
      }
      total += called.nodes;
      height = Math.max(height, called.height + 1);
    }
    return new Extent(total, height);
  }

  private void collect(Map<String, Tensor> weights) {
    weights.forEach((name, tensor) -> keep(name, tensor));
  }

  private void keep(String name, Tensor tensor) {
    tensors.computeIfAbsent(name, added -> new ArrayList<>()).add(tensor);
  }

  private void collect(Node node, List<Node> divisions) {
    for (Graph graph : node.attributes().graphs()) {
      collect(graph.weights());
      graph.nodes().forEach(inner -> collect(inner, divisions));
    }
    if (node.domain().isEmpty() && !node.outputs().isEmpty()) {
      switch (node.operator()) {
        case "Constant" -> node.attributes().whole().ifPresent(t -> keep(node.outputs().get(0), t));
        case "Div", "Mod" -> divisions.add(node);
        default -> {}
      }
    }
  }

  /** The smallest whole number divided by -1 is none, and ends the process. */
  private void check(Node division) {
    if (division.inputs().size() == 2) {
      for (Tensor divisor : tensors.getOrDefault(division.inputs().get(1), List.of())) {
        if (divisor.type().isInteger()) {
          for (long value : divisor.longs()) {
            if (value == -1) {
              throw new ModelException(
                  "whole numbers must not be divided by -1, but are in " + division.label());
            }
          }
        }
      }
    }
  }
}
