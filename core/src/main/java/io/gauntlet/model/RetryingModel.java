package io.gauntlet.model;

import java.util.function.Consumer;

/**
 * A model that may have to be asked more than once for one answer, as a busy server has to be. A
 * query that was turned away was a query: an evaluation counts it, and takes it off the budget.
 *
 * <p>A model in front of such a model should be one too and pass {@code again} on; through a plain
 * {@link Model} the repetitions go uncounted.
 */
public interface RetryingModel extends Model {
  /**
   * Scores every example.
   *
   * @param inputs shape (rows, features)
   * @param again told the rows of every request after the first one for them, just before it is
   *     sent; what it throws is thrown to the caller, and nothing is sent
   * @return shape (rows, classes), for the same examples
   * @throws ModelException if the model cannot answer
   */
  Batch logits(Batch inputs, Consumer<Batch> again);

  @Override
  default Batch logits(Batch inputs) {
    return logits(inputs, repeated -> {});
  }
}
