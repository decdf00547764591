package io.gauntlet.defenses.detect;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;

/**
 * Activations whose distribution is known: one normal cloud of unit deviation for each class, the
 * first rows of class 0 moved along the last axis.
 */
record Planted(Batch activations, Labels labels, int poisoned) {
  private static final int WIDTH = 20;

  /** Classes of as many rows, so many of class 0 of them so many deviations away. */
  static Planted rows(int classes, int each, int poisoned, float distance, Seed seed) {
    int[] labels = new int[classes * each];
    float[] values = new float[labels.length * WIDTH];
    for (int i = 0; i < labels.length; i++) {
      RandomGenerator random = seed.forExample(i);
      labels[i] = i / each;
      for (int j = 0; j < WIDTH; j++) {
        values[i * WIDTH + j] = (float) random.nextGaussian() + (j == labels[i] ? 6 : 0);
      }
      values[i * WIDTH + WIDTH - 1] += i < poisoned ? distance : 0;
    }
    return new Planted(Batch.wrap(WIDTH, values), Labels.of(labels), poisoned);
  }

  /** As a layer of rectified units would show it, with a long tail to one side in every unit. */
  Planted skewed() {
    Batch skewed =
        activations.editRows(
            (i, x) -> {
              for (int j = 0; j < x.length; j++) {
                x[j] = (float) Math.exp(0.5 * x[j]);
              }
            });
    return new Planted(skewed, labels, poisoned);
  }

  boolean isPoisoned(int row) {
    return row < poisoned;
  }

  Suspicion judgedBy(ActivationDetector detector) {
    return detector.detect(activations, labels, Seed.of(1));
  }
}
