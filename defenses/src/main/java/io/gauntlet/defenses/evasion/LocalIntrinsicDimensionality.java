package io.gauntlet.defenses.evasion;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.FeatureModel;

/**
 * Local intrinsic dimensionality: an input around which clean ones lie in many directions is
 * suspicious.
 *
 * <p>Follows Ma, Li, Wang, Erfani, Wijewickrema, Schoenebeck, Song, Houle, Bailey: <a
 * href="https://arxiv.org/abs/1801.02613">Characterizing Adversarial Subspaces Using Local
 * Intrinsic Dimensionality</a>, ICLR 2018: the maximum-likelihood estimate {@code -1 / mean(log(r_i
 * / r_k))} from the distances to the k nearest neighbours. Differs from it in three ways. It looks
 * at the penultimate layer alone, and its estimate is the score: the paper weights all layers by a
 * regression that has seen attacks. Neighbours are looked for among the same clean references for
 * every input, so that a score does not depend on the batch.
 *
 * <p>Attackers follow the exact gradient. Takes {@code references * units} multiplications for an
 * input.
 *
 * @param neighbours whose distances count; at least 2
 */
public record LocalIntrinsicDimensionality(int neighbours) {
  /** Checks the range. */
  public LocalIntrinsicDimensionality {
    Check.atLeast(2, neighbours, "neighbours");
  }

  /** The paper's choice for MNIST, twenty neighbours. */
  public static LocalIntrinsicDimensionality standard() {
    return new LocalIntrinsicDimensionality(20);
  }

  /**
   * A detector that looks for neighbours among these.
   *
   * @param model whose features are looked at; they must be differentiable
   * @param references clean inputs, more than {@code neighbours}; the paper has 100, a thousand are
   *     not too many. Inputs to come must not be among them
   * @throws io.gauntlet.model.ModelException if the model's features cannot be differentiated
   */
  public EvasionDetector fit(FeatureModel model, Batch references) {
    Check.atLeast(neighbours + 1L, references.rows(), "number of references");
    DifferentiableModel layer = Features.of(model);
    return new Surroundings(this, layer, Features.of(layer, references));
  }
}
