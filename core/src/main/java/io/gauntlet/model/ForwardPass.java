package io.gauntlet.model;

/**
 * One forward pass that may be followed backwards any number of times, as DeepFool, FAB and JSMA do
 * for the rows of the Jacobian.
 *
 * <p>Belongs to one thread and to the try-with-resources statement it was opened in. A backend that
 * cannot keep a pass runs it again for every call of {@link #backward}, and says so.
 */
public interface ForwardPass extends AutoCloseable {
  /** Scores, shape (rows, classes). */
  Batch logits();

  /**
   * The vector-Jacobian product: for each row, the derivative by its input of the sum of its logits
   * weighted by {@code byLogit}.
   *
   * @param byLogit weights, shape (rows, classes)
   * @return shape (rows, features)
   */
  Batch backward(Batch byLogit);

  /** Lets the backend forget the pass. */
  @Override
  void close();
}
