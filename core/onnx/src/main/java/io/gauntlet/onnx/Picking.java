package io.gauntlet.onnx;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Operators that take some of the elements. */
final class Picking {
  static final Map<String, Operator> TABLE =
      Map.ofEntries(
          entry("Gather", Operator.single(Picking::gather)),
          entry("GatherElements", Operator.single(Picking::gatherElements)),
          entry("Slice", Operator.single(Picking::slice)),
          entry("Split", Picking::split),
          entry("Trilu", Operator.single(Picking::triangle)));

  private Picking() {}

  private static Value gather(Call call) {
    int axis = call.axis("axis", 0);
    Optional<List<Size>> known = call.value(1).numbers();
    if (known.isPresent() && call.rank(0) == 1 && call.value(0).numbers().isPresent()) {
      List<Size> from = call.numbers(0);
      List<Size> picked =
          call.exact(1).stream().map(i -> from.get(Call.axis(i, from.size()))).toList();
      return new Value.Numbers(call.type(0), call.shape(1), picked);
    }
    List<Size> shape = new ArrayList<>(call.shape(0).subList(0, axis));
    shape.addAll(call.shape(1));
    shape.addAll(call.shape(0).subList(axis + 1, call.rank(0)));
    Size size = call.shape(0).get(axis);
    if (known.isPresent() && call.rank(1) == 0) {
      int index = Call.axis(call.exact(1).get(0), Math.toIntExact(size.exact()));
      return call.let(shape, "torch.select(%s, %s, %s)", call.arg(0), axis, index);
    }
    String indices = "torch.remainder(%s, %s)".formatted(call.arg(1), size.exact());
    return call.let(
        shape,
        "torch.reshape(torch.index_select(%s, %s, torch.reshape(%s, [-1])), %s)",
        call.arg(0),
        axis,
        indices,
        Script.sizes(shape));
  }

  private static Value gatherElements(Call call) {
    int axis = call.axis("axis", 0);
    String indices =
        "torch.remainder(%s, %s)".formatted(call.arg(1), call.shape(0).get(axis).exact());
    return call.let(call.shape(1), "torch.gather(%s, %s, %s)", call.arg(0), axis, indices);
  }

  /** A walk along one axis: {@code count} elements from {@code start} on, {@code step} apart. */
  private record Walk(int axis, long start, long step, long count) {
    static Walk of(int axis, long size, long start, long end, long step) {
      Call.require(step != 0, "a step must not be 0");
      long first = clamp(start < 0 ? start + size : start, step > 0 ? 0 : -1, size, step);
      long last = clamp(end < 0 ? end + size : end, step > 0 ? 0 : -1, size, step);
      long count = Math.max(0, (last - first + step - Long.signum(step)) / step);
      return new Walk(axis, first, step, count);
    }

    private static long clamp(long value, long lowest, long size, long step) {
      return Math.max(lowest, Math.min(value, step > 0 ? size : size - 1));
    }

    long[] indices() {
      return LongStream.range(0, count).map(i -> start + i * step).toArray();
    }
  }

  /** Bounds moved from attributes to inputs in opset 10. */
  private static Value slice(Call call) {
    boolean old = call.opset() < 10;
    List<Long> starts = old ? call.attributes().integers("starts") : call.exact(1);
    List<Size> ends = old ? Size.all(call.attributes().integers("ends")) : call.numbers(2);
    List<Long> axes =
        call.has(3)
            ? call.exact(3)
            : old && call.attributes().has("axes")
                ? call.attributes().integers("axes")
                : LongStream.range(0, starts.size()).boxed().toList();
    List<Long> steps = call.has(4) ? call.exact(4) : starts.stream().map(start -> 1L).toList();
    Call.require(
        starts.size() == ends.size() && axes.size() == ends.size() && steps.size() == ends.size(),
        "there must be as many starts as ends, axes and steps");
    Value result = call.value(0);
    for (int i = 0; i < starts.size(); i++) {
      int axis = Call.axis(axes.get(i), call.rank(0));
      result = slice(call, result, axis, starts.get(i), ends.get(i), steps.get(i));
    }
    return result;
  }

  private static Value slice(Call call, Value value, int axis, long start, Size end, long step) {
    Size size = value.shape().get(axis);
    if (start == 0
        && step == 1
        && (end.equals(size) || end.is(Long.MAX_VALUE) || end.is(Integer.MAX_VALUE))) {
      return value;
    }
    Walk walk = Walk.of(axis, size.exact(), start, end.exact(), step);
    Optional<List<Size>> known = value.numbers();
    if (known.isPresent() && value.shape().size() == 1 && value.type().isInteger()) {
      return Value.Numbers.list(
          LongStream.of(walk.indices()).mapToObj(i -> known.get().get((int) i)).toList());
    }
    List<Size> shape = new ArrayList<>(value.shape());
    shape.set(axis, Size.of(walk.count));
    if (step < 0) {
      Value indices = new Value.Weight(Tensor.ofLongs(List.of(walk.count), walk.indices()));
      return call.let(
          value.type(),
          shape,
          "torch.index_select(%s, %s, %s)",
          call.name(value),
          axis,
          call.name(indices));
    }
    return call.let(value.type(), shape, cut(call.name(value), axis, walk));
  }

  private static String cut(String name, int axis, Walk walk) {
    return "torch.slice(%s, %s, %s, %s, %s)"
        .formatted(name, axis, walk.start, walk.start + walk.count * walk.step, walk.step);
  }

  private static List<Optional<Value>> split(Call call) {
    int axis = call.axis("axis", 0);
    long size = call.shape(0).get(axis).exact();
    List<Long> given = call.listed("split", 1);
    List<Long> sizes = given.isEmpty() ? evenly(size, call.outputs()) : given;
    Call.require(
        sizes.stream().mapToLong(Long::longValue).sum() == size
            && sizes.stream().allMatch(part -> part >= 0),
        "the parts %s must make up the axis of %s",
        sizes,
        size);
    List<Optional<Value>> parts = new ArrayList<>();
    long start = 0;
    for (long part : sizes) {
      List<Size> shape = new ArrayList<>(call.shape(0));
      shape.set(axis, Size.of(part));
      parts.add(
          Optional.of(call.let(shape, cut(call.arg(0), axis, new Walk(axis, start, 1, part)))));
      start += part;
    }
    return parts;
  }

  /** The last part is the smallest where it does not come out even. */
  private static List<Long> evenly(long size, int parts) {
    long most = (size + parts - 1) / parts;
    return IntStream.range(0, parts)
        .mapToObj(i -> Math.max(0, Math.min(most, size - i * most)))
        .toList();
  }

  private static Value triangle(Call call) {
    String function = call.attributes().integer("upper", 1) != 0 ? "torch.triu" : "torch.tril";
    long diagonal = call.has(1) ? call.exact(1).get(0) : 0;
    return call.let(call.shape(0), "%s(%s, %s)", function, call.arg(0), diagonal);
  }
}
