package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Layer;
import io.gauntlet.model.ReluNetwork;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a network computed in 32 bits may be from the exact one, at any input of a region: each
 * layer passes on what it was given too much or too little, and adds its own rounding.
 */
final class Drift {
  private Drift() {}

  /** One number for each logit. */
  static double[] ofLogits(Weighed network, List<Box> boxes) {
    List<double[]> drifts = new ArrayList<>();
    drifts.add(new double[boxes.get(0).size()]);
    for (int k = 0; k < network.steps(); k++) {
      ReluNetwork.Step step = network.step(k);
      double[] drift = drifts.get(step.input());
      if (step.layer() instanceof Layer.Linear) {
        drifts.add(linear(network.linear(k), boxes.get(step.input()), drift));
      } else if (step.layer() instanceof Layer.Add) {
        int other = step.inputs().get(1);
        drifts.add(sum(drift, drifts.get(other), boxes.get(step.input()), boxes.get(other)));
      } else {
        drifts.add(rectified(drift, boxes.get(step.input())));
      }
    }
    return drifts.get(network.steps());
  }

  private static double[] linear(Weighed.Linear linear, Box box, double[] drift) {
    // weights of a folded normalisation were rounded, and are applied in two operations
    double rounding = Rounding.inFloat(linear.layer().terms() + 4L);
    double[] off = new double[drift.length];
    for (int j = 0; j < off.length; j++) {
      off[j] = drift[j] + rounding * (box.magnitude(j) + drift[j]);
    }
    double[] sum = linear.absolute().apply(off);
    for (int o = 0; o < sum.length; o++) {
      sum[o] += rounding * Math.abs(linear.layer().bias(o));
    }
    return sum;
  }

  /** A ReLU moves no two numbers apart, and makes them equal where it is off for both. */
  private static double[] rectified(double[] drift, Box box) {
    double[] kept = drift.clone();
    for (int j = 0; j < kept.length; j++) {
      kept[j] = box.upper(j) + drift[j] <= 0 ? 0 : kept[j];
    }
    return kept;
  }

  private static double[] sum(double[] one, double[] other, Box oneBox, Box otherBox) {
    double rounding = Rounding.inFloat(2);
    double[] sum = new double[one.length];
    for (int j = 0; j < sum.length; j++) {
      double both = one[j] + other[j];
      sum[j] = both + rounding * (oneBox.magnitude(j) + otherBox.magnitude(j) + both);
    }
    return sum;
  }
}
