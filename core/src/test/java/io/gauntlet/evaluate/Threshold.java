package io.gauntlet.evaluate;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;

/** One feature in [0, 1]; class 1 where it is above a half, class 0 elsewhere. */
final class Threshold {
  static final Mlp MODEL = Mlp.linear(Domain.UNIT, new float[][] {{0}, {1}}, new float[] {0.5f, 0});

  private Threshold() {}

  /** Labelled as the model answers. */
  static Examples right(float... values) {
    return labelled(false, values);
  }

  /** Labelled as the model does not answer. */
  static Examples wrong(float... values) {
    return labelled(true, values);
  }

  private static Examples labelled(boolean wrong, float... values) {
    float[][] inputs = new float[values.length][];
    int[] labels = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      inputs[i] = new float[] {values[i]};
      labels[i] = values[i] > 0.5f ^ wrong ? 1 : 0;
    }
    return Examples.of(Batch.of(inputs), labels);
  }
}
