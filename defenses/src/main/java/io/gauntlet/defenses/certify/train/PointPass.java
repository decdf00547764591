package io.gauntlet.defenses.certify.train;

import io.gauntlet.model.Batch;
import java.util.ArrayList;
import java.util.List;

/** Points on their way through a network, and a derivative on its way back. */
final class PointPass {
  private final Weights weights;
  private final Batch inputs;
  private final List<float[][]> entering = new ArrayList<>(); // each layer
  private final float[][] logits;

  PointPass(Weights weights, Batch inputs) {
    this.weights = weights;
    this.inputs = inputs;
    entering.add(Rows.columns(inputs));
    for (int k = 0; k < weights.hidden(); k++) {
      entering.add(rectified(weights.layers().get(k).apply(entering.get(k))));
    }
    logits = weights.last().apply(entering.get(weights.hidden()));
  }

  private static float[][] rectified(float[][] values) {
    for (float[] row : values) {
      for (int i = 0; i < row.length; i++) {
        row[i] = Math.max(0, row[i]);
      }
    }
    return values;
  }

  Batch logits() {
    return inputs.withValues(logits.length, Rows.flat(logits));
  }

  void back(Batch byLogit, Slopes slopes) {
    float[][] by = Rows.columns(byLogit);
    for (int k = weights.hidden(); k >= 0; k--) {
      slopes.of(k).add(by, entering.get(k));
      if (k > 0) {
        Weights.Linear layer = weights.layers().get(k);
        by = layer.map().applyTransposed(layer.weights(), by);
        stopWhereOff(by, entering.get(k));
      }
    }
  }

  private static void stopWhereOff(float[][] by, float[][] rectified) {
    for (int j = 0; j < by.length; j++) {
      for (int i = 0; i < by[j].length; i++) {
        by[j][i] = rectified[j][i] > 0 ? by[j][i] : 0;
      }
    }
  }
}
