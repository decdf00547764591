package io.gauntlet.onnx;

import java.util.List;

/**
 * One operation of a graph.
 *
 * @param domain who defines the operator; empty for ONNX itself
 * @param inputs names of values; empty where an optional one is left out
 */
record Node(
    String name,
    String domain,
    String operator,
    List<String> inputs,
    List<String> outputs,
    Attributes attributes) {

  /** For messages: exporters often leave the name out, but what a node computes has one. */
  String label() {
    String known = name.isEmpty() && !outputs.isEmpty() ? outputs.get(0) : name;
    String from = domain.isEmpty() ? "" : " from " + domain;
    return "%s%s (node '%s')".formatted(operator, from, known);
  }
}
