package io.gauntlet.defenses.evasion;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** Points about three corners of a cube, nets that look at them, and slopes by differences. */
final class Planted {
  /** Answers which of the first three features is largest; the fourth is looked at, not used. */
  static final Mlp NET =
      Mlp.of(
          Shape.of(1, 2, 2),
          Domain.UNIT,
          List.of(
              Mlp.Dense.of(
                  new float[][] {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}},
                  new float[4]),
              Mlp.Dense.of(
                  new float[][] {{9, 0, 0, 0}, {0, 9, 0, 0}, {0, 0, 9, 0}}, new float[3])));

  private Planted() {}

  /** Class k about the k-th corner, 0.1 wide, and 0.02 wide in the fourth feature. */
  static Examples points(int count, long seed) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    float[][] rows = new float[count][4];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 3;
      for (int j = 0; j < 4; j++) {
        double mean = j == labels[i] ? 0.7 : 0.3;
        double value = mean + (j < 3 ? 0.1 : 0.02) * random.nextGaussian();
        rows[i][j] = (float) Math.min(1, Math.max(0, value));
      }
    }
    return new Examples(NET.inputShape(), Batch.of(rows), Labels.of(labels));
  }

  /** The largest difference between a detector's slopes and central differences, by their size. */
  static double slopeError(EvasionDetector detector, Batch inputs, float step) {
    Batch slope;
    try (ForwardPass pass = detector.forward(inputs)) {
      slope = pass.backward(inputs.withValues(1, ones(inputs.rows())));
    }
    double worst = 0;
    for (int j = 0; j < inputs.width(); j++) {
      int feature = j;
      Batch up = detector.scores(inputs.editRows((row, x) -> x[feature] += step));
      Batch down = detector.scores(inputs.editRows((row, x) -> x[feature] -= step));
      for (int row = 0; row < inputs.rows(); row++) {
        double expected = (up.get(row, 0) - down.get(row, 0)) / (2 * step);
        double error = Math.abs(slope.get(row, j) - expected);
        worst = Math.max(worst, error / length(slope.row(row)));
      }
    }
    return worst;
  }

  static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static double length(float[] slope) {
    double squares = 0;
    for (float part : slope) {
      squares += part * part;
    }
    return Math.sqrt(squares);
  }

  /** A detector that scores rows by a function without any slope. */
  static EvasionDetector scoring(ToDoubleFunction<float[]> score) {
    return new EvasionDetector() {
      @Override
      public ForwardPass forward(Batch inputs) {
        float[] scores = new float[inputs.rows()];
        for (int row = 0; row < scores.length; row++) {
          scores[row] = (float) score.applyAsDouble(inputs.row(row));
        }
        return new ForwardPass() {
          @Override
          public Batch logits() {
            return inputs.withValues(1, scores);
          }

          @Override
          public Batch backward(Batch byScore) {
            return inputs.times(0);
          }

          @Override
          public void close() {
            // nothing is held
          }
        };
      }

      @Override
      public String route() {
        return "none";
      }
    };
  }
}
