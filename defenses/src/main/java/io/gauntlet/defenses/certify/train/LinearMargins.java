package io.gauntlet.defenses.certify.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Lower bounds of the label's logit minus that of each class by CROWN-IBP: the difference of two
 * rows of the last layer is carried back to the input as a linear form, every ReLU between two
 * lines that the interval of what enters it decides.
 *
 * <p>Forms are {@code [feature][class * rows + row]}, so that a layer takes them as it takes
 * values. The derivative by a form at one layer runs forwards: it passes the layers as a value
 * does.
 */
final class LinearMargins {
  private final BoxPass boxes;
  private final int[] labels;
  private final int classes;
  private final List<float[][]> leaving = new ArrayList<>(); // forms in what leaves each ReLU
  private final List<float[][]> entering = new ArrayList<>(); // and in what enters it
  private final float[][] inInput;
  private final float[] constants;

  LinearMargins(BoxPass boxes, int[] labels) {
    this.boxes = boxes;
    this.labels = labels;
    Weights weights = boxes.weights();
    classes = weights.last().bias().length;
    constants = new float[classes * labels.length];
    float[][] forms = inLast();
    for (int k = weights.hidden() - 1; k >= 0; k--) {
      Weights.Linear layer = weights.layers().get(k);
      leaving.add(forms);
      float[][] relaxed = relaxed(forms, boxes.leaving(k));
      entering.add(relaxed);
      for (int o = 0; o < relaxed.length; o++) {
        Axpy.add(constants, layer.bias()[o / layer.map().pixels()], relaxed[o]);
      }
      forms = layer.map().applyTransposed(layer.weights(), relaxed);
    }
    Collections.reverse(leaving);
    Collections.reverse(entering);
    inInput = forms;
  }

  private int row(int form) {
    return form % labels.length;
  }

  private float[][] inLast() {
    Weights.Linear last = boxes.weights().last();
    float[][] forms = new float[last.map().inputs()][constants.length];
    for (int f = 0; f < constants.length; f++) {
      int label = labels[row(f)];
      int other = f / labels.length;
      constants[f] = last.bias()[label] - last.bias()[other];
      for (int j = 0; j < forms.length; j++) {
        forms[j][f] = last.weights()[label][j] - last.weights()[other][j];
      }
    }
    return forms;
  }

  /** Lower bounds in what enters a ReLU, of forms in what leaves it. */
  private float[][] relaxed(float[][] forms, Boxes before) {
    float[][] relaxed = new float[forms.length][constants.length];
    for (int j = 0; j < forms.length; j++) {
      for (int f = 0; f < constants.length; f++) {
        Lines lines = Lines.between(before.lower(j, row(f)), before.upper(j, row(f)));
        float form = forms[j][f];
        relaxed[j][f] = form * (form < 0 ? lines.above : lines.below);
        constants[f] += Math.min(0, form) * lines.offset;
      }
    }
    return relaxed;
  }

  /** By class and row; 0 for the label itself. */
  float[][] lower() {
    float[][] lower = new float[classes][labels.length];
    for (int f = 0; f < constants.length; f++) {
      float sum = constants[f];
      for (int j = 0; j < inInput.length; j++) {
        float form = inInput[j][f];
        sum += form * boxes.inputs().centres()[j][row(f)];
        sum -= Math.abs(form) * boxes.inputs().radii()[j][row(f)];
      }
      lower[f / labels.length][row(f)] = sum;
    }
    return lower;
  }

  /**
   * Adds to the slopes what the weights do by these forms; what they do by the ends of the boxes is
   * left with the boxes, whose pass back comes after this.
   *
   * @param byMargin derivatives by class and row
   */
  void back(float[][] byMargin, Slopes slopes) {
    float[] by = new float[constants.length];
    for (int f = 0; f < by.length; f++) {
      int other = f / labels.length;
      by[f] = other == labels[row(f)] ? 0 : byMargin[other][row(f)];
    }
    float[][] byForm = byInput(by);
    for (int k = 0; k < boxes.weights().hidden(); k++) {
      Weights.Linear layer = boxes.weights().layers().get(k);
      float[][] forms = entering.get(k);
      slopes.of(k).map().addProducts(forms, byForm, slopes.of(k).byWeight());
      byForm = layer.map().apply(layer.weights(), byForm);
      for (int o = 0; o < forms.length; o++) {
        int channel = o / layer.map().pixels();
        slopes.of(k).byBias()[channel] += product(by, forms[o]);
        Axpy.add(byForm[o], layer.bias()[channel], by);
      }
      throughRelu(byForm, by, leaving.get(k), boxes.leaving(k), boxes.byEnds(k));
    }
    addToLast(byForm, by, slopes.ofLast());
  }

  private float[][] byInput(float[] by) {
    float[][] byForm = new float[inInput.length][by.length];
    for (int j = 0; j < byForm.length; j++) {
      for (int f = 0; f < by.length; f++) {
        float sign = Math.signum(inInput[j][f]);
        float least =
            boxes.inputs().centres()[j][row(f)] - sign * boxes.inputs().radii()[j][row(f)];
        byForm[j][f] = by[f] * least;
      }
    }
    return byForm;
  }

  private static float product(float[] one, float[] other) {
    float sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }

  /** Derivatives by the forms in what enters a ReLU become those in what leaves it, in place. */
  private void throughRelu(
      float[][] byForm, float[] by, float[][] forms, Boxes before, BoxPass.EndSlopes byEnds) {
    for (int j = 0; j < byForm.length; j++) {
      for (int f = 0; f < by.length; f++) {
        Lines lines = Lines.between(before.lower(j, row(f)), before.upper(j, row(f)));
        float form = forms[j][f];
        float slope = byForm[j][f];
        if (form < 0) {
          byEnds.byLower()[j][row(f)] +=
              form * (slope * lines.aboveByLower + by[f] * lines.offsetByLower);
          byEnds.byUpper()[j][row(f)] +=
              form * (slope * lines.aboveByUpper + by[f] * lines.offsetByUpper);
          byForm[j][f] = slope * lines.above + by[f] * lines.offset;
        } else {
          byForm[j][f] = slope * lines.below;
        }
      }
    }
  }

  private void addToLast(float[][] byForm, float[] by, Slopes.OfLayer last) {
    for (int f = 0; f < by.length; f++) {
      int label = labels[row(f)];
      int other = f / labels.length;
      if (other == label) {
        continue;
      }
      for (int j = 0; j < byForm.length; j++) {
        last.byWeight()[label][j] += byForm[j][f];
        last.byWeight()[other][j] -= byForm[j][f];
      }
      last.byBias()[label] += by[f];
      last.byBias()[other] -= by[f];
    }
  }

  /**
   * The lines that a ReLU lies between where its input does between two ends: {@code below * x} and
   * {@code above * x + offset}, and the derivatives of the upper one by the ends.
   */
  private record Lines(
      float below,
      float above,
      float offset,
      float aboveByLower,
      float aboveByUpper,
      float offsetByLower,
      float offsetByUpper) {
    private static final Lines OFF = new Lines(0, 0, 0, 0, 0, 0, 0);
    private static final Lines ON = new Lines(1, 1, 0, 0, 0, 0, 0);

    static Lines between(float lower, float upper) {
      if (lower >= 0) {
        return ON;
      }
      if (upper <= 0) {
        return OFF;
      }
      float width = upper - lower;
      float above = upper / width;
      float off = -lower / width;
      return new Lines(
          upper > -lower ? 1 : 0,
          above,
          -lower * above,
          above / width,
          off / width,
          -above * above,
          off * off);
    }
  }
}
