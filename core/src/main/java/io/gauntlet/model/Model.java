package io.gauntlet.model;

/**
 * A classifier seen from outside: inputs go in, one score per class comes out.
 *
 * <p>Scores are logits, that is, never the output of a softmax: an attack that is fed probabilities
 * reports robustness that is not there. The evaluation looks for that and says so.
 */
public interface Model {
  /** Shape of one example. */
  Shape inputShape();

  /** Legal values of every input feature. */
  Domain domain();

  /** Number of classes; at least 2. */
  int classes();

  /**
   * Scores every example.
   *
   * @param inputs shape (rows, features)
   * @return shape (rows, classes), for the same examples; {@link Batch#withValues} makes it
   * @throws ModelException if the model cannot answer
   */
  Batch logits(Batch inputs);

  /** How an evaluation should drive this model. */
  default Concurrency concurrency() {
    return Concurrency.SINGLE_THREADED;
  }

  /**
   * Text that names this model and changes when its weights do; it ties reports and checkpoints to
   * the model they are about. The default is the name of the class: a model with weights must add
   * their digest, or a checkpoint made with other weights is taken for its own.
   */
  default String fingerprint() {
    return getClass().getName();
  }
}
