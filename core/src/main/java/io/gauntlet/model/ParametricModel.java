package io.gauntlet.model;

import java.util.List;

/**
 * A trainable model whose parameters can be read, written and differentiated by: what gradient
 * matching, pruning, adversarial weight perturbation and weight averaging ask for.
 *
 * <p>All learnable parameters are one row of numbers, in an order that never changes. None of this
 * may run while another thread uses the model.
 */
public interface ParametricModel extends TrainableModel {
  /** A copy of the learnable parameters, shape (1, parameters). */
  Batch parameters();

  /**
   * What the row of parameters consists of, from its first number to its last: the weights of a
   * layer, with an axis of their own for its outputs, its biases, and so on. A model that does not
   * tell has one part of one axis.
   */
  default List<Shape> parameterShapes() {
    return List.of(Shape.of(parameters().width()));
  }

  /**
   * Puts the learnable parameters at these values; what an optimiser remembers stays.
   *
   * @param values shape (1, parameters), finite
   */
  void setParameters(Batch values);

  /**
   * The derivative of the mean of {@code loss} over the batch by every learnable parameter, in
   * evaluation mode.
   *
   * @param inputs shape (rows, features), at least one row
   * @return shape (1, parameters)
   */
  Batch parameterGradient(Batch inputs, LogitLoss loss);
}
