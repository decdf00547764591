package io.gauntlet.defenses.postprocess;

import io.gauntlet.defenses.OutputGuard;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;

/**
 * Bends probabilities so that one answer belongs to several: {@code y - beta * (sigmoid(gamma *
 * logit(y)) - 1/2)}, scaled to a sum of one.
 *
 * <p>Follows Lee, Edwards, Molloy, Su: <a href="https://arxiv.org/abs/1806.00054">Defending Against
 * Machine Learning Model Stealing Attacks Using Deceptive Perturbations</a>, DLS 2019. Differs from
 * it in one way: values below 0 are clipped, and y is kept 1e-7 away from 0 and 1, whose logits are
 * infinite.
 *
 * <p>With the standard values the class is kept where its probability is at least 0.32. Below that,
 * a class of almost no probability can be bent above it.
 *
 * <p><b>An adaptive thief</b> inverts the curve where it is monotone, as it is in the middle, or
 * trains on the argmax, which is kept. The answer is a fixed function of the model's, so a copy of
 * guard and model is learnt as one.
 *
 * @param beta height of the bend; finite, not negative
 * @param gamma slope of the bend; finite, positive
 */
public record ReverseSigmoid(float beta, float gamma) implements OutputGuard {
  private static final double EDGE = 1e-7;

  /** Checks both. */
  public ReverseSigmoid {
    Check.nonNegative(beta, "beta");
    Check.positive(gamma, "gamma");
  }

  /** The values of the adversarial robustness toolbox: beta 1, gamma 0.1. */
  public static ReverseSigmoid standard() {
    return new ReverseSigmoid(1, 0.1f);
  }

  @Override
  public Batch apply(Query query, Batch probabilities) {
    return probabilities.editRows(
        (i, p) -> {
          for (int k = 0; k < p.length; k++) {
            double y = Math.min(1 - EDGE, Math.max(EDGE, p[k]));
            double bend = 1 / (1 + Math.exp(-gamma * Math.log(y / (1 - y)))) - 0.5;
            p[k] = (float) (y - beta * bend);
          }
          Rows.toSimplex(p);
        });
  }
}
