package io.gauntlet.onnx;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Operators that leave the elements as they are and arrange them otherwise. */
final class Shaping {
  static final Map<String, Operator> TABLE =
      Map.ofEntries(
          entry("Reshape", Operator.single(Shaping::reshape)),
          entry("Flatten", Operator.single(Shaping::flatten)),
          entry("Squeeze", Operator.single(Shaping::squeeze)),
          entry("Unsqueeze", Operator.single(Shaping::unsqueeze)),
          entry("Transpose", Operator.single(Shaping::transpose)),
          entry("Concat", Operator.single(Shaping::concat)),
          entry("Expand", Operator.single(Shaping::expand)),
          entry("Tile", Operator.single(Shaping::tile)),
          entry("Pad", Operator.single(Shaping::pad)),
          entry("DepthToSpace", Operator.single(Shaping::depthToSpace)),
          entry("SpaceToDepth", Operator.single(Shaping::spaceToDepth)));

  private Shaping() {}

  /** Known numbers keep being known, whatever their shape. */
  private static Value as(Call call, List<Size> shape) {
    Value value = call.value(0);
    if (value.type().isInteger() && value.numbers().isPresent()) {
      return new Value.Numbers(value.type(), shape, value.numbers().get());
    }
    return call.let(shape, "torch.reshape(%s, %s)", call.arg(0), Script.sizes(shape));
  }

