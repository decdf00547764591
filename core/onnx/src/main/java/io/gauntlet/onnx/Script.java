package io.gauntlet.onnx;

import io.gauntlet.onnx.Value.Computed;
import io.gauntlet.onnx.Value.Numbers;
import io.gauntlet.onnx.Value.Weight;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** A TorchScript module that grows line by line. */
final class Script {
  /** The number of rows of the batch. */
  static final String ROWS = "rows";

  /** The batch. */
  static final String INPUT = "x";

  private static final long MOST_ELEMENTS = Integer.MAX_VALUE;
  private static final int MOST_LINES = 20_000;
  private static final String DEVICE = "ops.prim.device(" + INPUT + ")";

  private final List<String> lines = new ArrayList<>();
  private final List<Tensor> weights = new ArrayList<>();
  private final IdentityHashMap<Tensor, String> names = new IdentityHashMap<>();
  private int values;
  private long elements;

  /** A line that computes {@code code}. */
  Computed let(ElementType type, List<Size> shape, String code) {
    elements = Math.addExact(elements, Size.product(shape).at(1));
    Call.require(
        elements <= MOST_ELEMENTS && lines.size() < MOST_LINES,
        "a network must compute at most %s numbers for one input in %s steps, but goes beyond",
        MOST_ELEMENTS,
        MOST_LINES);
    String name = "v" + values++;
    lines.add("%s = %s".formatted(name, code));
    return new Computed(name, type, shape);
  }

  /** The name under which TorchScript knows a value. */
  String name(Value value) {
    if (value instanceof Computed computed) {
      return computed.name();
    }
    if (value instanceof Weight weight) {
      return weight(weight.tensor());
    }
    return numbers((Numbers) value);
  }

  private String weight(Tensor tensor) {
    return names.computeIfAbsent(
        tensor,
        added -> {
          long bytes = added.type().bytes(added.count());
          Call.require(
              bytes <= Integer.MAX_VALUE,
              "a tensor must have less than 2 GB, but '%s' has %s bytes",
              added.name(),
              bytes);
          added.type().storage();
          weights.add(added);
          return "self.w" + (weights.size() - 1);
        });
  }

  private String numbers(Numbers numbers) {
    if (numbers.elements().stream().allMatch(Size::isFixed)) {
      long[] elements = numbers.elements().stream().mapToLong(Size::fixed).toArray();
      List<Long> sizes = numbers.shape().stream().map(Size::exact).toList();
      String name = weight(Tensor.ofLongs(sizes, elements));
      return numbers.type() == ElementType.INT64 ? name : to(numbers.type(), name);
    }
    String list = "torch.tensor(%s%s)".formatted(sizes(numbers.elements()), made(numbers.type()));
    return "torch.reshape(%s, %s)".formatted(list, sizes(numbers.shape()));
  }

  /** Arguments that end a call which makes a tensor out of nothing. */
  static String made(ElementType type) {
    return ", dtype=%s, device=%s".formatted(type.torchNumber(), DEVICE);
  }

  static String to(ElementType type, String code) {
    return "torch.to(%s, %s)".formatted(code, type.torchNumber());
  }

  static String sizes(List<Size> sizes) {
    return sizes.stream().map(Size::code).collect(Collectors.joining(", ", "[", "]"));
  }

  static String list(List<? extends Object> items) {
    return items.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }

  /** A number with a fraction, as TorchScript spells it. */
  static String real(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    // the decimal digits of a float stand for the same float again, not for its neighbours as a
    // double
    return Double.isNaN(value)
        ? "nan"
        : (float) value == value ? Float.toString((float) value) : Double.toString(value);
  }

  /** Tensors that the module holds: {@code w0}, {@code w1} and so on. */
  List<Tensor> weights() {
    return weights;
  }

  /** The module, which answers with {@code result}. */
  String code(Value result) {
    StringBuilder code = new StringBuilder("class Net(Module):\n");
    code.append("  __parameters__ = [").append(attributes(true)).append("]\n");
    code.append("  __buffers__ = [").append(attributes(false)).append("]\n");
    for (int i = 0; i < weights.size(); i++) {
      code.append("  w").append(i).append(" : Tensor\n");
    }
    code.append("  training : bool\n");
    code.append("  _is_full_backward_hook : Optional[bool]\n");
    code.append("  def forward(self: __torch__.Net,\n    ").append(INPUT);
    code.append(": Tensor) -> Tensor:\n");
    code.append("    ").append(ROWS).append(" = torch.size(").append(INPUT).append(", 0)\n");
    lines.forEach(line -> code.append("    ").append(line).append('\n'));
    return code.append("    return ").append(name(result)).append('\n').toString();
  }

  private String attributes(boolean parameters) {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < weights.size(); i++) {
      if (weights.get(i).type().isReal() == parameters) {
        list.append("\"w").append(i).append("\", ");
      }
    }
    return list.toString();
  }
}
