package io.gauntlet.defenses.certify.smoothing;

import io.gauntlet.evaluate.Rate;
import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Shape;
import io.gauntlet.threat.Norm;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * What is proven of a smoothed classifier on some examples.
 *
 * <p>How sure it is: a certificate is wrong with probability {@code alpha} at most, which is a
 * statement about one example. Since the noise of different examples is independent, the number of
 * wrong ones among {@code m} is at most that of a binomial distribution of {@code m} and {@code
 * alpha}, whatever the classifier is. So all of them hold at once with probability {@code (1 -
 * alpha)^m} only, but {@link #mostWrong few} are wrong almost surely, and {@link
 * #certifiedAccuracyAtLeast} takes them off, for all radii at once. That is exact where the
 * authors' {@code analyze.py} approximates. It speaks of these examples; {@link Rate#interval} of
 * the share speaks of others like them.
 *
 * @param method what was done
 * @param shape of one example
 * @param labels true classes
 * @param certificates one for each example, in their order; at least 1
 */
public record SmoothingReport(
    RandomizedSmoothing method, Shape shape, Labels labels, List<Certificate> certificates) {

  /**
   * A point of the curve.
   *
   * @param radius in the noise's norm
   * @param accuracy examples whose right class is proven that far
   */
  public record Point(double radius, Rate accuracy) {}

  /** Checks that labels and certificates are of the same examples. */
  public SmoothingReport {
    certificates = List.copyOf(certificates);
    Check.atLeast(1, certificates.size(), "number of examples");
    if (certificates.size() != labels.count()) {
      throw new IllegalArgumentException(
          "every example needs one certificate, but there were %s examples and %s certificates"
              .formatted(labels.count(), certificates.size()));
    }
    for (int row = 0; row < certificates.size(); row++) {
      if (certificates.get(row).example() != labels.example(row)) {
        throw new IllegalArgumentException(
            "certificates must be in the order of the labels, but certificate %s is of example %s, label %s of example %s"
                .formatted(row, certificates.get(row).example(), row, labels.example(row)));
      }
    }
  }

  /** Number of examples. */
  public int examples() {
    return certificates.size();
  }

  /** Forward passes of the model: {@code n0 + n} for each example. */
  public long queries() {
    return (long) examples() * (method.n0() + method.n());
  }

  /** Examples of which nothing is proven. */
  public Rate abstained() {
    return rate(row -> certificates.get(row).isAbstained());
  }

  /**
   * Examples whose right class no change of at most this size takes away.
   *
   * @param radius in the noise's norm; finite, at least 0, where it says which right answers are
   *     sure at all
   */
  public Rate certifiedAccuracy(double radius) {
    checkRadius(radius);
    return rate(row -> certificates.get(row).holds(labels.atRow(row), radius));
  }

  /**
   * The same for changes measured in another norm, by the largest ball that fits into the proven
   * one: a proof for L2 reaches {@code 1 / sqrt(features)} as far in Linf. A proof made for that
   * norm may reach farther.
   *
   * @throws IllegalArgumentException for L0, which no ball of another norm bounds
   */
  public Rate certifiedAccuracy(Norm norm, double radius) {
    checkRadius(radius);
    return certifiedAccuracy(radius / insideFactor(norm));
  }

  /** Certified accuracy at these radii. */
  public List<Point> curve(List<Double> radii) {
    return radii.stream().map(radius -> new Point(radius, certifiedAccuracy(radius))).toList();
  }

  /**
   * Certified accuracy at equal steps from 0 to the largest radius that the method allows.
   *
   * @param points at least 2
   */
  public List<Point> curve(int points) {
    Check.atLeast(2, points, "points");
    double step = method.largestRadius() / (points - 1);
    return curve(IntStream.range(0, points).mapToObj(i -> i * step).toList());
  }

  /**
   * Mean over all examples of the proven radius, 0 where the class is wrong or unsure (ACR; Zhai,
   * Dan, He, Zhang, Gong, Ravikumar, Hsieh, Wang: <a
   * href="https://arxiv.org/abs/2001.02378">MACER</a>, ICLR 2020).
   */
  public double averageCertifiedRadius() {
    return IntStream.range(0, examples())
            .filter(row -> certificates.get(row).holds(labels.atRow(row), 0))
            .mapToDouble(row -> certificates.get(row).radius())
            .sum()
        / examples();
  }

  /**
   * How many certificates are wrong at most.
   *
   * @param confidence of that statement, in (0, 1)
   */
  public int mostWrong(double confidence) {
    if (!(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException(
          "confidence must lie between 0 and 1, such as 0.999, but was " + confidence);
    }
    return new BinomialDistribution(null, examples(), method.alpha())
        .inverseCumulativeProbability(confidence);
  }

  /**
   * Certified accuracy on these examples less the certificates that may be wrong. Holds for all
   * radii at once with this confidence.
   *
   * @param confidence in (0, 1)
   */
  public Rate certifiedAccuracyAtLeast(double radius, double confidence) {
    int sure = certifiedAccuracy(radius).count() - mostWrong(confidence);
    return new Rate(Math.max(0, sure), examples());
  }

  /** The report for a console. */
  @Override
  public String toString() {
    return ReportText.of(this);
  }

  /** Radius of the largest ball of another norm in the unit ball of the noise's norm. */
  double insideFactor(Norm norm) {
    double surplus = reciprocalOrder(norm) - reciprocalOrder(method.noise().norm());
    return Math.pow(shape.size(), Math.min(0, surplus));
  }

  private static double reciprocalOrder(Norm norm) {
    if (norm.equals(Norm.l1())) {
      return 1;
    }
    if (norm.equals(Norm.l2())) {
      return 0.5;
    }
    if (norm.equals(Norm.linf())) {
      return 0;
    }
    throw new IllegalArgumentException("norm must be L1, L2 or Linf, but was " + norm);
  }

  private static void checkRadius(double radius) {
    if (!(radius >= 0 && Double.isFinite(radius))) {
      throw new IllegalArgumentException(
          "radius must be finite and not negative, but was " + radius);
    }
  }

  private Rate rate(IntPredicate holds) {
    return new Rate((int) IntStream.range(0, examples()).filter(holds).count(), examples());
  }
}
