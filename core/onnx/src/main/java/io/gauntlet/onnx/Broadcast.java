package io.gauntlet.onnx;

import java.util.ArrayList;
import java.util.List;

/** The shape of what is computed from two tensors, element by element. */
final class Broadcast {
  private Broadcast() {}

  static List<Size> of(List<Size> left, List<Size> right) {
    List<Size> longer = left.size() >= right.size() ? left : right;
    List<Size> shorter = left.size() >= right.size() ? right : left;
    int missing = longer.size() - shorter.size();
    List<Size> shape = new ArrayList<>(longer.subList(0, missing));
    for (int i = 0; i < shorter.size(); i++) {
      shape.add(axis(longer.get(missing + i), shorter.get(i)));
    }
    return shape;
  }

  private static Size axis(Size left, Size right) {
    if (left.equals(right) || right.is(1)) {
      return left;
    }
    Call.require(left.is(1), "sizes must be equal or 1, but are %s and %s", left, right);
    return right;
  }
}
