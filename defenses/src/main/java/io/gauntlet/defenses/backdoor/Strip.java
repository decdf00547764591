package io.gauntlet.defenses.backdoor;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;

/**
 * STRIP: an input whose class survives blending with other images carries a trigger.
 *
 * <p>Follows Gao, Xu, Wang, Chen, Ranasinghe, Nepal: <a
 * href="https://arxiv.org/abs/1902.06531">STRIP: A Defence Against Trojan Attacks on Deep Neural
 * Networks</a>, ACSAC 2019. The score is the Shannon entropy over the classes, in bits, averaged
 * over the blends, with its sign changed so that the most suspicious inputs have the largest.
 * Differs from the paper in the threshold: an empirical quantile of clean scores instead of that of
 * a normal distribution fitted to them, since entropies are skewed; and the held-out inputs are cut
 * in two, one half to blend with, the other to set the threshold.
 *
 * <p>A blend is the sum of both inputs, measured from the lower end of the domain and clipped to
 * its upper end, as in the authors' code.
 *
 * <p>Blind to triggers that a blend destroys (warping as in WaNet, faint or sample-specific ones as
 * of input-aware attacks; black pixels, which a sum brightens), to source-specific triggers, since
 * most blends change the source, and to an attacker who trained the model to be undecided on
 * blends. Clean inputs that dominate every blend, such as nearly white images, look triggered.
 *
 * @param blends how many held-out inputs each input is blended with; at least 1
 * @param falseRejectionRate bound on the probability that a clean input is suspected; above 0,
 *     below 1
 */
public record Strip(int blends, double falseRejectionRate) {
  /** Checks the ranges. */
  public Strip {
    Check.atLeast(1, blends, "blends");
    Calibrated.checkRate(falseRejectionRate);
  }

  /** A hundred blends and 1 % of false rejections. */
  public static Strip standard() {
    return new Strip(100, 0.01);
  }

  /** Same with another number of blends. */
  public Strip withBlends(int newBlends) {
    return new Strip(newBlends, falseRejectionRate);
  }

  /** Same with another bound on false rejections. */
  public Strip withFalseRejectionRate(double newRate) {
    return new Strip(blends, newRate);
  }

  /**
   * A detector for this model.
   *
   * @param heldOut clean inputs that the model was not trained on, distributed like those to come;
   *     at least {@code 2 / falseRejectionRate}
   * @param seed draws the halves, and for each input what it is blended with, by its position in
   *     the data set
   * @throws IllegalArgumentException if there are too few held-out inputs or one leaves the model's
   *     domain
   */
  public InputDetector calibrate(Model model, Batch heldOut, Seed seed) {
    Halves halves = Halves.of(model.domain().check(heldOut), seed.derive(0));
    Batch overlays = halves.reference();
    Seed draws = seed.derive(1);
    return Calibrated.at(
        falseRejectionRate,
        inputs -> negatedEntropies(model, inputs, overlays, draws),
        halves.calibration());
  }

  private Batch negatedEntropies(Model model, Batch inputs, Batch overlays, Seed draws) {
    model.domain().check(inputs);
    float[] scores = new float[inputs.rows()];
    for (int row = 0; row < scores.length; row++) {
      RandomGenerator random = draws.forExample(inputs.example(row));
      int[] drawn = random.ints(blends, 0, overlays.rows()).toArray();
      Batch blended = superimposed(inputs.row(row), overlays.select(drawn), model.domain());
      Batch logits = blended.answeredBy(model.logits(blended));
      double bits = 0;
      for (int blend = 0; blend < blends; blend++) {
        bits += entropy(logits, blend);
      }
      scores[row] = (float) (-bits / blends);
    }
    return inputs.withValues(1, scores);
  }

  private static Batch superimposed(float[] input, Batch overlays, Domain domain) {
    return overlays.editRows(
        (row, x) -> {
          for (int j = 0; j < x.length; j++) {
            x[j] = domain.clip(j, x[j] + (input[j] - domain.lower(j)));
          }
        });
  }

  /** Shannon entropy of the softmax of one row, in bits. */
  static double entropy(Batch logits, int row) {
    double max = logits.get(row, logits.argmax(row));
    double sum = 0;
    double weighted = 0;
    for (int k = 0; k < logits.width(); k++) {
      double below = logits.get(row, k) - max;
      double share = Math.exp(below);
      sum += share;
      weighted += share == 0 ? 0 : share * below;
    }
    return (Math.log(sum) - weighted / sum) / Math.log(2);
  }
}
