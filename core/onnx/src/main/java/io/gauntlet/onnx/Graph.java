package io.gauntlet.onnx;

import io.gauntlet.model.ModelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Nodes and what they start from.
 *
 * @param weights tensors by name
 * @param inputs what a caller has to bring, without the weights that older files list here too
 */
record Graph(
    List<Node> nodes,
    Map<String, Tensor> weights,
    Set<String> sparseWeights,
    List<Declared> inputs,
    List<Declared> outputs) {

  /** The node that computes a value. */
  Optional<Node> producerOf(String value) {
    return nodes.stream().filter(node -> node.outputs().contains(value)).findFirst();
  }

  /**
   * The nodes that a value needs, each after those that it needs itself, whatever order the file
   * lists them in.
   *
   * @throws ModelException if a node needs itself, or a value that nothing brings
   */
  List<Node> needed(String value) {
    return new Schedule(this).of(value);
  }

  /** A walk from a value back to the inputs, without recursion: graphs may be deep. */
  private static final class Schedule {
    private final Map<String, Node> producers = new HashMap<>();
    private final Set<String> given = new HashSet<>();
    private final Set<Node> open = new HashSet<>();
    private final Set<Node> done = new HashSet<>();
    private final List<Node> order = new ArrayList<>();

    private record Visit(Node node, Iterator<String> inputs) {}

    Schedule(Graph graph) {
      given.addAll(graph.weights.keySet());
      graph.inputs.forEach(input -> given.add(input.name()));
      for (Node node : graph.nodes) {
        for (String output : node.outputs()) {
          if (!output.isEmpty()
              && (given.contains(output) || producers.put(output, node) != null)) {
            throw new ModelException(
                "every value must be computed once, but '%s' is by %s and before"
                    .formatted(output, node.label()));
          }
        }
      }
      if (!graph.sparseWeights.isEmpty()) {
        given.removeAll(graph.sparseWeights);
      }
    }

    List<Node> of(String value) {
      Deque<Visit> path = new ArrayDeque<>();
      enter(path, value, "the model");
      while (!path.isEmpty()) {
        Visit last = path.getLast();
        if (last.inputs.hasNext()) {
          enter(path, last.inputs.next(), last.node.label());
        } else {
          path.removeLast();
          open.remove(last.node);
          done.add(last.node);
          order.add(last.node);
        }
      }
      return order;
    }

    private void enter(Deque<Visit> path, String value, String reader) {
      if (value.isEmpty() || given.contains(value)) {
        return;
      }
      Node node = producers.get(value);
      if (node == null) {
        throw new ModelException(
            "%s must read what is there, but nothing computes '%s'".formatted(reader, value));
      }
      if (!open.add(node)) {
        throw new ModelException(
            "a graph must have no cycle, but %s needs its own result".formatted(node.label()));
      }
      if (done.contains(node)) {
        open.remove(node);
      } else {
        path.addLast(new Visit(node, node.inputs().iterator()));
      }
    }
  }
}
