package io.gauntlet.onnx;

import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import io.gauntlet.random.Seed;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/** Whether a translated network answers as ONNX Runtime does. */
final class SelfCheck {
  private static final int ROWS = 4;

  private SelfCheck() {}

  /**
   * Asks both about inputs drawn from the domain: the translation about all of them at once and
   * about each alone, ONNX Runtime about each alone, so that rows which see each other are found
   * out.
   *
   * @return the largest difference, relative to the largest score where that exceeds 1
   * @throws ModelException if it is above the tolerance
   */
  static double largestDifference(
      Path file, DifferentiableModel translated, Model reference, float tolerance) {
    Batch inputs = inputs(translated);
    Batch together = translated.logits(inputs);
    double largest = 0;
    double scale = 1;
    for (int i = 0; i < ROWS; i++) {
      Batch alone = inputs.slice(i, i + 1);
      Batch expected = reference.logits(alone);
      Batch answer = translated.logits(alone);
      if (answer.width() != expected.width()) {
        throw new ModelException(
            "%s has %s classes in ONNX Runtime, but %s here"
                .formatted(file, expected.width(), answer.width()));
      }
      for (int k = 0; k < expected.width(); k++) {
        double score = expected.get(0, k);
        scale = Math.max(scale, Math.abs(score));
        largest = Math.max(largest, Math.abs(answer.get(0, k) - score)); // NaN stays NaN
        largest = Math.max(largest, Math.abs(together.get(i, k) - score));
      }
    }
    if (largest / scale <= tolerance) {
      return largest / scale;
    }
    throw new ModelException(
        "%s must be answered as by ONNX Runtime within %s, but the difference is %s"
            .formatted(file, tolerance, largest / scale));
  }

  private static Batch inputs(Model model) {
    RandomGenerator random = Seed.of(0).forExample(0);
    int width = model.inputShape().size();
    return Batch.wrap(width, new float[ROWS * width])
        .editRows(
            (row, x) -> {
              for (int j = 0; j < x.length; j++) {
                float lower = model.domain().lower(j);
                x[j] = lower + random.nextFloat() * (model.domain().upper(j) - lower);
              }
            });
  }
}
