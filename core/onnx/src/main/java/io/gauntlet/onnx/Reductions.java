package io.gauntlet.onnx;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Operators that make one number out of all along some axes. */
final class Reductions {
  static final Map<String, Operator> TABLE =
      Map.ofEntries(
          reduction("ReduceMean", 18, "torch.mean(%s, %s, %s)"),
          reduction("ReduceSum", 13, "torch.sum(%s, %s, %s)"),
          reduction("ReduceMax", 18, "torch.amax(%s, %s, %s)"),
          reduction("ReduceMin", 18, "torch.amin(%s, %s, %s)"),
          reduction("ReduceL1", 18, "torch.linalg_vector_norm(%s, 1, %s, %s)"),
          reduction("ReduceL2", 18, "torch.linalg_vector_norm(%s, 2, %s, %s)"),
          reduction("ReduceSumSquare", 18, "torch.sum(torch.mul(%1$s, %1$s), %2$s, %3$s)"),
          reduction("ReduceLogSum", 18, "torch.log(torch.sum(%s, %s, %s))"),
          reduction("ReduceLogSumExp", 18, "torch.logsumexp(%s, %s, %s)"),
          entry("ReduceProd", Operator.single(Reductions::product)),
          entry("ArgMax", Operator.single(call -> position(call, "torch.argmax"))),
          entry("ArgMin", Operator.single(call -> position(call, "torch.argmin"))));

  private Reductions() {}

  /** Axes moved from an attribute to an input, in an opset that depends on the operator. */
  private static Map.Entry<String, Operator> reduction(String name, int inputSince, String code) {
    return entry(name, Operator.single(call -> reduce(call, inputSince, code)));
  }

  private static Value reduce(Call call, int inputSince, String code) {
    List<Integer> axes = axes(call, inputSince);
    if (axes.isEmpty()) { // every element alone
      return call.let(
          call.shape(0), code, "torch.unsqueeze(%s, 0)".formatted(call.arg(0)), "[0]", "False");
    }
    boolean keeps = call.attributes().integer("keepdims", 1) != 0;
    return call.let(
        without(call.shape(0), axes, keeps), code, call.arg(0), axes, keeps ? "True" : "False");
  }

  /** None where the node is to do nothing. */
  private static List<Integer> axes(Call call, int inputSince) {
    List<Long> given =
        call.opset() < inputSince
            ? call.attributes().integers("axes")
            : call.has(1) ? call.exact(1) : List.of();
    boolean nothing = call.attributes().integer("noop_with_empty_axes", 0) != 0;
    LongStream axes =
        given.isEmpty() && !nothing
            ? LongStream.range(0, call.rank(0))
            : given.stream().mapToLong(Long::longValue);
    return axes.mapToObj(axis -> Call.axis(axis, call.rank(0))).sorted().distinct().toList();
  }

  private static List<Size> without(List<Size> shape, List<Integer> axes, boolean keeps) {
    List<Size> rest = new ArrayList<>();
    for (int axis = 0; axis < shape.size(); axis++) {
      if (!axes.contains(axis)) {
        rest.add(shape.get(axis));
      } else if (keeps) {
        rest.add(Size.ONE);
      }
    }
    return rest;
  }

  private static Value product(Call call) {
    List<Integer> axes = axes(call, 18);
    boolean keeps = call.attributes().integer("keepdims", 1) != 0;
    if (call.value(0).numbers().isPresent() && call.rank(0) == 1 && axes.size() == 1) {
      Size product = Size.product(call.numbers(0));
      return keeps ? Value.Numbers.list(List.of(product)) : Value.Numbers.single(product);
    }
    String code = call.arg(0);
    for (int i = axes.size() - 1;
        i >= 0;
        i--) { // from the last, so that the others keep their place
      code = "torch.prod(%s, %s, %s)".formatted(code, axes.get(i), keeps ? "True" : "False");
    }
    return axes.isEmpty()
        ? call.value(0)
        : call.let(without(call.shape(0), axes, keeps), "%s", code);
  }

  private static Value position(Call call, String function) {
    int axis = call.axis("axis", 0);
    boolean keeps = call.attributes().integer("keepdims", 1) != 0;
    Call.require(
        call.attributes().integer("select_last_index", 0) == 0,
        "of equal values the first must be taken, not the last");
    return call.let(
        ElementType.INT64,
        without(call.shape(0), List.of(axis), keeps),
        "%s(%s, %s, %s)",
        function,
        call.arg(0),
        axis,
        keeps ? "True" : "False");
  }
}
