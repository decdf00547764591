package io.gauntlet.nd4j;

import io.gauntlet.model.ModelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;

/**
 * The part of a SameDiff graph that scores depend on.
 *
 * @param needed names of all variables that the scores depend on, the scores included
 * @param operations those between input and scores, in the order they run
 */
record GraphPath(Set<String> needed, List<SameDiffOp> operations) {
  static GraphPath of(SameDiff graph, String input, String scores) {
    Set<String> needed = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(scores));
    while (!open.isEmpty()) {
      String variable = open.pop();
      SameDiffOp producer = producer(graph, variable);
      if (needed.add(variable) && producer != null) {
        open.addAll(inputs(producer));
      }
    }
    return new GraphPath(needed, between(graph, input, needed));
  }

  /** Variables that are computed, and read by nothing. */
  static List<String> ends(SameDiff graph) {
    List<String> ends = new ArrayList<>();
    for (Variable variable : graph.getVariables().values()) {
      boolean isRead = variable.getInputsForOp() != null && !variable.getInputsForOp().isEmpty();
      if (variable.getOutputOfOp() != null && !isRead) {
        ends.add(variable.getName());
      }
    }
    return ends;
  }

  /** The operation that computes a variable; null for placeholders, variables and constants. */
  static @Nullable SameDiffOp producer(SameDiff graph, String variable) {
    String name = variable(graph, variable).getOutputOfOp();
    return name == null ? null : operation(graph, name);
  }

  static Variable variable(SameDiff graph, String name) {
    return present(graph.getVariables().get(name), "variable", name);
  }

  static SameDiffOp operation(SameDiff graph, String name) {
    return present(graph.getOps().get(name), "operation", name);
  }

  private static <T> T present(@Nullable T found, String kind, String name) {
    if (found == null) {
      throw new ModelException(
          "a graph must have what it refers to, but has no %s %s".formatted(kind, name));
    }
    return found;
  }

  private static List<SameDiffOp> between(SameDiff graph, String input, Set<String> needed) {
    Set<String> computed = new HashSet<>();
    Map<String, SameDiffOp> waiting = new LinkedHashMap<>();
    for (String variable : needed) {
      SameDiffOp producer = producer(graph, variable);
      if (producer == null) {
        computed.add(variable);
      } else {
        waiting.put(producer.getName(), producer);
      }
    }
    Set<String> reached = new HashSet<>(Set.of(input));
    List<SameDiffOp> between = new ArrayList<>();
    while (!waiting.isEmpty()) {
      SameDiffOp next =
          waiting.values().stream()
              .filter(operation -> computed.containsAll(inputs(operation)))
              .findFirst()
              .orElseThrow(() -> new ModelException("the graph goes round in circles"));
      waiting.remove(next.getName());
      computed.addAll(next.getOutputsOfOp());
      if (inputs(next).stream().anyMatch(reached::contains)) {
        reached.addAll(next.getOutputsOfOp());
        between.add(next);
      }
    }
    return between;
  }

  private static List<String> inputs(SameDiffOp operation) {
    return operation.getInputsToOp() == null ? List.of() : operation.getInputsToOp();
  }
}
