package io.gauntlet.onnx;

import io.gauntlet.model.ModelException;
import io.gauntlet.onnx.Value.Computed;
import io.gauntlet.onnx.Value.Weight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** From the graph of a file to a script. */
final class Translation {
  private final OnnxFile file;
  private final Ends ends;
  private final Batching batching;
  private final Script script = new Script();
  private final Map<String, Value> values = new HashMap<>();
  private final Set<String> missing = new HashSet<>();
  private final List<String> refusals = new ArrayList<>();

  private Translation(OnnxFile file, Ends ends, Batching batching) {
    this.file = file;
    this.ends = ends;
    this.batching = batching;
  }

  /**
   * Translates what the output needs.
   *
   * @throws UnsupportedOperatorException naming all nodes that cannot be translated
   * @throws ModelException if the graph contradicts itself, or does not end in rows of scores
   */
  static TorchScriptArchive of(OnnxFile file, Ends ends, Batching batching) {
    return new Translation(file, ends, batching).run();
  }

  private TorchScriptArchive run() {
    file.graph().weights().forEach((name, tensor) -> values.put(name, new Weight(tensor)));
    values.put(ends.input().name(), input());
    List<Node> nodes = file.graph().needed(ends.output());
    for (Node node : Fusion.of(file.graph(), nodes, ends.output())) {
      translate(node);
    }
    if (!refusals.isEmpty()) {
      throw new UnsupportedOperatorException(file.path(), refusals);
    }
    try {
      return new TorchScriptArchive(script.code(scores()), script.weights());
    } catch (Refusal e) {
      throw new ModelException("%s: %s".formatted(file.path(), e.getMessage()), e);
    }
  }

  private Value input() {
    List<Size> shape = new ArrayList<>();
    shape.add(batching == Batching.ONE_BY_ONE ? Size.ONE : Size.ROWS);
    ends.inputShape().sizes().forEach(size -> shape.add(Size.of(size)));
    return new Computed(Script.INPUT, ElementType.FLOAT, shape);
  }

  private void translate(Node node) {
    Optional<Operator> operator = Operator.find(node.domain(), node.operator());
    if (operator.isEmpty()) {
      refusals.add(node.label());
      missing.addAll(node.outputs());
    } else if (node.inputs().stream().anyMatch(missing::contains)) {
      missing.addAll(node.outputs()); // which says nothing against this node
    } else {
      try {
        keep(node, operator.get().translate(call(node)));
      } catch (Refusal e) {
        refusals.add(node.label() + ": " + e.getMessage());
        missing.addAll(node.outputs());
      } catch (ArithmeticException | IndexOutOfBoundsException e) {
        refusals.add(node.label() + ": its inputs do not fit together");
        missing.addAll(node.outputs());
      }
    }
  }

  private Call call(Node node) {
    List<Optional<Value>> inputs =
        node.inputs().stream()
            .map(name -> name.isEmpty() ? Optional.<Value>empty() : Optional.of(value(name)))
            .toList();
    long opset = file.opset(node.domain()).orElse(1L);
    return new Call(script, node, opset, batching, ends.fixedRows(), inputs);
  }

  private Value value(String name) {
    Value value = values.get(name);
    if (value == null) {
      throw new Refusal("there is no gradient through '%s'".formatted(name));
    }
    return value;
  }

  private void keep(Node node, List<Optional<Value>> results) {
    for (int i = 0; i < Math.min(node.outputs().size(), results.size()); i++) {
      String name = node.outputs().get(i);
      results.get(i).ifPresent(value -> values.put(name, value));
    }
  }

  private Value scores() {
    Value output = value(ends.output());
    List<Size> shape = output.shape();
    if (batching == Batching.ONE_BY_ONE && shape.size() == 1) {
      shape = List.of(Size.ONE, shape.get(0)); // the graph has dropped the batch
      output =
          script.let(output.type(), shape, "torch.unsqueeze(%s, 0)".formatted(script.name(output)));
    }
    Size rows = batching == Batching.ONE_BY_ONE ? Size.ONE : Size.ROWS;
    Call.require(
        shape.size() == 2 && shape.get(0).equals(rows) && shape.get(1).isFixed(),
        "output '%s' must have the shape (rows, classes), but has %s",
        ends.output(),
        shape);
    Call.require(
        shape.get(1).fixed() <= Ends.MOST_CLASSES,
        "output '%s' must have at most %s classes, but has %s",
        ends.output(),
        Ends.MOST_CLASSES,
        shape.get(1));
    return output.type() == ElementType.FLOAT
        ? output
        : script.let(ElementType.FLOAT, shape, Script.to(ElementType.FLOAT, script.name(output)));
  }
}
