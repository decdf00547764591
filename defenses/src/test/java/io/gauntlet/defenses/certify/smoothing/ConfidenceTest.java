package io.gauntlet.defenses.certify.smoothing;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The confidence statements, put to the test on inputs whose majority is planted: a step at 0 with
 * sigma 1 and an input at {@code Phi^-1(p)} puts a noisy copy into class 1 with probability p.
 */
class ConfidenceTest {
  private static final int RUNS = 10_000;
  private static final double CHANCE = 1e-4; // that a right certifier fails one of these tests
  private static final Mlp STEP =
      Mlp.linear(Domain.of(-10, 10), new float[][] {{0}, {1}}, new float[2]);

  @ParameterizedTest
  @CsvSource({
    "0.6, 0.05",
    "0.9, 0.05",
    "0.99, 0.05",
    "0.7, 0.01",
    "0.51, 0.2",
    "0.5, 0.1",
    "0.499, 0.1"
  })
  void a_certificate_is_wrong_as_often_as_clopper_and_pearson_are_and_never_above_alpha(
      double p, double alpha) {
    int n = 200;
    RandomizedSmoothing method = new RandomizedSmoothing(new Noise.Gaussian(1), 10, n, alpha);
    double truth = new NormalDistribution(null, 0, 1).inverseCumulativeProbability(p);
    long wrong = certificates(method, truth).stream().filter(c -> isWrong(c, truth)).count();

    double expected = probabilityOfError(p, n, alpha, method.n0());
    assertThat(expected).isLessThanOrEqualTo(alpha);
    BinomialDistribution errors = new BinomialDistribution(null, RUNS, expected);
    assertThat(wrong)
        .isBetween(
            (long) errors.inverseCumulativeProbability(CHANCE / 2),
            (long) errors.inverseCumulativeProbability(1 - CHANCE / 2));
  }

  /** With the test above: the whole of alpha is spent, on one side, but for the bound's steps. */
  @Test
  void alpha_is_spent() {
    assertThat(probabilityOfError(0.9, 200, 0.05, 100)).isBetween(0.5 * 0.05, 0.05);
    assertThat(probabilityOfError(0.9, 5000, 0.05, 100)).isBetween(0.9 * 0.05, 0.05);
    assertThat(probabilityOfError(0.99, 100_000, 0.001, 100)).isBetween(0.9e-3, 1e-3);
  }

  @Test
  void the_number_of_wrong_certificates_stays_below_what_the_report_says() {
    RandomizedSmoothing method = new RandomizedSmoothing(new Noise.Gaussian(1), 10, 300, 0.05);
    double truth = new NormalDistribution(null, 0, 1).inverseCumulativeProbability(0.8);
    List<Certificate> all = certificates(method, truth);
    int size = 200;
    int exceeded = 0;
    for (int from = 0; from < RUNS; from += size) {
      Labels labels = Labels.of(inputs(size, truth), new int[size]);
      List<Certificate> some =
          IntStream.range(from, from + size)
              .mapToObj(i -> renumbered(all.get(i), i % size))
              .toList();
      SmoothingReport report = new SmoothingReport(method, Shape.of(1), labels, some);
      long wrong = some.stream().filter(c -> isWrong(c, truth)).count();
      exceeded += wrong > report.mostWrong(0.9) ? 1 : 0;
    }
    int reports = RUNS / size;
    assertThat(exceeded)
        .isLessThanOrEqualTo(
            new BinomialDistribution(null, reports, 0.1).inverseCumulativeProbability(1 - CHANCE));
  }

  @ParameterizedTest
  @CsvSource({"0.5, 0.1", "0.48, 0.05", "0.55, 0.05"})
  void a_prediction_is_wrong_with_probability_alpha_at_most(double p, double alpha) {
    RandomizedSmoothing method = new RandomizedSmoothing(new Noise.Gaussian(1), 1, 100, alpha);
    double truth = new NormalDistribution(null, 0, 1).inverseCumulativeProbability(p);
    List<Prediction> predictions = method.predict(STEP, inputs(RUNS, truth), Seed.of(4));
    int majority = p > 0.5 ? 1 : 0;
    long wrong =
        predictions.stream()
            .filter(made -> made.prediction().isPresent())
            .filter(made -> p == 0.5 || made.prediction().getAsInt() != majority)
            .count();
    assertThat(wrong)
        .isLessThanOrEqualTo(
            new BinomialDistribution(null, RUNS, alpha).inverseCumulativeProbability(1 - CHANCE));
  }

  /**
   * The two ways to be wrong: the candidate is class 1 and its bound lies above p, or it is class 0
   * and its bound lies above both 1 - p and a half.
   */
  private static double probabilityOfError(double p, int n, double alpha, int n0) {
    double candidateIsOne =
        1 - new BinomialDistribution(null, n0, p).cumulativeProbability(n0 / 2); // ties go to 0
    return candidateIsOne * probabilityOfExcess(p, n, alpha)
        + (1 - candidateIsOne) * probabilityOfExcess(1 - p, n, alpha);
  }

  /** That so many votes come together that their bound exceeds p, and a half. */
  private static double probabilityOfExcess(double p, int n, double alpha) {
    int enough = 0;
    for (int past = n + 1; enough < past; ) { // the bound grows with the votes
      int k = (enough + past) / 2;
      if (k <= n && Interval.clopperPearson(k, n, 1 - 2 * alpha).lower() > Math.max(p, 0.5)) {
        past = k;
      } else {
        enough = k + 1;
      }
    }
    return 1 - new BinomialDistribution(null, n, p).cumulativeProbability(enough - 1);
  }

  private static boolean isWrong(Certificate found, double truth) {
    if (found.isAbstained()) {
      return false;
    }
    double reach = found.candidate() == 1 ? truth : -truth; // how far the majority really reaches
    return found.radius() > reach;
  }

  private static List<Certificate> certificates(RandomizedSmoothing method, double x) {
    return method.certify(STEP, examples(RUNS, x), Seed.of(3)).certificates();
  }

  private static Examples examples(int count, double x) {
    return Examples.of(inputs(count, x), new int[count]);
  }

  private static Batch inputs(int count, double x) {
    float[] values = new float[count];
    Arrays.fill(values, (float) x);
    return Batch.wrap(1, values);
  }

  private static Certificate renumbered(Certificate c, int example) {
    return new Certificate(example, c.candidate(), c.votes(), c.lowerBound(), c.radius());
  }
}
