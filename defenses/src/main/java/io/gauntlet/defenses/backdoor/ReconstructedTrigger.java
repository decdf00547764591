package io.gauntlet.defenses.backdoor;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Shape;

/**
 * A small change that sends most inputs to one class, as {@link NeuralCleanse} found it.
 *
 * <p>Mask and pattern are shaped like one input of the model, and so is what {@link #stamp} makes:
 * where inputs are images, all three can be drawn.
 *
 * @param target class that it sends inputs to
 * @param shape of one input
 * @param mask how far each feature is replaced, from 0 (stays) to 1 (replaced), shape (1,
 *     features); the same for all channels of a pixel
 * @param pattern what it is replaced with, in the model's domain, shape (1, features)
 * @param success share of the clean inputs that it sends to the target, in [0, 1]
 */
public record ReconstructedTrigger(
    int target, Shape shape, Batch mask, Batch pattern, double success) {
  /** Checks that the parts fit. */
  public ReconstructedTrigger {
    requireRow("mask", mask, shape);
    requireRow("pattern", pattern, shape);
    if (!(success >= 0 && success <= 1)) {
      throw new IllegalArgumentException("success must be from 0 to 1, but was " + success);
    }
  }

  private static void requireRow(String name, Batch part, Shape shape) {
    if (part.rows() != 1 || part.width() != shape.size()) {
      throw new IllegalArgumentException(
          "%s must be one row of %s values, but was %s".formatted(name, shape.size(), part));
    }
  }

  /**
   * L1 norm of the mask: how many pixels it replaces, or features where the shape has no pixels.
   */
  public double size() {
    double sum = 0;
    for (int j = 0; j < mask.width(); j++) {
      sum += mask.get(0, j);
    }
    return sum / channels(shape);
  }

  /** The inputs with the trigger on them. */
  public Batch stamp(Batch inputs) {
    if (inputs.width() != shape.size()) {
      throw new IllegalArgumentException(
          "inputs must have %s features like the trigger, but have %s"
              .formatted(shape.size(), inputs.width()));
    }
    return inputs.editRows(
        (row, x) -> {
          for (int j = 0; j < x.length; j++) {
            x[j] = between(x[j], pattern.get(0, j), mask.get(0, j));
          }
        });
  }

  private static float between(float from, float to, float share) {
    float value = from + share * (to - from);
    return Math.min(
        Math.max(from, to), Math.max(Math.min(from, to), value)); // not past by rounding
  }

  /** How many features one value of the mask covers: the channels of an image, otherwise 1. */
  static int channels(Shape shape) {
    return shape.rank() == 3 ? shape.sizes().get(0) : 1;
  }
}
