package io.gauntlet.defenses.certify.smoothing;

import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * Turns any classifier into one whose class is proven around each input: the class that most noisy
 * copies of the input get.
 *
 * <p>Follows Cohen, Rosenfeld, Kolter: <a href="https://arxiv.org/abs/1902.02918">Certified
 * Adversarial Robustness via Randomized Smoothing</a>, ICML 2019, procedures PREDICT and CERTIFY.
 * Differs from it in offering other noise, and in refusing an {@code n} with which nothing could
 * ever be certified. The model's classes are enough; it is asked inputs outside its domain, since
 * noise is not clipped.
 *
 * <p>A certificate speaks of the smoothed classifier, never of the model itself, and each is wrong
 * with probability {@code alpha} at most; {@link SmoothingReport} says what that means for all of
 * them. Noise is drawn in floating point and rounded to float when it is added: an attacker who
 * builds a model or an input on those last bits (Jin, Ohrimenko, Rubinstein: <a
 * href="https://arxiv.org/abs/2205.10159">Getting a-Round Guarantees</a>) is outside of the proof.
 *
 * <p>The noise of an example depends on the seed and its position alone: any batch, any number of
 * workers and any subset of the examples give it the same certificate. The probabilities hold for
 * inputs that were chosen without knowledge of the seed: who knows the noise can pick an input that
 * it flatters.
 *
 * @param noise what is added
 * @param n0 noisy copies that choose the class to certify; at least 1
 * @param n noisy copies that certify it, or that predict; at least so many that {@code n} votes of
 *     {@code n} certify something, which is more than {@code log2(1 / alpha)}
 * @param alpha probability that a certificate or prediction may be wrong; from 1e-9 to below 1/2
 */
public record RandomizedSmoothing(Noise noise, int n0, int n, double alpha) {
  private static final double SMALLEST_ALPHA = 1e-9; // below it 1 - 2 alpha loses too many digits

  /** Checks the numbers. */
  public RandomizedSmoothing {
    Check.atLeast(1, n0, "n0");
    Check.atLeast(1, n, "n");
    if (!(alpha >= SMALLEST_ALPHA && alpha < 0.5)) {
      throw new IllegalArgumentException(
          "alpha must be from 1e-9 to below 0.5, such as 0.001, but was " + alpha);
    }
    if (!(lowerBound(n, n, alpha) > 0.5)) {
      throw new IllegalArgumentException(
          "n must be above log2(1 / alpha), or every example would be abstained on, but was %s for alpha %s"
              .formatted(n, alpha));
    }
  }

  /** The paper's numbers: 100 copies choose, 100,000 certify, and one in 1,000 may be wrong. */
  public static RandomizedSmoothing standard(Noise noise) {
    return new RandomizedSmoothing(noise, 100, 100_000, 0.001);
  }

  /** Same with another number of copies that choose. */
  public RandomizedSmoothing withN0(int newN0) {
    return new RandomizedSmoothing(noise, newN0, n, alpha);
  }

  /** Same with another number of copies that certify or predict. */
  public RandomizedSmoothing withN(int newN) {
    return new RandomizedSmoothing(noise, n0, newN, alpha);
  }

  /** Same with another probability of being wrong. */
  public RandomizedSmoothing withAlpha(double newAlpha) {
    return new RandomizedSmoothing(noise, n0, n, newAlpha);
  }

  /** The radius of an example all of whose copies agree: no certificate reaches farther. */
  public double largestRadius() {
    return noise.radius(lowerBound(n, n, alpha));
  }

  /**
   * CERTIFY for every example, in as many threads as the model likes. Can be cancelled by
   * interrupting the calling thread.
   *
   * @param seed draws the noise
   * @throws IllegalArgumentException if there are no examples, one leaves the model's domain, or a
   *     label is not one of the model's classes
   * @throws io.gauntlet.model.ModelException if the model's answer is not one
   * @throws io.gauntlet.evaluate.EvaluationCancelledException if the calling thread is interrupted
   */
  public SmoothingReport certify(Model model, Examples examples, Seed seed) {
    return certify(model, examples, seed, certificate -> {});
  }

  /**
   * As above, handing over every certificate as soon as it is there; never two at a time, in no
   * particular order. Who keeps them can go on after a kill with the examples that are left.
   */
  public SmoothingReport certify(
      Model model, Examples examples, Seed seed, Consumer<Certificate> progress) {
    examples.labels().check(model.classes());
    Batch inputs = examples.inputs();
    check(model, inputs);
    List<Certificate> certificates =
        new Poll(model, noise, seed, n0, n)
            .of(
                inputs,
                (example, samples) -> {
                  Certificate found = certificate(example, samples.get(0), samples.get(1));
                  progress.accept(found);
                  return found;
                });
    return new SmoothingReport(this, examples.shape(), examples.labels(), certificates);
  }

  /**
   * PREDICT for every example: its class under the noise, or abstention where the two classes with
   * most votes may be equally likely.
   *
   * @param seed draws the noise
   * @return one for each row, in their order
   * @throws IllegalArgumentException if one leaves the model's domain
   * @throws io.gauntlet.model.ModelException if the model's answer is not one
   * @throws io.gauntlet.evaluate.EvaluationCancelledException if the calling thread is interrupted
   */
  public List<Prediction> predict(Model model, Batch inputs, Seed seed) {
    check(model, inputs);
    return new Poll(model, noise, seed.derive(2), n)
        .of(inputs, (example, samples) -> prediction(example, samples.get(0)));
  }

  private Certificate certificate(long example, Votes selection, Votes estimation) {
    int candidate = selection.winner();
    int votes = estimation.of(candidate);
    double lowerBound = lowerBound(votes, n, alpha);
    return new Certificate(example, candidate, votes, lowerBound, noise.radius(lowerBound));
  }

  private Prediction prediction(long example, Votes votes) {
    int most = votes.of(votes.winner());
    int next = votes.of(votes.runnerUp());
    double pValue = equalityPValue(most, next);
    OptionalInt answer = pValue <= alpha ? OptionalInt.of(votes.winner()) : OptionalInt.empty();
    return new Prediction(example, answer, most, next, pValue);
  }

  /** One-sided, as the paper has it: all of alpha lies below. */
  static double lowerBound(int votes, int draws, double alpha) {
    return Interval.clopperPearson(votes, draws, 1 - 2 * alpha).lower();
  }

  /**
   * Exact two-sided p-value of {@code most} heads and {@code next} tails of a fair coin, {@code
   * most} being the larger. Twice the upper tail; the two-sided test of commons-math3 is wrong, for
   * 60 heads in 100 for one.
   */
  static double equalityPValue(int most, int next) {
    BinomialDistribution fair = new BinomialDistribution(null, most + next, 0.5);
    return Math.min(1, 2 * fair.cumulativeProbability(next)); // by symmetry: P(at most next heads)
  }

  private static void check(Model model, Batch inputs) {
    if (inputs.width() != model.inputShape().size()) {
      throw new IllegalArgumentException(
          "inputs must have the model's %s features, but had %s"
              .formatted(model.inputShape().size(), inputs.width()));
    }
    model.domain().check(inputs);
  }
}
