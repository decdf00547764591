package io.gauntlet.model;

/**
 * A loss of each example over its logits. Attacks make it large, training makes it small; rows are
 * matched to labels by the example they stand for.
 *
 * <p>A loss to train with may couple rows, as TRADES does those of a clean and an attacked example:
 * then {@link #gradient} is that of the sum over all rows, and a model must ask about the whole
 * batch at once.
 */
public interface LogitLoss {
  /** Loss of every row, shape (rows, 1). */
  Batch values(Batch logits);

  /** Derivative of each row's loss by its own logits, shape (rows, classes). */
  Batch gradient(Batch logits);

  /** The loss that is large where this one is small. */
  default LogitLoss negated() {
    return new Negated(this);
  }

  /**
   * This loss of the logits divided by {@code temperature}: above 1 it sees a softer softmax, below
   * a sharper one.
   *
   * @param temperature finite, positive
   */
  default LogitLoss atTemperature(float temperature) {
    return new AtTemperature(this, temperature);
  }
}
