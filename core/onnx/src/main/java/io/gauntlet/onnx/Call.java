package io.gauntlet.onnx;

import io.gauntlet.onnx.Value.Computed;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** One node that is being translated: what goes in, and the script that it adds to. */
final class Call {
  private final Script script;
  private final Node node;
  private final long opset;
  private final Batching batching;
  private final long declaredRows;
  private final List<Optional<Value>> inputs;

  Call(
      Script script,
      Node node,
      long opset,
      Batching batching,
      long declaredRows,
      List<Optional<Value>> inputs) {
    this.script = script;
    this.node = node;
    this.opset = opset;
    this.batching = batching;
    this.declaredRows = declaredRows;
    this.inputs = inputs;
  }

  /** Version of the operators of this node's domain. */
  long opset() {
    return opset;
  }

  Batching batching() {
    return batching;
  }

  /** The size of the batch that the file fixes; 0 where it does not. */
  long declaredRows() {
    return declaredRows;
  }

  Attributes attributes() {
    return node.attributes();
  }

  /** Number of values that the node is to compute. */
  int outputs() {
    return node.outputs().size();
  }

  /** Number of values that go in, those left out included. */
  int inputs() {
    return inputs.size();
  }

  boolean has(int input) {
    return input < inputs.size() && inputs.get(input).isPresent();
  }

  Value value(int input) {
    if (has(input)) {
      return inputs.get(input).get();
    }
    throw new Refusal("input %s must be there, but is not".formatted(input));
  }

  /** TorchScript's name of an input. */
  String arg(int input) {
    return script.name(value(input));
  }

  /** TorchScript's name of an input that may be left out. */
  String argOrNone(int input) {
    return has(input) ? arg(input) : "None";
  }

  /** TorchScript's names of all inputs. */
  List<String> args() {
    return IntStream.range(0, inputs()).mapToObj(this::arg).toList();
  }

  List<Size> shape(int input) {
    return value(input).shape();
  }

  int rank(int input) {
    return shape(input).size();
  }

  ElementType type(int input) {
    return value(input).type();
  }

  /** Whole numbers that must be known now. */
  List<Size> numbers(int input) {
    return value(input)
        .numbers()
        .orElseThrow(() -> new Refusal("input %s must be known without running".formatted(input)));
  }

  /** Whole numbers that must be known now and must not depend on the batch. */
  List<Long> exact(int input) {
    return numbers(input).stream().map(Size::exact).toList();
  }

  /** One number that must be known now. */
  double real(int input) {
    return value(input)
        .reals()
        .filter(values -> values.length == 1)
        .orElseThrow(() -> new Refusal("input %s must be one number of the file".formatted(input)))[
        0];
  }

  /** Whole numbers that older opsets have as an attribute and newer ones as an input. */
  List<Long> listed(String attribute, int input) {
    return has(input) ? exact(input) : attributes().integers(attribute);
  }

  /** An axis, which may be counted from behind. */
  static int axis(long axis, int rank) {
    long counted = axis < 0 ? axis + rank : axis;
    if (counted < 0 || counted >= rank) {
      throw new Refusal("an axis must be among the %s, but is %s".formatted(rank, axis));
    }
    return (int) counted;
  }

  /** The axis of input 0 that an attribute names. */
  int axis(String attribute, long otherwise) {
    return axis(attributes().integer(attribute, otherwise), rank(0));
  }

  /** A line of script; the result has the type of input 0. */
  Computed let(List<Size> shape, String code, Object... args) {
    return let(type(0), shape, code, args);
  }

  @SuppressWarnings("AnnotateFormatMethod") // codes come from tables of operators, too
  Computed let(ElementType type, List<Size> shape, String code, Object... args) {
    return script.let(type, possible(shape), code.formatted(args));
  }

  private static List<Size> possible(List<Size> shape) {
    boolean legal = shape.stream().allMatch(size -> size.perRow() >= 0 && size.fixed() >= 0);
    require(legal, "no axis may have a negative size, but the shape is %s", shape);
    return shape;
  }

  /** TorchScript's name of a value that another line of the same node computes. */
  String name(Value value) {
    return script.name(value);
  }

  /** Insists on something that not every legal node has. */
  @SuppressWarnings("AnnotateFormatMethod") // needs an annotation that is no dependency
  static void require(boolean holds, String rule, Object... args) {
    if (!holds) {
      throw new Refusal(rule.formatted(args));
    }
  }
}
