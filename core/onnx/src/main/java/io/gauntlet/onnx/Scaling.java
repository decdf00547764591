package io.gauntlet.onnx;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Operators that bring values to a common scale. */
final class Scaling {
  static final Map<String, Operator> TABLE =
      Map.ofEntries(
          entry("BatchNormalization", Operator.single(Scaling::batch)),
          entry("InstanceNormalization", Operator.single(Scaling::instance)),
          entry("LayerNormalization", Operator.single(Scaling::layer)),
          entry("GroupNormalization", Operator.single(Scaling::group)),
          entry("LRN", Operator.single(Scaling::localResponse)),
          entry("LpNormalization", Operator.single(Scaling::norm)),
          entry("Softmax", Operator.single(call -> softmax(call, "torch.softmax"))),
          entry("LogSoftmax", Operator.single(call -> softmax(call, "torch.log_softmax"))));

  private Scaling() {}

  private static String epsilon(Call call) {
    return Script.real(call.attributes().real("epsilon", 1e-5f));
  }

  private static Value batch(Call call) {
    Call.require(
        call.attributes().integer("training_mode", 0) == 0
            && call.attributes().integer("spatial", 1) == 1,
        "statistics must be the file's, one for each channel");
    return call.let(
        call.shape(0),
        "torch.batch_norm(%s, %s, %s, %s, %s, False, 0., %s, False)",
        call.arg(0),
        call.arg(1),
        call.arg(2),
        call.arg(3),
        call.arg(4),
        epsilon(call));
  }

  private static Value instance(Call call) {
    return call.let(
        call.shape(0),
        "torch.instance_norm(%s, %s, %s, None, None, True, 0., %s, False)",
        call.arg(0),
        call.arg(1),
        call.arg(2),
        epsilon(call));
  }

  private static Value layer(Call call) {
    List<Size> shape = call.shape(0);
    List<Size> last = shape.subList(call.axis("axis", -1), shape.size());
    Call.require(
        call.shape(1).equals(last) && (!call.has(2) || call.shape(2).equals(last)),
        "scale and bias must have the shape %s of what is normalised",
        last);
    return call.let(
        shape,
        "torch.layer_norm(%s, %s, %s, %s, %s, False)",
        call.arg(0),
        last.stream().map(Size::exact).toList(),
        call.arg(1),
        call.argOrNone(2),
        epsilon(call));
  }

  /** Opset 18 scales whole groups, opset 21 every channel. */
  private static Value group(Call call) {
    long groups = call.attributes().integer("num_groups", 1);
    long channels = call.shape(0).get(1).exact();
    Call.require(
        groups > 0 && channels % groups == 0, "%s groups must divide %s", groups, channels);
    String each =
        call.opset() < 21 ? "torch.repeat_interleave(%s, " + channels / groups + ")" : "%s";
    return call.let(
        call.shape(0),
        "torch.group_norm(%s, %s, %s, %s, %s, False)",
        call.arg(0),
        groups,
        each.formatted(call.arg(1)),
        each.formatted(call.arg(2)),
        epsilon(call));
  }

  /** Across channels: an average over a window along them, as PyTorch composes it too. */
  private static Value localResponse(Call call) {
    Call.require(call.rank(0) == 4, "input 0 must have 4 axes, but has %s", call.rank(0));
    long size = call.attributes().integer("size", 0);
    Call.require(size > 0, "size must be positive, but is %s", size);
    long before = (size - 1) / 2;
    Value squares =
        call.let(call.shape(0), "torch.unsqueeze(torch.mul(%1$s, %1$s), 1)", call.arg(0));
    Value mean =
        call.let(
            call.shape(0),
            "torch.squeeze(torch.avg_pool3d(torch.constant_pad_nd(%s, %s, 0.), %s, %s), 1)",
            call.name(squares),
            List.of(0L, 0L, 0L, 0L, before, size - 1 - before),
            List.of(size, 1L, 1L),
            List.of(1, 1, 1));
    return call.let(
        call.shape(0),
        "torch.div(%s, torch.pow(torch.add(torch.mul(%s, %s), %s), %s))",
        call.arg(0),
        call.name(mean),
        Script.real(call.attributes().real("alpha", 1e-4f)),
        Script.real(call.attributes().real("bias", 1)),
        Script.real(call.attributes().real("beta", 0.75f)));
  }

  private static Value norm(Call call) {
    return call.let(
        call.shape(0),
        "torch.div(%1$s, torch.linalg_vector_norm(%1$s, %2$s, [%3$s], True))",
        call.arg(0),
        call.attributes().integer("p", 2),
        call.axis("axis", -1));
  }

  /** Before opset 13 over all axes from the given one on, since then over that one alone. */
  private static Value softmax(Call call, String function) {
    int axis = call.axis("axis", call.opset() < 13 ? 1 : -1);
    if (call.opset() >= 13 || axis == call.rank(0) - 1) {
      return call.let(call.shape(0), "%s(%s, %s)", function, call.arg(0), axis);
    }
    List<Size> shape = call.shape(0);
    List<Size> flat = new ArrayList<>(shape.subList(0, axis));
    flat.addAll(Collections.singletonList(Size.product(shape.subList(axis, shape.size()))));
    return call.let(
        shape,
        "torch.reshape(%s(torch.reshape(%s, %s), %s), %s)",
        function,
        call.arg(0),
        Script.sizes(flat),
        axis,
        Script.sizes(shape));
  }
}
