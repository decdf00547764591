package io.gauntlet.model;

/**
 * A model whose penultimate layer can be read: what most detectors of poisoned data look at, and
 * what poisons that work by their features are made with.
 */
public interface FeatureModel extends Model {
  /**
   * A view that answers what enters the last layer, in place of logits: shape (rows, units). It
   * stands on this model's weights, so that it sees training, and ends with this model. Where the
   * backend can differentiate so far, it is a {@link DifferentiableModel}.
   *
   * @throws ModelException if this model has no layer before its last
   */
  Model features();
}
