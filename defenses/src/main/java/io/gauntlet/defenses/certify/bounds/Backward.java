package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Layer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lower bounds of linear forms in a value of a network, carried back layer by layer until they are
 * forms in the input, whose least value over the region is known.
 *
 * <p>What 64 bits lose on the way is counted and subtracted: where coefficients are rounded, the
 * feature that they belong to is at most as large as its box says.
 *
 * @param boxes around every value known so far
 * @param relaxations of the ReLUs by step; {@code null} for other layers and those not known yet
 */
record Backward(
    Weighed network, Region region, List<Box> boxes, List<@Nullable Relaxation> relaxations) {

  /**
   * Numbers that the forms are not below anywhere in the region.
   *
   * @param forms coefficients of each feature of the value, one for each form; {@code null} for all
   *     zero; taken over
   */
  double[] lower(int value, double[] @Nullable [] forms, int count) {
    Sums sums = new Sums(count);
    region.addLeasts(toInput(value, forms, sums), sums);
    return sums.lower();
  }

  /** The forms in the input, their constants added to the sums. */
  @SuppressWarnings("NullAway") // it loses the annotations of array elements across modules
  double[] @Nullable [] toInput(int value, double[] @Nullable [] forms, Sums sums) {
    return network
        .network()
        .pullBack(value, forms, (k, layer, after) -> pass(k, layer, after, sums));
  }

  /** The forms in what enters the linear step that gives a value, their constants added. */
  @SuppressWarnings("NullAway") // it loses the annotations of array elements across modules
  double[] @Nullable [] throughLinear(int value, double[] @Nullable [] forms, Sums sums) {
    Layer.Linear layer = network.linear(value - 1).layer();
    pass(value - 1, layer, forms, sums);
    double[] @Nullable [] before = new double[layer.inputs()][];
    layer.addTransposed(forms, before);
    return before;
  }

  /** Adds the constants of one step, and puts ReLUs between their lines. */
  void pass(int k, Layer layer, double[] @Nullable [] forms, Sums sums) {
    int input = network.step(k).input();
    // coefficients are rounded here, and again where those of several readers are added
    int roundings = 3 + network.readers(input);
    if (layer instanceof Layer.Linear linear) {
      double share = Rounding.inDouble(roundings + linear.terms()) * boxes.get(input).magnitude();
      double[] sizes = network.linear(k).sizes();
      for (int o = 0; o < forms.length; o++) {
        double[] row = forms[o];
        if (row != null) {
          sums.add(row, linear.bias(o));
          sums.lose(row, sizes[o] * share);
          sums.countTerms(1);
        }
      }
    } else if (layer instanceof Layer.Relu) {
      Relaxation relaxation = relaxations.get(k);
      if (relaxation == null) {
        throw new IllegalStateException("the ReLU of step %s is not bounded yet".formatted(k));
      }
      relaxation.apply(forms, sums, Rounding.inDouble(roundings));
    } else {
      int other = network.step(k).inputs().get(1);
      double share = Rounding.inDouble(roundings + network.readers(other));
      for (int j = 0; j < forms.length; j++) {
        double[] row = forms[j];
        if (row != null) {
          double largest = Math.max(boxes.get(input).magnitude(j), boxes.get(other).magnitude(j));
          sums.lose(row, largest * share);
        }
      }
    }
  }
}
