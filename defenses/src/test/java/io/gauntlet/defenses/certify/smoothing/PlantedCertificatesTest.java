package io.gauntlet.defenses.certify.smoothing;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

/**
 * 10,000 classifiers whose smoothed class is known in closed form everywhere, each certified at one
 * input: the worst change inside the certified radius must leave the true smoothed class alone. An
 * alpha of 1e-7 leaves one chance in a thousand that any of them fails by luck; the seed is fixed.
 */
class PlantedCertificatesTest {
  private static final Domain ANY = Domain.of(-1e6f, 1e6f);
  private static final double ALPHA = 1e-7;

  /** How the planted cases went. */
  private static final class Tally {
    private final List<String> broken = new ArrayList<>();
    private int certified;
    private double reached; // share of the true distance, summed
  }

  /**
   * Noise is symmetric, so the vote on a half-space turns at the very hyperplane; the nearest point
   * of it is the worst change.
   */
  @Test
  void nothing_inside_a_radius_crosses_the_hyperplane_of_9000_linear_classifiers() {
    Tally tally = new Tally();
    for (int i = 0; i < 9000; i++) {
      RandomGenerator random = Seed.of(1).forExample(i);
      float size = (float) Math.exp(random.nextGaussian());
      Noise noise =
          switch (i % 3) {
            case 0 -> new Noise.Gaussian(size);
            case 1 -> new Noise.Laplace(size);
            default -> new Noise.Uniform(size);
          };
      int width = 1 + random.nextInt(6);
      float[] weights = normal(width, random);
      float[] x = normal(width, random);
      float bias = (float) (2 * size * random.nextGaussian() - dot(weights, x));
      Mlp linear =
          Mlp.linear(ANY, new float[][] {weights, new float[width]}, new float[] {bias, 0});
      double margin = dot(weights, x) + bias;
      double distance = Math.abs(margin) / dualNorm(noise, weights);
      int truth = margin > 0 ? 0 : 1;
      judge(tally, i, certificate(linear, noise, x, i), truth, distance);
    }
    assertThat(tally.broken).isEmpty();
    assertThat(tally.certified).isGreaterThan(5000);
    assertThat(tally.reached / tally.certified).isGreaterThan(0.3); // not vacuous
  }

  /**
   * A band, class 0 where |w x| is below c, as two hidden units: along w the noise is normal, so
   * the vote for class 0 is a difference of two normal probabilities, which falls with |w x|.
   */
  @Test
  void nothing_inside_a_radius_turns_the_vote_of_1000_networks() {
    NormalDistribution standard = new NormalDistribution(null, 0, 1);
    Tally tally = new Tally();
    for (int i = 0; i < 1000; i++) {
      RandomGenerator random = Seed.of(2).forExample(i);
      float sigma = (float) Math.exp(0.5 * random.nextGaussian());
      int width = 1 + random.nextInt(6);
      float[] w = normal(width, random);
      float[] x = normal(width, random);
      double length = Math.sqrt(dot(w, w));
      double spread = sigma * length;
      float c = (float) (spread * (0.3 + 3 * random.nextDouble()));
      double s = Math.abs(dot(w, x));

      double turn = turningPoint(standard, c, spread); // below it the vote is for class 0
      int truth = s < turn ? 0 : 1;
      double distance = turn == 0 ? Double.POSITIVE_INFINITY : Math.abs(s - turn) / length;
      judge(tally, i, certificate(band(w, c), new Noise.Gaussian(sigma), x, i), truth, distance);
    }
    assertThat(tally.broken).isEmpty();
    assertThat(tally.certified).isGreaterThan(500);
  }

  /**
   * Where half of the noisy copies are inside the band; 0 where it is too narrow for a majority.
   */
  private static double turningPoint(NormalDistribution standard, double c, double spread) {
    double low = 0;
    double high = c + 10 * spread;
    for (int step = 0; step < 100; step++) {
      double s = (low + high) / 2;
      double inside =
          standard.cumulativeProbability((c - s) / spread)
              - standard.cumulativeProbability((-c - s) / spread);
      low = inside > 0.5 ? s : low;
      high = inside > 0.5 ? high : s;
    }
    return low;
  }

  private static Mlp band(float[] w, float c) {
    float[] negative = Batch.of(w).times(-1).row(0);
    return Mlp.of(
        Shape.of(w.length),
        ANY,
        List.of(
            Mlp.Dense.of(new float[][] {w, negative}, new float[2]),
            Mlp.Dense.of(new float[][] {{-1, -1}, {0, 0}}, new float[] {c, 0})));
  }

  private static Certificate certificate(Mlp base, Noise noise, float[] x, int example) {
    return new RandomizedSmoothing(noise, 10, 200, ALPHA)
        .certify(base, Examples.of(Batch.of(x), 0), Seed.of(3).derive(example))
        .certificates()
        .get(0);
  }

  private static void judge(Tally tally, int i, Certificate found, int truth, double distance) {
    if (found.isAbstained()) {
      return;
    }
    tally.certified++;
    tally.reached += Double.isInfinite(distance) ? 0 : found.radius() / distance;
    if (found.candidate() != truth || found.radius() > distance) {
      tally.broken.add(
          "case %s: %s, but the class is %s up to %s".formatted(i, found, truth, distance));
    }
  }

  /** The norm of the weights that turns a margin into a distance. */
  private static double dualNorm(Noise noise, float[] weights) {
    return noise.norm().equals(Norm.l2()) ? Norm.l2().of(weights) : Norm.linf().of(weights);
  }

  private static float[] normal(int width, RandomGenerator random) {
    float[] values = new float[width];
    for (int j = 0; j < width; j++) {
      values[j] = (float) random.nextGaussian();
    }
    return values;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += (double) a[j] * b[j];
    }
    return sum;
  }
}
