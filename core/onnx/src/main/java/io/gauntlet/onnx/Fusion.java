package io.gauntlet.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what exporters spell out although PyTorch computes it in one step, forwards and backwards
 * faster: linear layers, the Gaussian error linear unit and attention.
 */
final class Fusion {
  /** Domain of the operators that stand for what was found. */
  static final String DOMAIN = "io.gauntlet";

  private final Map<String, Tensor> weights;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final Set<Node> swallowed = new HashSet<>();

  private Fusion(Map<String, Tensor> weights, List<Node> nodes, String output) {
    this.weights = weights;
    readers.put(output, 1);
    for (Node node : nodes) {
      node.outputs().forEach(name -> producers.put(name, node));
      node.inputs().forEach(name -> readers.merge(name, 1, Integer::sum));
    }
  }

  /** The nodes in their order, the first of a pattern gone, the last replaced. */
  static List<Node> of(Graph graph, List<Node> nodes, String output) {
    Fusion fusion = new Fusion(graph.weights(), nodes, output);
    List<Node> fused = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) { // from the end, where the whole pattern is seen
      Node node = nodes.get(i);
      if (!fusion.swallowed.contains(node)) {
        fused.add(0, fusion.fuse(node).orElse(node));
      }
    }
    return fused;
  }

  private Optional<Node> fuse(Node last) {
    return switch (last.operator()) {
      case "Add" -> linear(last);
      case "Mul" -> gelu(last);
      case "MatMul" -> attention(last);
      default -> Optional.empty();
    };
  }

  /** A matrix of weights, then a bias. */
  private Optional<Node> linear(Node add) {
    for (int side = 0; side < add.inputs().size(); side++) {
      Optional<Node> product = inner(add.inputs().get(side), "MatMul");
      Tensor bias = weights.get(add.inputs().get(1 - side));
      Tensor matrix = product.map(node -> weights.get(node.inputs().get(1))).orElse(null);
      if (bias != null
          && matrix != null
          && matrix.sizes().size() == 2
          && bias.sizes().equals(matrix.sizes().subList(1, 2))) {
        String input = product.get().inputs().get(0);
        return replace(add, "Linear", List.of(input, matrix.name(), bias.name()), product.get());
      }
    }
    return Optional.empty();
  }

  /** x * 0.5 * (1 + erf(x / sqrt 2)), the factors in any order. */
  private Optional<Node> gelu(Node last) {
    List<String> factors = new ArrayList<>();
    List<Node> inside = new ArrayList<>();
    factors(last, factors, inside);
    if (factors.size() != 3 || !factors.removeIf(factor -> is(factor, 0.5))) {
      return Optional.empty();
    }
    for (int side = 0; side < factors.size(); side++) {
      String input = factors.get(1 - side);
      if (factors.size() == 2 && isOnePlusErf(factors.get(side), input, inside)) {
        return replace(last, "Gelu", List.of(input), inside.toArray(Node[]::new));
      }
    }
    return Optional.empty();
  }

  private void factors(Node product, List<String> factors, List<Node> inside) {
    for (String input : product.inputs()) {
      Optional<Node> nested = inside.size() < 2 ? inner(input, "Mul") : Optional.empty();
      if (nested.isPresent()) {
        inside.add(nested.get());
        factors(nested.get(), factors, inside);
      } else {
        factors.add(input);
      }
    }
  }

  private boolean isOnePlusErf(String sum, String input, List<Node> inside) {
    Optional<Node> add = inner(sum, "Add");
    Optional<Node> erf =
        add.flatMap(
            node ->
                node.inputs().stream().flatMap(name -> inner(name, "Erf").stream()).findFirst());
    if (erf.isEmpty() || add.get().inputs().stream().noneMatch(name -> is(name, 1))) {
      return false;
    }
    String scaled = erf.get().inputs().get(0);
    Optional<Node> scale =
        inner(scaled, "Div")
            .filter(node -> is(node.inputs().get(1), Math.sqrt(2)))
            .or(() -> inner(scaled, "Mul").filter(node -> is(node.inputs().get(1), Math.sqrt(0.5))))
            .filter(node -> node.inputs().get(0).equals(input));
    scale.ifPresent(node -> inside.addAll(List.of(add.get(), erf.get(), node)));
    return scale.isPresent();
  }

  /** softmax(queries keys + mask) values. */
  private Optional<Node> attention(Node last) {
    Optional<Node> softmax =
        inner(last.inputs().get(0), "Softmax")
            .filter(node -> node.attributes().integer("axis", 0) == -1);
    if (softmax.isEmpty()) {
      return Optional.empty();
    }
    String values = last.inputs().get(1);
    String scores = softmax.get().inputs().get(0);
    return inner(scores, "MatMul")
        .flatMap(
            node ->
                replace(
                    last,
                    "Attention",
                    List.of(node.inputs().get(0), node.inputs().get(1), values),
                    softmax.get(),
                    node));
  }

  /** What computes a value that nobody else reads. */
  private Optional<Node> inner(String value, String operator) {
    return Optional.ofNullable(producers.get(value))
        .filter(node -> readers.getOrDefault(value, 0) == 1)
        .filter(node -> node.operator().equals(operator) && node.domain().isEmpty());
  }

  private boolean is(String value, double number) {
    Tensor tensor = weights.get(value);
    if (tensor == null) {
      tensor =
          Optional.ofNullable(producers.get(value))
              .filter(node -> node.operator().equals("Constant"))
              .flatMap(node -> node.attributes().tensor("value"))
              .orElse(null);
    }
    return tensor != null
        && tensor.type() == ElementType.FLOAT
        && tensor.count() == 1
        && Math.abs(tensor.doubles()[0] - number) < 1e-6;
  }

  private Optional<Node> replace(Node last, String operator, List<String> inputs, Node... inside) {
    swallowed.addAll(List.of(inside));
    return Optional.of(
        new Node(last.name(), DOMAIN, operator, inputs, last.outputs(), Attributes.NONE));
  }
}
