package io.gauntlet.onnx;

import java.util.List;

/** A whole number that may depend on the batch: {@code perRow * rows + fixed}. */
record Size(long perRow, long fixed) {
  static final Size ROWS = new Size(1, 0);
  static final Size ONE = of(1);

  static Size of(long fixed) {
    return new Size(0, fixed);
  }

  static List<Size> all(List<Long> fixed) {
    return fixed.stream().map(Size::of).toList();
  }

  /** Number of elements of a tensor. */
  static Size product(List<Size> sizes) {
    return sizes.stream().reduce(ONE, Size::times);
  }

  boolean isFixed() {
    return perRow == 0;
  }

  boolean is(long value) {
    return isFixed() && fixed == value;
  }

  /** The number, which must not depend on the batch. */
  long exact() {
    if (isFixed()) {
      return fixed;
    }
    throw new Refusal("a number must not depend on the size of the batch, but is " + this);
  }

  /** What it is for a batch of {@code rows}. */
  long at(long rows) {
    return Math.addExact(Math.multiplyExact(perRow, rows), fixed);
  }

  Size plus(Size other) {
    return new Size(Math.addExact(perRow, other.perRow), Math.addExact(fixed, other.fixed));
  }

  Size minus(Size other) {
    return new Size(
        Math.subtractExact(perRow, other.perRow), Math.subtractExact(fixed, other.fixed));
  }

  Size times(Size other) {
    if (!isFixed() && !other.isFixed()) {
      throw new Refusal("a number must not grow with the square of the batch, but does");
    }
    long factor = isFixed() ? fixed : other.fixed;
    Size scaled = isFixed() ? other : this;
    return new Size(
        Math.multiplyExact(scaled.perRow, factor), Math.multiplyExact(scaled.fixed, factor));
  }

  /** Integer division as ONNX does it; a number that depends on the batch must have no rest. */
  Size dividedBy(Size other) {
    if (isFixed() && other.isFixed() && other.fixed != 0) {
      return of(fixed / other.fixed);
    }
    if (other.isFixed()
        && other.fixed != 0
        && perRow % other.fixed == 0
        && fixed % other.fixed == 0) {
      return new Size(perRow / other.fixed, fixed / other.fixed);
    }
    if (!other.isFixed()
        && equals(other.times(of(other.perRow == 0 ? 0 : perRow / other.perRow)))) {
      return of(perRow / other.perRow);
    }
    throw new Refusal("%s cannot be divided by %s".formatted(this, other));
  }

  /** What a division leaves, with the sign of the divisor. */
  Size modulo(Size other) {
    if (other.isFixed() && other.fixed != 0 && perRow % other.fixed == 0) {
      return of(Math.floorMod(fixed, other.fixed));
    }
    throw new Refusal("what %s leaves of %s cannot be known".formatted(other, this));
  }

  /** As TorchScript spells it. */
  String code() {
    if (isFixed()) {
      return Long.toString(fixed);
    }
    String scaled = perRow == 1 ? Script.ROWS : "torch.mul(%s, %s)".formatted(Script.ROWS, perRow);
    return fixed == 0 ? scaled : "torch.add(%s, %s)".formatted(scaled, fixed);
  }

  @Override
  public String toString() {
    return isFixed() ? Long.toString(fixed) : "%s * rows + %s".formatted(perRow, fixed);
  }
}
