package io.gauntlet.defenses.train;

import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.model.ParametricModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;

/**
 * Adversarial weight perturbation: every optimiser step of another recipe is taken where the
 * weights are worst nearby, so that the loss becomes flat around them and the gap between robust
 * accuracy on training and on test examples shrinks.
 *
 * <p>Follows Wu, Xia, Wang: <a href="https://arxiv.org/abs/2004.05884">Adversarial Weight
 * Perturbation Helps Robust Generalization</a>, NeurIPS 2020. As in the authors' code one step of
 * gradient ascent finds the perturbation, on the examples that the recipe is about to learn from
 * and its own loss; every layer is perturbed in proportion to the length of its weights, and
 * parameters of one axis (biases, the scales of batch norm) are left alone. Differs from it in one
 * way: the ascent is in evaluation mode (batch norm on its running statistics, no dropout).
 *
 * @param recipe what makes the steps
 * @param gamma length of the perturbation as a share of a layer's weights; finite, not negative
 */
public record WeightPerturbation(Recipe<? super ParametricModel> recipe, float gamma)
    implements Recipe<ParametricModel> {
  /** Checks the length. */
  public WeightPerturbation {
    Check.nonNegative(gamma, "gamma");
  }

  /** A hundredth of the weights around {@link AdversarialTraining}, the authors' value. */
  public static WeightPerturbation standard() {
    return new WeightPerturbation(AdversarialTraining.standard(), 0.01f);
  }

  /** Around this recipe; the authors take 0.005 for {@link Trades}. */
  public static WeightPerturbation of(Recipe<? super ParametricModel> recipe, float gamma) {
    return new WeightPerturbation(recipe, gamma);
  }

  /** The same with a longer or shorter perturbation. */
  public WeightPerturbation withGamma(float newGamma) {
    return new WeightPerturbation(recipe, newGamma);
  }

  @Override
  public double step(ParametricModel model, Neighbourhood allowed, Labels labels, Seed seed) {
    return recipe.step(new PerturbedModel(model, gamma), allowed, labels, seed);
  }

  @Override
  public WeightPerturbation at(double share) {
    return new WeightPerturbation(recipe.at(share), gamma);
  }
}
