package io.gauntlet.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a convolution or a pooling looks at, one number for each axis of space.
 *
 * @param before padding in front
 * @param after padding behind
 */
record Window(
    List<Long> kernel,
    List<Long> strides,
    List<Long> dilations,
    List<Long> before,
    List<Long> after) {

  static Window of(Call call, List<Long> kernel) {
    int axes = call.rank(0) - 2;
    Call.require(
        kernel.size() == axes && kernel.stream().allMatch(size -> size > 0),
        "a kernel must have %s positive sizes, but has %s",
        axes,
        kernel);
    Attributes attributes = call.attributes();
    List<Long> strides = or(attributes.integers("strides"), axes, 1);
    List<Long> dilations = or(attributes.integers("dilations"), axes, 1);
    Call.require(
        strides.stream().allMatch(n -> n > 0) && dilations.stream().allMatch(n -> n > 0),
        "strides and dilations must be positive, but are %s and %s",
        strides,
        dilations);
    List<Long> pads = or(attributes.integers("pads"), 2 * axes, 0);
    Window explicit =
        new Window(kernel, strides, dilations, pads.subList(0, axes), pads.subList(axes, 2 * axes));
    String automatic = attributes.text("auto_pad", "NOTSET");
    return switch (automatic) {
      case "NOTSET" -> explicit;
      case "VALID" -> new Window(kernel, strides, dilations, zeros(axes), zeros(axes));
      case "SAME_UPPER", "SAME_LOWER" ->
          explicit.same(call.shape(0), automatic.equals("SAME_LOWER"));
      default -> throw new Refusal("auto_pad must not be '%s'".formatted(automatic));
    };
  }

  static List<Long> or(List<Long> given, int count, long otherwise) {
    Call.require(given.isEmpty() || given.size() == count, "%s numbers must be %s", given, count);
    return given.isEmpty() ? Collections.nCopies(count, otherwise) : given;
  }

  static List<Long> zeros(int axes) {
    return Collections.nCopies(axes, 0L);
  }

  private Window same(List<Size> shape, boolean moreBefore) {
    List<Long> first = new ArrayList<>();
    List<Long> last = new ArrayList<>();
    for (int i = 0; i < kernel.size(); i++) {
      long size = shape.get(2 + i).exact();
      long steps = (size + strides.get(i) - 1) / strides.get(i);
      long missing = Math.max(0, (steps - 1) * strides.get(i) + span(i) - size);
      first.add(moreBefore ? missing - missing / 2 : missing / 2);
      last.add(moreBefore ? missing / 2 : missing - missing / 2);
    }
    return new Window(kernel, strides, dilations, first, last);
  }

  /** Elements from the first to the last that the window touches. */
  long span(int axis) {
    return Math.addExact(Math.multiplyExact(dilations.get(axis), kernel.get(axis) - 1), 1);
  }

  /** Whether padding is the same before and after, as PyTorch's own is. */
  boolean isEven() {
    return before.equals(after);
  }

  /** Whether padding is at most half a window, as PyTorch's pooling demands. */
  boolean isNarrow() {
    for (int i = 0; i < kernel.size(); i++) {
      if (2 * before.get(i) > kernel.get(i)) {
        return false;
      }
    }
    return true;
  }

  /** Pads input 0 by a step of its own. */
  Value pad(Call call, String with) {
    List<Size> shape = new ArrayList<>(call.shape(0));
    List<Long> pads = new ArrayList<>();
    for (int i = kernel.size() - 1; i >= 0; i--) { // PyTorch begins with the last axis
      pads.add(before.get(i));
      pads.add(after.get(i));
      shape.set(2 + i, shape.get(2 + i).plus(Size.of(before.get(i) + after.get(i))));
    }
    return call.let(shape, "torch.constant_pad_nd(%s, %s, %s)", call.arg(0), pads, with);
  }

  /** The shape of what comes out. */
  List<Size> slide(List<Size> input, Size channels, boolean ceil) {
    List<Size> shape = new ArrayList<>(List.of(input.get(0), channels));
    for (int i = 0; i < kernel.size(); i++) {
      long room = input.get(2 + i).exact() + before.get(i) + after.get(i) - span(i);
      Call.require(room >= 0, "a window must fit into the image, but is wider by %s", -room);
      long stride = strides.get(i);
      long steps = ceil ? (room + stride - 1) / stride : room / stride;
      boolean startsBehind = ceil && steps * stride >= input.get(2 + i).exact() + before.get(i);
      shape.add(Size.of(startsBehind ? steps : steps + 1));
    }
    return shape;
  }
}
