package io.gauntlet.attacks.minimum;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Gradient;
import java.util.Arrays;

/**
 * The optimiser of {@link SigmaZero}: Adam over changes in widths of the features' ranges, which
 * then restores the features that changed too little.
 */
final class SparseDescent {
  private final SigmaZero attack;
  private final Batch clean;
  private final Domain domain;
  private final Adam adam;
  private final double[] threshold;

  SparseDescent(SigmaZero attack, Batch clean, Domain domain) {
    this.attack = attack;
    this.clean = clean;
    this.domain = domain;
    adam = new Adam(clean.rows(), clean.width());
    threshold = new double[clean.rows()];
    Arrays.fill(threshold, attack.threshold());
  }

  /** Where step number {@code step} leads from {@code x}. */
  Batch step(int step, Batch x, Gradient margin, boolean[] reached) {
    double length = Cosine.at(step, attack.steps(), attack.step(), attack.step() / 10);
    double next = length * attack.thresholdStep();
    float[] uphill = new float[clean.width()];
    adam.next();
    return x.editRows(
        (i, values) -> {
          int row = clean.rowOf(x.example(i));
          if (margin.losses().get(i, 0) < 0) {
            margin.byInput().copyRow(i, uphill);
          } else {
            Arrays.fill(uphill, 0); // far enough: only the number of features counts
          }
          descend(row, values, uphill, (float) length);
          threshold[row] = Math.min(1, Math.max(0, threshold[row] + (reached[i] ? next : -next)));
          restore(row, values);
        });
  }

  private void descend(int row, float[] x, float[] uphill, float length) {
    double largest = 1e-12;
    for (int j = 0; j < x.length; j++) {
      double width = width(j);
      double change = (x[j] - clean.get(row, j)) / width;
      double soft = change * change + attack.sigma();
      double byCount = 2 * change * attack.sigma() / (soft * soft) / x.length;
      uphill[j] = (float) (byCount - uphill[j] * width);
      largest = Math.max(largest, Math.abs(uphill[j]));
    }
    for (int j = 0; j < x.length; j++) {
      uphill[j] = (float) (uphill[j] / largest);
    }
    adam.descend(row, uphill, length);
    for (int j = 0; j < x.length; j++) {
      x[j] = domain.clip(j, (float) (x[j] + uphill[j] * width(j)));
    }
  }

  private void restore(int row, float[] x) {
    for (int j = 0; j < x.length; j++) {
      float origin = clean.get(row, j);
      if (Math.abs(x[j] - origin) < threshold[row] * width(j)) {
        x[j] = origin;
      }
    }
  }

  private double width(int feature) {
    return (double) domain.upper(feature) - domain.lower(feature);
  }
}
