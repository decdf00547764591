package io.gauntlet.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Objective;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Robustness;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Against the closed form: a two-class linear model is fooled exactly when epsilon exceeds margin
 * over the dual norm of the weight difference. The domain is wide enough not to matter, except for
 * L0, where it sets how far one feature can go.
 */
class LinearOracleTest {
  private static final int FEATURES = 20;
  private static final Domain WIDE = Domain.of(-100, 100);

  static List<Long> seeds() {
    return java.util.stream.LongStream.rangeClosed(1, 20).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void pgd_fails_just_inside_the_exact_radius_and_succeeds_just_outside(long seed) {
    Linear linear = new Linear(seed);
    for (Norm norm : List.of(Norm.linf(), Norm.l2(), Norm.l1())) {
      for (Objective objective : List.of(Objective.CROSS_ENTROPY, Objective.MARGIN)) {
        Pgd pgd = Pgd.standard().withObjective(objective);
        double exact = linear.distanceToBoundary(norm);
        assertThat(linear.isFooled(pgd, new ThreatModel(norm, (float) (0.98 * exact))))
            .as("%s at 0.98 of the exact radius", norm)
            .isFalse();
        assertThat(linear.isFooled(pgd, new ThreatModel(norm, (float) (1.02 * exact))))
            .as("%s at 1.02 of the exact radius", norm)
            .isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void one_step_is_exact_on_a_linear_model(long seed) {
    Linear linear = new Linear(seed);
    for (Norm norm : List.of(Norm.linf(), Norm.l2(), Norm.l1())) {
      double exact = linear.distanceToBoundary(norm);
      for (Attack<DifferentiableModel> attack :
          List.<Attack<DifferentiableModel>>of(Fgsm.standard(), Bim.standard())) {
        assertThat(linear.isFooled(attack, new ThreatModel(norm, (float) (0.98 * exact))))
            .isFalse();
        assertThat(linear.isFooled(attack, new ThreatModel(norm, (float) (1.02 * exact)))).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void under_l0_the_fewest_features_that_can_fool_do(long seed) {
    Linear linear = new Linear(seed, Domain.of(-1, 1));
    int exact = linear.featuresToBoundary();
    assertThat(linear.isFooled(Fgsm.standard(), ThreatModel.l0(exact - 1))).isFalse();
    assertThat(linear.isFooled(Fgsm.standard(), ThreatModel.l0(exact))).isTrue();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_targeted_attack_is_exact_too(long seed) {
    Linear linear = new Linear(seed);
    Pgd pgd = Pgd.standard();
    for (Norm norm : List.of(Norm.linf(), Norm.l2(), Norm.l1())) {
      double exact = linear.distanceToBoundary(norm);
      assertThat(linear.isMoved(pgd, new ThreatModel(norm, (float) (0.98 * exact)))).isFalse();
      assertThat(linear.isMoved(pgd, new ThreatModel(norm, (float) (1.02 * exact)))).isTrue();
    }
  }

  /** A random two-class linear model and one example of its first class or second. */
  private static final class Linear {
    private final float[] w = new float[FEATURES];
    private final float[] x = new float[FEATURES];
    private final float b;
    private final Mlp model;

    Linear(long seed) {
      this(seed, WIDE);
    }

    Linear(long seed, Domain domain) {
      RandomGenerator random = Seed.of(seed).forExample(0);
      for (int j = 0; j < FEATURES; j++) {
        w[j] = (float) random.nextGaussian();
        x[j] = domain.clip(j, (float) random.nextGaussian());
      }
      b = (float) random.nextGaussian();
      model = Mlp.linear(domain, new float[][] {new float[FEATURES], w}, new float[] {0, b});
    }

    boolean isFooled(Attack<DifferentiableModel> attack, ThreatModel threat) {
      return evaluation(attack, threat).evaluate(Examples.of(Batch.of(x), label())).robustAccuracy()
          == 0;
    }

    boolean isMoved(Attack<DifferentiableModel> attack, ThreatModel threat) {
      return evaluation(attack, threat)
              .towards(Labels.of(1 - label()))
              .evaluate(Examples.of(Batch.of(x), label()))
              .robustAccuracy()
          == 0;
    }

    private Robustness<DifferentiableModel> evaluation(
        Attack<DifferentiableModel> attack, ThreatModel threat) {
      return Robustness.of(model).under(threat).attackedBy(attack).withSeed(3);
    }

    private int label() {
      return model.logits(Batch.of(x)).argmax(0);
    }

    double distanceToBoundary(Norm norm) {
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

    int featuresToBoundary() {
      double score = score();
      double[] gains = new double[FEATURES];
      for (int j = 0; j < FEATURES; j++) {
        double push = -Math.signum(score) * w[j]; // towards the other side
        double reach = push > 0 ? 1 - x[j] : -1 - x[j];
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
}
