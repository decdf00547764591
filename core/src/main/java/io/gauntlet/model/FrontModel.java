package io.gauntlet.model;

/**
 * A model in front of another one: it takes the same inputs, knows the same classes and is driven
 * in the same way, and only what it answers is its own. Guards, views of attackers and counters are
 * such models.
 *
 * <p>Its fingerprint should name what it does beside the fingerprint of the model behind.
 */
public interface FrontModel extends Model {
  /** The model behind this one. */
  Model behind();

  @Override
  default Shape inputShape() {
    return behind().inputShape();
  }

  @Override
  default Domain domain() {
    return behind().domain();
  }

  @Override
  default int classes() {
    return behind().classes();
  }

  @Override
  default Concurrency concurrency() {
    return behind().concurrency();
  }
}
