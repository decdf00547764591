package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Layer;
import io.gauntlet.model.ReluNetwork;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Interval arithmetic through a network, rounded outwards. */
final class Intervals {
  private Intervals() {}

  /** A box around every value: the input, then what each step gives. */
  static List<Box> of(Weighed network, Region region) {
    List<Box> boxes = new ArrayList<>();
    boxes.add(region.box());
    for (int k = 0; k < network.steps(); k++) {
      boxes.add(after(network, k, boxes));
      if (!region.isBox() && network.isAffine(k + 1)) {
        boxes.set(k + 1, boxes.get(k + 1).and(dual(network, region, boxes, k + 1)));
      }
    }
    return boxes;
  }

  /** A box around what a step gives, by those around what enters it. */
  static Box after(Weighed network, int k, List<Box> boxes) {
    ReluNetwork.Step step = network.step(k);
    Box input = boxes.get(step.input());
    if (step.layer() instanceof Layer.Linear) {
      return linear(network.linear(k), input);
    }
    return step.layer() instanceof Layer.Add
        ? sum(input, boxes.get(step.inputs().get(1)))
        : input.rectified();
  }

  private static Box linear(Weighed.Linear linear, Box input) {
    double[] middle = new double[input.size()];
    double[] radius = new double[input.size()];
    for (int j = 0; j < middle.length; j++) {
      middle[j] = input.lower(j) + (input.upper(j) - input.lower(j)) / 2;
      double wide = Math.max(middle[j] - input.lower(j), input.upper(j) - middle[j]);
      radius[j] = wide > 0 ? Math.nextUp(wide) : 0; // numbers next to zero would cost a lot of time
    }
    double[] lower = linear.layer().apply(middle);
    double[] upper = lower.clone();
    double[] spread = linear.absolute().apply(radius);
    double rounding = Rounding.inDouble(linear.layer().terms() + 3L);
    double largest = input.magnitude();
    for (int o = 0; o < lower.length; o++) {
      double size = linear.sizes()[o] * largest + Math.abs(linear.layer().bias(o));
      double out = spread[o] + 2 * size * rounding;
      lower[o] -= out + Math.ulp(lower[o]) + Math.ulp(out);
      upper[o] += out + Math.ulp(upper[o]) + Math.ulp(out);
    }
    return new Box(lower, upper);
  }

  private static Box sum(Box one, Box other) {
    double[] lower = new double[one.size()];
    double[] upper = new double[one.size()];
    for (int j = 0; j < lower.length; j++) {
      lower[j] = Math.nextDown(one.lower(j) + other.lower(j));
      upper[j] = Math.nextUp(one.upper(j) + other.upper(j));
    }
    return new Box(lower, upper);
  }

  /** By the dual norm, which knows more of a ball than the box around it. */
  private static Box dual(Weighed network, Region region, List<Box> boxes, int value) {
    Backward backward =
        new Backward(
            network, region, boxes, Collections.nCopies(network.steps(), (Relaxation) null));
    return Features.all(network, value).bounds(backward, boxes.get(value)).orElseThrow();
  }
}
