package io.gauntlet.attacks;

import io.gauntlet.attack.Attack;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A random two-class linear model and one example: what can fool it is known in closed form. The
 * smallest perturbation is the margin over the dual norm of the weights, where the domain is wide
 * enough not to matter.
 */
public final class Hyperplane {
  private static final int FEATURES = 20;

  private final Domain domain;
  private final float[] w = new float[FEATURES];
  private final float[] x = new float[FEATURES];
  private final float b;
  private final Mlp model;

  private Hyperplane(long seed, Domain domain) {
    this.domain = domain;
    RandomGenerator random = Seed.of(seed).forExample(0);
    for (int j = 0; j < FEATURES; j++) {
      w[j] = (float) random.nextGaussian();
      x[j] = domain.clip(j, (float) random.nextGaussian());
    }
    b = (float) random.nextGaussian();
    model = Mlp.linear(domain, new float[][] {new float[FEATURES], w}, new float[] {0, b});
  }

  /** In a domain too wide to matter. */
  public static Hyperplane of(long seed) {
    return of(seed, Domain.of(-100, 100));
  }

  /** In this domain. */
  public static Hyperplane of(long seed, Domain domain) {
    return new Hyperplane(seed, domain);
  }

  /** Whether an attack gets the example to the other side. */
  public boolean isFooled(Attack<? super DifferentiableModel> attack, ThreatModel threat) {
    return evaluation(attack, threat).evaluate(examples()).robustAccuracy() == 0;
  }

  /** Whether an attack that wants the other class gets it. */
  public boolean isMoved(Attack<? super DifferentiableModel> attack, ThreatModel threat) {
    return evaluation(attack, threat)
            .towards(Labels.of(1 - label()))
            .evaluate(examples())
            .robustAccuracy()
        == 0;
  }

  /** Distance of what a minimum-norm attack found, measured by the evaluation; NaN if nothing. */
  public double distanceFound(Attack<? super DifferentiableModel> attack, Norm norm) {
    RobustnessReport report = evaluation(attack, ThreatModel.unbounded(norm)).evaluate(examples());
    return report.outcomes().get(0) instanceof Outcome.Fooled fooled
        ? fooled.distance()
        : Double.NaN;
  }

  private Robustness<DifferentiableModel> evaluation(
      Attack<? super DifferentiableModel> attack, ThreatModel threat) {
    return Robustness.of(model).under(threat).attackedBy(List.of(attack)).withSeed(3);
  }

  private Examples examples() {
    return Examples.of(Batch.of(x), label());
  }

  private int label() {
    return model.logits(Batch.of(x)).argmax(0);
  }

  /** The exact distance in a wide domain, for Linf, L2 and L1. */
  public double distanceToBoundary(Norm norm) {
    double dual = 0;
    for (float v : w) {
      if (norm == Norm.linf()) {
        dual += Math.abs(v);
      } else if (norm == Norm.l2()) {
        dual += (double) v * v;
      } else {
        dual = Math.max(dual, Math.abs(v));
      }
    }
    return Math.abs(score()) / (norm == Norm.l2() ? Math.sqrt(dual) : dual);
  }

  /**
   * The exact distance within the domain; NaN if no legal input is on the other side. Whether
   * {@link Norm#reach} is right is tested where it lives.
   */
  public double distanceInDomain(Norm norm) {
    float[] step = new float[FEATURES];
    float[] low = new float[FEATURES];
    float[] high = new float[FEATURES];
    double reachable = 0;
    for (int j = 0; j < FEATURES; j++) {
      step[j] = (float) (-Math.signum(score()) * w[j]);
      low[j] = domain.lower(j) - x[j];
      high[j] = domain.upper(j) - x[j];
      reachable += Math.max(step[j] * low[j], step[j] * high[j]);
    }
    norm.reach(step, Math.abs(score()), low, high);
    return reachable > 1.01 * Math.abs(score()) ? norm.of(step) : Double.NaN;
  }

  /** The exact L0 distance: how many features it takes, each moved to its bound. */
  public int featuresToBoundary() {
    double score = score();
    double[] gains = new double[FEATURES];
    for (int j = 0; j < FEATURES; j++) {
      double push = -Math.signum(score) * w[j]; // towards the other side
      double reach = push > 0 ? domain.upper(j) - x[j] : domain.lower(j) - x[j];
      gains[j] = Math.abs(w[j] * reach);
    }
    Arrays.sort(gains);
    double left = Math.abs(score);
    int features = 0;
    while (left >= 0) {
      left -= gains[FEATURES - 1 - features++];
    }
    return features;
  }

  private double score() {
    double score = b;
    for (int j = 0; j < FEATURES; j++) {
      score += (double) w[j] * x[j];
    }
    return score;
  }
}
