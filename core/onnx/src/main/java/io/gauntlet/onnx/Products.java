package io.gauntlet.onnx;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Products of matrices. */
final class Products {
  static final Map<String, Operator> TABLE =
      Map.ofEntries(
          entry("Gemm", Operator.single(Products::gemm)),
          entry("MatMul", Operator.single(Products::matMul)),
          entry("Einsum", Operator.single(Products::einsum)));

  private Products() {}

  private static Value gemm(Call call) {
    Call.require(call.rank(0) == 2 && call.rank(1) == 2, "both factors must be matrices");
    boolean turnsLeft = call.attributes().integer("transA", 0) != 0;
    boolean turnsRight = call.attributes().integer("transB", 0) != 0;
    float alpha = call.attributes().real("alpha", 1);
    float beta = call.attributes().real("beta", 1);
    String left = turnsLeft ? "torch.t(%s)".formatted(call.arg(0)) : call.arg(0);
    requireMeeting(call.shape(0).get(turnsLeft ? 0 : 1), call.shape(1).get(turnsRight ? 1 : 0));
    List<Size> shape =
        List.of(call.shape(0).get(turnsLeft ? 1 : 0), call.shape(1).get(turnsRight ? 0 : 1));
    boolean plain = alpha == 1 && beta == 1;
    if (plain && (!call.has(2) || call.shape(2).equals(shape.subList(1, 2)))) {
      String weights = turnsRight ? call.arg(1) : "torch.t(%s)".formatted(call.arg(1));
      return call.let(shape, "torch.linear(%s, %s, %s)", left, weights, call.argOrNone(2));
    }
    String right = turnsRight ? "torch.t(%s)".formatted(call.arg(1)) : call.arg(1);
    Value product =
        call.let(shape, "torch.mul(torch.mm(%s, %s), %s)", left, right, Script.real(alpha));
    if (!call.has(2)) {
      return product;
    }
    return call.let(
        shape,
        "torch.add(%s, torch.mul(%s, %s))",
        call.name(product),
        call.arg(2),
        Script.real(beta));
  }

  private static Value matMul(Call call) {
    List<Size> left = call.shape(0);
    List<Size> right = call.shape(1);
    Call.require(!left.isEmpty() && !right.isEmpty(), "both factors must have an axis");
    List<Size> shape = new ArrayList<>(Broadcast.of(stack(left), stack(right)));
    if (left.size() > 1) {
      shape.add(left.get(left.size() - 2));
    }
    if (right.size() > 1) {
      shape.add(right.get(right.size() - 1));
    }
    return call.let(shape, "torch.matmul(%s, %s)", call.arg(0), call.arg(1));
  }

  static void requireMeeting(Size columns, Size rows) {
    Call.require(columns.equals(rows), "%s columns must meet as many rows, not %s", columns, rows);
  }

  /** Axes in front of the matrix. */
  private static List<Size> stack(List<Size> shape) {
    return shape.subList(0, Math.max(0, shape.size() - 2));
  }

  private static Value einsum(Call call) {
    String equation = call.attributes().text("equation", "").replace(" ", "");
    Call.require(
        equation.matches("[a-zA-Z,]+->[a-zA-Z]*"),
        "equation must have letters and an arrow, but is '%s'",
        equation);
    String[] sides = equation.split("->", -1);
    String[] terms = sides[0].split(",", -1);
    Call.require(terms.length == call.inputs(), "every input must have a term in '%s'", equation);
    Map<Character, Size> sizes = new HashMap<>();
    for (int i = 0; i < terms.length; i++) {
      Call.require(terms[i].length() == call.rank(i), "'%s' must fit input %s", terms[i], i);
      for (int axis = 0; axis < terms[i].length(); axis++) {
        sizes.put(terms[i].charAt(axis), call.shape(i).get(axis));
      }
    }
    List<Size> shape = new ArrayList<>();
    for (char axis : sides[1].toCharArray()) {
      Call.require(sizes.containsKey(axis), "'%s' must occur on the left of the arrow", axis);
      shape.add(sizes.get(axis));
    }
    return call.let(shape, "torch.einsum(\"%s\", %s)", equation, Script.list(call.args()));
  }
}
