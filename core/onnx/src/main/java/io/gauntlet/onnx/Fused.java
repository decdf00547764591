package io.gauntlet.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@link Fusion} finds. */
final class Fused {
  static final Map<String, Operator> TABLE =
      Map.of(
          "Linear", Operator.single(Fused::linear),
          "Gelu", Operator.single(call -> call.let(call.shape(0), "torch.gelu(%s)", call.arg(0))),
          "Attention", Operator.single(Fused::attention));

  private Fused() {}

  private static Value linear(Call call) {
    List<Size> shape = new ArrayList<>(call.shape(0));
    int last = shape.size() - 1;
    Products.requireMeeting(shape.get(last), call.shape(1).get(0));
    shape.set(last, call.shape(1).get(1));
    return call.let(
        shape, "torch.linear(%s, torch.t(%s), %s)", call.arg(0), call.arg(1), call.arg(2));
  }

  /** Queries and keys come scaled. */
  private static Value attention(Call call) {
    List<Size> queries = call.shape(0);
    List<Size> keys = call.shape(1);
    List<Size> values = call.shape(2);
    int rank = queries.size();
    Call.require(
        rank > 2 && keys.size() == rank && values.size() == rank,
        "queries, keys and values must have as many axes, at least 3");
    Products.requireMeeting(queries.get(rank - 1), keys.get(rank - 2));
    Products.requireMeeting(keys.get(rank - 1), values.get(rank - 2));
    List<Size> shape = new ArrayList<>(queries);
    shape.set(rank - 1, values.get(rank - 1));
    return call.let(
        shape,
        "torch.scaled_dot_product_attention(%s, torch.transpose(%s, -2, -1), %s, None, 0., False, scale=1.)",
        call.arg(0),
        call.arg(1),
        call.arg(2));
  }
}
