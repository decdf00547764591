package io.gauntlet.defenses.certify.smoothing;

import io.gauntlet.model.Check;
import io.gauntlet.threat.Norm;
import java.util.random.RandomGenerator;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * What a smoothed classifier adds to every feature of its input, independently, and how far a
 * majority among the noisy copies reaches.
 *
 * <p>The radii are those of Yang, Duan, Hu, Salman, Razenshteyn, Li: <a
 * href="https://arxiv.org/abs/2002.08118">Randomized Smoothing of All Shapes and Sizes</a>, ICML
 * 2020, table 1, each with the paper that had it first below. No larger radius holds for every base
 * classifier whose majority class is answered with that probability.
 */
public sealed interface Noise {
  /**
   * Normal noise, which certifies L2 (Cohen, Rosenfeld, Kolter: <a
   * href="https://arxiv.org/abs/1902.02918">Certified Adversarial Robustness via Randomized
   * Smoothing</a>, ICML 2019): {@code sigma * Phi^-1(p)}.
   *
   * @param sigma standard deviation, in input units; finite, positive
   */
  record Gaussian(float sigma) implements Noise {
    private static final NormalDistribution STANDARD = new NormalDistribution(null, 0, 1);

    /** Checks the deviation. */
    public Gaussian {
      Check.positive(sigma, "sigma");
    }

    @Override
    public Norm norm() {
      return Norm.l2();
    }

    @Override
    public void addTo(float[] values, int from, int to, RandomGenerator random) {
      for (int j = from; j < to; j++) {
        values[j] += (float) (sigma * random.nextGaussian());
      }
    }

    @Override
    public double radius(double probability) {
      return isMajority(probability)
          ? sigma * STANDARD.inverseCumulativeProbability(probability)
          : 0;
    }
  }

  /**
   * Two-sided exponential noise, which certifies L1 (Teng, Lee, Yuan: <a
   * href="https://openreview.net/forum?id=H1lQIgrFDS">l1 Adversarial Robustness Certificates: a
   * Randomized Smoothing Approach</a>, 2020): {@code -scale * log(2 (1 - p))}.
   *
   * @param scale mean absolute value, the parameter b, in input units; finite, positive
   */
  record Laplace(float scale) implements Noise {
    /** Checks the scale. */
    public Laplace {
      Check.positive(scale, "scale");
    }

    @Override
    public Norm norm() {
      return Norm.l1();
    }

    @Override
    public void addTo(float[] values, int from, int to, RandomGenerator random) {
      for (int j = from; j < to; j++) {
        double up = random.nextExponential();
        values[j] += (float) (scale * (up - random.nextExponential()));
      }
    }

    @Override
    public double radius(double probability) {
      return isMajority(probability) ? -scale * Math.log(2 * (1 - probability)) : 0;
    }
  }

  /**
   * Uniform noise in {@code [-halfWidth, halfWidth]}, which certifies L1 (Lee, Yuan, Chang,
   * Jaakkola: <a href="https://arxiv.org/abs/1906.04948">Tight Certificates of Adversarial
   * Robustness for Randomly Smoothed Classifiers</a>, NeurIPS 2019): {@code 2 * halfWidth * (p -
   * 1/2)}.
   *
   * @param halfWidth the parameter lambda, in input units; finite, positive
   */
  record Uniform(float halfWidth) implements Noise {
    /** Checks the width. */
    public Uniform {
      Check.positive(halfWidth, "halfWidth");
    }

    @Override
    public Norm norm() {
      return Norm.l1();
    }

    @Override
    public void addTo(float[] values, int from, int to, RandomGenerator random) {
      for (int j = from; j < to; j++) {
        values[j] += (float) (halfWidth * (2 * random.nextDouble() - 1));
      }
    }

    @Override
    public double radius(double probability) {
      return isMajority(probability) ? 2 * halfWidth * (probability - 0.5) : 0;
    }
  }

  /** The norm that its radii are measured in. */
  Norm norm();

  /**
   * Adds noise to the features of one input.
   *
   * @param values holds them from position {@code from} (inclusive) to {@code to} (exclusive)
   */
  void addTo(float[] values, int from, int to, RandomGenerator random);

  /**
   * How far an input may be moved without changing the class of the majority.
   *
   * @param probability with which noisy copies of the input get that class, or a lower bound of it;
   *     0 to 1
   * @return in input units; 0 where it is no majority
   * @throws IllegalArgumentException if it is no probability
   */
  double radius(double probability);

  private static boolean isMajority(double probability) {
    if (probability >= 0 && probability <= 1) {
      return probability > 0.5;
    }
    throw new IllegalArgumentException("a probability must be from 0 to 1, but was " + probability);
  }
}
