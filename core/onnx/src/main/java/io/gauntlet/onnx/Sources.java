package io.gauntlet.onnx;

import static java.util.Map.entry;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** Operators that make values from nothing, or from a shape. */
final class Sources {
  static final Map<String, Operator> TABLE =
      Map.ofEntries(
          entry("Constant", Operator.single(Sources::constant)),
          entry("ConstantOfShape", Operator.single(Sources::constantOfShape)),
          entry("Shape", Operator.single(Sources::shape)),
          entry("Size", Operator.single(call -> Value.Numbers.single(Size.product(call.shape(0))))),
          entry("Range", Operator.single(Sources::range)));

  private Sources() {}

  private static Value constant(Call call) {
    Attributes attributes = call.attributes();
    Optional<Tensor> tensor = attributes.tensor("value");
    if (tensor.isPresent()) {
      return new Value.Weight(tensor.get());
    }
    if (attributes.has("value_float")) {
      return new Value.Weight(Tensor.ofFloats(List.of(), attributes.real("value_float", 0)));
    }
    if (attributes.has("value_int")) {
      return Value.Numbers.single(Size.of(attributes.integer("value_int", 0)));
    }
    if (attributes.has("value_ints")) {
      return Value.Numbers.list(Size.all(attributes.integers("value_ints")));
    }
    List<Float> reals = attributes.reals("value_floats");
    Call.require(!reals.isEmpty(), "a constant must be a tensor or numbers");
    float[] values = new float[reals.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = reals.get(i);
    }
    return new Value.Weight(Tensor.ofFloats(List.of((long) values.length), values));
  }

  private static Value constantOfShape(Call call) {
    List<Size> shape = call.numbers(0);
    Tensor value =
        call.attributes().tensor("value").orElseGet(() -> Tensor.ofFloats(List.of(1L), 0));
    Size count = Size.product(shape);
    if (value.type().isInteger() && count.isFixed() && count.fixed() <= Value.MOST_NUMBERS) {
      Size element = Size.of(value.longs()[0]);
      return new Value.Numbers(
          value.type(), shape, Collections.nCopies((int) count.fixed(), element));
    }
    return call.let(
        value.type(),
        shape,
        "torch.full(%s, %s%s)",
        Script.sizes(shape),
        Script.real(value.doubles()[0]),
        Script.made(value.type()));
  }

  private static Value shape(Call call) {
    int rank = call.rank(0);
    int start = bound(call.attributes().integer("start", 0), rank);
    int end = bound(call.attributes().integer("end", rank), rank);
    return Value.Numbers.list(call.shape(0).subList(start, Math.max(start, end)));
  }

  private static int bound(long axis, int rank) {
    return (int) Math.max(0, Math.min(axis < 0 ? axis + rank : axis, rank));
  }

  private static Value range(Call call) {
    List<Long> start = call.exact(0);
    List<Long> limit = call.exact(1);
    List<Long> step = call.exact(2);
    Call.require(step.get(0) != 0, "a step must not be 0");
    long span = limit.get(0) - start.get(0);
    long count = Math.max(0, (span + step.get(0) - Long.signum(step.get(0))) / step.get(0));
    Call.require(count <= Value.MOST_NUMBERS, "a range must be short, but has %s numbers", count);
    return Value.Numbers.list(
        LongStream.range(0, count).mapToObj(i -> Size.of(start.get(0) + i * step.get(0))).toList());
  }
}
