package io.gauntlet.defenses.backdoor;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.moment.Variance;

/**
 * SCALE-UP: an input whose class survives multiplication of its pixels carries a trigger. Needs the
 * model's classes only, no scores.
 *
 * <p>Follows Guo, Li, Chen, Guo, Sun, Liu: <a href="https://arxiv.org/abs/2302.03251">SCALE-UP: An
 * Efficient Black-box Input-level Backdoor Detection via Analyzing Scaled Prediction
 * Consistency</a>, ICLR 2023, in its data-limited setting: the share of factors that leave the
 * class as it is, less its mean over clean inputs of that class, over their standard deviation.
 * Differs from it in three ways. Clean inputs are sorted by the class that the model gives them, so
 * that they need no labels, as suspects have none. A deviation below one step of the score, {@code
 * 1 / factors}, counts as one step: where all clean inputs of a class agree the paper's quotient is
 * not defined; a class that no clean input has is judged by all of them. And the threshold is set
 * by a bound on false rejections instead of by hand.
 *
 * <p>Pixels are measured from the lower end of the domain and clipped to its upper end.
 *
 * <p>Blind where scaling changes nothing for clean inputs either: on black and white images, such
 * as digits, the classes of clean inputs survive too, and little is left to find (measured on 8x8
 * digits: an AUROC of 0.65 against a white patch, 0.29 against a blended pattern). Blind also to
 * triggers that do not survive scaling (dark or faint patterns) and to an attacker who trained the
 * model to give up its trigger when scaled.
 *
 * @param factors what pixels are multiplied with; at least 1 of them, each above 1
 * @param falseRejectionRate bound on the probability that a clean input is suspected; above 0,
 *     below 1. The score has few values: the rate that is reached may be far below the bound
 */
public record ScaleUp(List<Integer> factors, double falseRejectionRate) {
  /** Checks the ranges. */
  public ScaleUp {
    factors = List.copyOf(factors);
    if (factors.isEmpty() || factors.stream().anyMatch(factor -> factor <= 1)) {
      throw new IllegalArgumentException(
          "factors must be at least one number, each above 1, but were " + factors);
    }
    Calibrated.checkRate(falseRejectionRate);
  }

  /** The paper's factors 3, 5, 7, 9, 11, and 1 % of false rejections. */
  public static ScaleUp standard() {
    return new ScaleUp(List.of(3, 5, 7, 9, 11), 0.01);
  }

  /** Same with other factors. */
  public ScaleUp withFactors(List<Integer> newFactors) {
    return new ScaleUp(newFactors, falseRejectionRate);
  }

  /** Same with another bound on false rejections. */
  public ScaleUp withFalseRejectionRate(double newRate) {
    return new ScaleUp(factors, newRate);
  }

  /**
   * A detector for this model.
   *
   * @param heldOut clean inputs that the model was not trained on, distributed like those to come;
   *     at least {@code 2 / falseRejectionRate}
   * @param seed draws which half gives means and deviations, and which the threshold
   * @throws IllegalArgumentException if there are too few held-out inputs or one leaves the model's
   *     domain
   */
  public InputDetector calibrate(Model model, Batch heldOut, Seed seed) {
    Halves halves = Halves.of(model.domain().check(heldOut), seed);
    List<Consistency> reference = consistencies(model, halves.reference());
    List<Moments> moments = new ArrayList<>();
    for (int k = 0; k < model.classes(); k++) {
      moments.add(Moments.of(reference, k, 1.0 / factors.size()));
    }
    return Calibrated.at(
        falseRejectionRate,
        inputs -> {
          List<Consistency> found = consistencies(model, model.domain().check(inputs));
          float[] scores = new float[inputs.rows()];
          for (int row = 0; row < scores.length; row++) {
            Consistency input = found.get(row);
            scores[row] = moments.get(input.answer()).standardised(input.share());
          }
          return inputs.withValues(1, scores);
        },
        halves.calibration());
  }

  private List<Consistency> consistencies(Model model, Batch inputs) {
    List<Consistency> found = new ArrayList<>();
    for (int row = 0; row < inputs.rows(); row++) {
      Batch scaled = scaled(inputs.select(row), model.domain());
      Batch logits = scaled.answeredBy(model.logits(scaled));
      int answer = logits.argmax(0);
      int same = logits.rowsWhere(scale -> logits.argmax(scale) == answer).length - 1;
      found.add(new Consistency(answer, (double) same / factors.size()));
    }
    return found;
  }

  /** The input as it is, and times each factor. */
  private Batch scaled(Batch input, Domain domain) {
    return input
        .select(new int[1 + factors.size()])
        .editRows(
            (scale, x) -> {
              int factor = scale == 0 ? 1 : factors.get(scale - 1);
              for (int j = 0; j < x.length; j++) {
                x[j] = domain.clip(j, domain.lower(j) + factor * (x[j] - domain.lower(j)));
              }
            });
  }

  /** An input's class, and the share of factors that leave it. */
  private record Consistency(int answer, double share) {}

  /** Mean and standard deviation of the shares of one class. */
  private record Moments(double mean, double deviation) {
    static Moments of(List<Consistency> clean, int answer, double step) {
      double[] shares =
          clean.stream()
              .filter(input -> input.answer() == answer)
              .mapToDouble(Consistency::share)
              .toArray();
      if (shares.length == 0) {
        shares = clean.stream().mapToDouble(Consistency::share).toArray();
      }
      double variance = new Variance(false).evaluate(shares);
      return new Moments(new Mean().evaluate(shares), Math.max(step, Math.sqrt(variance)));
    }

    float standardised(double share) {
      return (float) ((share - mean) / deviation);
    }
  }
}