  private static Value reshape(Call call) {
    boolean keepsZeros = call.attributes().integer("allowzero", 0) != 0;
    List<Size> asked =
        call.has(1) ? call.numbers(1) : Size.all(call.attributes().integers("shape"));
    List<Size> target = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      boolean copies = asked.get(i).is(0) && !keepsZeros;
      Call.require(!copies || i < call.rank(0), "axis %s to copy must be there", i);
      target.add(copies ? call.shape(0).get(i) : asked.get(i));
    }
    return as(call, fill(call, target));
  }

  /** Finds the size that is left open. */
  private static List<Size> fill(Call call, List<Size> target) {
    Size all = Size.product(call.shape(0));
    boolean baked =
        call.batching() == Batching.WIDENED
            && !all.isFixed()
            && target.stream().allMatch(Size::isFixed);
    if (baked) {
      leaveTo(target, target.indexOf(Size.of(-1)), Size.of(all.at(call.declaredRows())));
      leaveTo(target, batchAxis(call.shape(0), target), all);
    } else {
      leaveTo(target, target.indexOf(Size.of(-1)), all);
    }
    Call.require(
        Size.product(target).equals(all), "%s elements must fill the shape %s", all, target);
    return target;
  }

  private static void leaveTo(List<Size> target, int axis, Size all) {
    if (axis >= 0) {
      List<Size> others = new ArrayList<>(target);
      others.remove(axis);
      target.set(axis, all.dividedBy(Size.product(others)));
    }
  }

  /**
   * In a file that fixes the batch the exporter has written the sizes of that batch. The axis that
   * grows with it is the one with as many elements in front of it as the batch has now.
   */
  private static int batchAxis(List<Size> shape, List<Size> target) {
    Size before = Size.ONE;
    for (int axis = 0; shape.get(axis).isFixed(); axis++) {
      before = before.times(shape.get(axis));
    }
    Size passed = Size.ONE;
    for (int axis = 0; axis < target.size(); axis++) {
      if (passed.equals(before)) {
        return axis;
      }
      passed = passed.times(target.get(axis));
    }
    throw new Refusal("the batch must stay an axis of its own, but goes into " + target);
  }

  private static Value flatten(Call call) {
    long asked = call.attributes().integer("axis", 1);
    int rank = call.rank(0);
    int axis = asked == rank ? rank : Call.axis(asked, rank);
    List<Size> shape = call.shape(0);
    return as(
        call,
        List.of(Size.product(shape.subList(0, axis)), Size.product(shape.subList(axis, rank))));
  }

  private static Value squeeze(Call call) {
    List<Size> shape = call.shape(0);
    List<Integer> axes =
        call.listed("axes", 1).stream().map(axis -> Call.axis(axis, shape.size())).toList();
    List<Size> rest = new ArrayList<>();
    for (int axis = 0; axis < shape.size(); axis++) {
      boolean goes = axes.isEmpty() ? shape.get(axis).is(1) : axes.contains(axis);
      Call.require(
          !goes || shape.get(axis).is(1), "axis %s must be 1, but is %s", axis, shape.get(axis));
      if (!goes) {
        rest.add(shape.get(axis));
      }
    }
    return as(call, rest);
  }

  private static Value unsqueeze(Call call) {
    List<Long> given = call.listed("axes", 1);
    int rank = call.rank(0) + given.size();
    List<Integer> axes = given.stream().map(axis -> Call.axis(axis, rank)).sorted().toList();
    List<Size> shape = new ArrayList<>(call.shape(0));
    axes.forEach(axis -> shape.add(axis, Size.ONE));
    return as(call, shape);
  }

  private static Value transpose(Call call) {
    int rank = call.rank(0);
    List<Long> given = call.attributes().integers("perm");
    List<Integer> order =
        given.isEmpty()
            ? IntStream.range(0, rank).map(i -> rank - 1 - i).boxed().toList()
            : given.stream().map(axis -> Call.axis(axis, rank)).toList();
    Call.require(
        order.size() == rank && order.stream().distinct().count() == rank,
        "perm must name every axis once, but is %s",
        order);
    List<Size> shape = order.stream().map(call.shape(0)::get).toList();
    return call.let(shape, "torch.permute(%s, %s)", call.arg(0), order);
  }

  private static Value concat(Call call) {
    int axis = call.axis("axis", 1);
    List<Value> parts = IntStream.range(0, call.inputs()).mapToObj(call::value).toList();
    if (call.rank(0) == 1
        && call.type(0).isInteger()
        && parts.stream().allMatch(part -> part.numbers().isPresent())) {
      return Value.Numbers.list(
          parts.stream()
              .flatMap(part -> part.numbers().orElseThrow().stream())
              .limit(Value.MOST_NUMBERS + 1)
              .toList());
    }
    boolean grows = axis > 0 && parts.stream().anyMatch(part -> !part.shape().get(0).isFixed());
    List<Value> equal = grows ? parts.stream().map(part -> onEveryRow(call, part)).toList() : parts;
    List<Size> shape = new ArrayList<>(equal.get(0).shape());
    for (Value part : equal.subList(1, equal.size())) {
      Call.require(
          sameBeside(axis, part.shape(), shape),
          "parts must agree beside axis %s, but are %s and %s",
          axis,
          part.shape(),
          shape);
      shape.set(axis, shape.get(axis).plus(part.shape().get(axis)));
    }
    String names = equal.stream().map(call::name).collect(Collectors.joining(", "));
    return call.let(shape, "torch.cat([%s], %s)", names, axis);
  }

  /** A class token, say, that the file has for the one row of the batch it fixes. */
  private static Value onEveryRow(Call call, Value part) {
    if (call.batching() != Batching.WIDENED || !part.shape().get(0).is(1)) {
      return part;
    }
    List<Size> shape = new ArrayList<>(part.shape());
    shape.set(0, Size.ROWS);
    return call.let(
        part.type(), shape, "torch.expand(%s, %s)", call.name(part), Script.sizes(shape));
  }

  private static boolean sameBeside(int axis, List<Size> left, List<Size> right) {
    return left.size() == right.size()
        && IntStream.range(0, left.size())
            .allMatch(i -> i == axis || left.get(i).equals(right.get(i)));
  }

  private static Value expand(Call call) {
    List<Size> shape = Broadcast.of(call.shape(0), call.numbers(1));
    if (shape.equals(call.shape(0))) {
      return call.value(0);
    }
    return call.let(shape, "torch.expand(%s, %s)", call.arg(0), Script.sizes(shape));
  }

  private static Value tile(Call call) {
    List<Size> times = call.numbers(1);
    Call.require(times.size() == call.rank(0), "repeats must be %s numbers", call.rank(0));
    List<Size> shape =
        IntStream.range(0, times.size())
            .mapToObj(axis -> call.shape(0).get(axis).times(times.get(axis)))
            .toList();
    return call.let(shape, "torch.repeat(%s, %s)", call.arg(0), Script.sizes(times));
  }

  /** Widths moved from an attribute to an input in opset 11; opset 18 lets some axes out. */
  private static Value pad(Call call) {
    int rank = call.rank(0);
    List<Long> widths = call.opset() < 11 ? call.attributes().integers("pads") : call.exact(1);
    List<Integer> axes =
        call.has(3)
            ? call.exact(3).stream().map(axis -> Call.axis(axis, rank)).toList()
            : IntStream.range(0, rank).boxed().toList();
    Call.require(
        widths.size() == 2 * axes.size(), "every axis must have two widths, but has %s", widths);
    long[] pads = new long[2 * rank];
    List<Size> shape = new ArrayList<>(call.shape(0));
    for (int i = 0; i < axes.size(); i++) {
      int axis = axes.get(i);
      long before = widths.get(i);
      long after = widths.get(axes.size() + i);
      pads[2 * (rank - 1 - axis)] = before; // PyTorch begins with the last axis
      pads[2 * (rank - 1 - axis) + 1] = after;
      shape.set(axis, shape.get(axis).plus(Size.of(before + after)));
    }
    String mode = call.attributes().text("mode", "constant");
    if (mode.equals("constant")) {
      double value = call.opset() < 11 ? call.attributes().real("value", 0) : padding(call);
      return call.let(
          shape, "torch.constant_pad_nd(%s, %s, %s)", call.arg(0), list(pads), Script.real(value));
    }
    boolean image =
        rank == 4
            && Arrays.stream(pads).skip(4).allMatch(width -> width == 0)
            && (mode.equals("reflect") || mode.equals("edge"));
    Call.require(image, "mode '%s' must pad height and width of images only", mode);
    return call.let(
        shape,
        "torch.%s_pad2d(%s, %s)",
        mode.equals("reflect") ? "reflection" : "replication",
        call.arg(0),
        list(Arrays.copyOf(pads, 4)));
  }

  private static double padding(Call call) {
    return call.has(2) ? call.real(2) : 0;
  }

  private static String list(long... values) {
    return Arrays.toString(values);
  }

  private static Value depthToSpace(Call call) {
    List<Size> shape = call.shape(0);
    long block = call.attributes().integer("blocksize", 0);
    Call.require(call.rank(0) == 4 && block > 0, "images must have 4 axes and blocksize be given");
    Size edge = Size.of(block);
    Size depth = shape.get(1).dividedBy(Size.of(block * block));
    boolean depthFirst = call.attributes().text("mode", "DCR").equals("DCR");
    List<Size> split =
        depthFirst
            ? List.of(shape.get(0), edge, edge, depth, shape.get(2), shape.get(3))
            : List.of(shape.get(0), depth, edge, edge, shape.get(2), shape.get(3));
    return call.let(
        List.of(shape.get(0), depth, shape.get(2).times(edge), shape.get(3).times(edge)),
        "torch.reshape(torch.permute(torch.reshape(%s, %s), %s), %s)",
        call.arg(0),
        Script.sizes(split),
        depthFirst ? List.of(0, 3, 4, 1, 5, 2) : List.of(0, 1, 4, 2, 5, 3),
        Script.sizes(
            List.of(shape.get(0), depth, shape.get(2).times(edge), shape.get(3).times(edge))));
  }

  private static Value spaceToDepth(Call call) {
    List<Size> shape = call.shape(0);
    long block = call.attributes().integer("blocksize", 0);
    Call.require(call.rank(0) == 4 && block > 0, "images must have 4 axes and blocksize be given");
    Size edge = Size.of(block);
    Size height = shape.get(2).dividedBy(edge);
    Size width = shape.get(3).dividedBy(edge);
    List<Size> result =
        List.of(shape.get(0), shape.get(1).times(Size.of(block * block)), height, width);
    return call.let(
        result,
        "torch.reshape(torch.permute(torch.reshape(%s, %s), [0, 3, 5, 1, 2, 4]), %s)",
        call.arg(0),
        Script.sizes(List.of(shape.get(0), shape.get(1), height, edge, width, edge)),
        Script.sizes(result));
  }
}
