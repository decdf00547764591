package io.gauntlet.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Objective;
import io.gauntlet.attacks.Hyperplane;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Against the closed form: a two-class linear model is fooled exactly when epsilon exceeds margin
 * over the dual norm of the weight difference. The domain is wide enough not to matter, except for
 * L0, where it sets how far one feature can go.
 */
class LinearOracleTest {
  static List<Long> seeds() {
    return java.util.stream.LongStream.rangeClosed(1, 20).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void pgd_fails_just_inside_the_exact_radius_and_succeeds_just_outside(long seed) {
    Hyperplane linear = Hyperplane.of(seed);
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
    Hyperplane linear = Hyperplane.of(seed);
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
    Hyperplane linear = Hyperplane.of(seed, Domain.of(-1, 1));
    int exact = linear.featuresToBoundary();
    assertThat(linear.isFooled(Fgsm.standard(), ThreatModel.l0(exact - 1))).isFalse();
    assertThat(linear.isFooled(Fgsm.standard(), ThreatModel.l0(exact))).isTrue();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_targeted_attack_is_exact_too(long seed) {
    Hyperplane linear = Hyperplane.of(seed);
    Pgd pgd = Pgd.standard();
    for (Norm norm : List.of(Norm.linf(), Norm.l2(), Norm.l1())) {
      double exact = linear.distanceToBoundary(norm);
      assertThat(linear.isMoved(pgd, new ThreatModel(norm, (float) (0.98 * exact)))).isFalse();
      assertThat(linear.isMoved(pgd, new ThreatModel(norm, (float) (1.02 * exact)))).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void apgd_is_exact(long seed) {
    Hyperplane linear = Hyperplane.of(seed);
    for (Norm norm : Apgd.dlr().norms()) {
      double exact = linear.distanceToBoundary(norm);
      for (Apgd apgd :
          List.of(Apgd.crossEntropy(), Apgd.targeted().withObjective(Objective.MARGIN))) {
        ThreatModel inside = new ThreatModel(norm, (float) (0.98 * exact));
        ThreatModel outside = new ThreatModel(norm, (float) (1.02 * exact));
        assertThat(linear.isFooled(apgd, inside)).as("%s %s", apgd, inside).isFalse();
        assertThat(linear.isFooled(apgd, outside)).as("%s %s", apgd, outside).isTrue();
        assertThat(linear.isMoved(apgd, outside)).as("targeted %s %s", apgd, outside).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void fab_finds_the_exact_distance(long seed) {
    Hyperplane linear = Hyperplane.of(seed);
    for (Norm norm : Fab.standard().norms()) {
      double exact = linear.distanceToBoundary(norm);
      for (Fab fab : List.of(Fab.standard(), Fab.targeted())) {
        assertThat(linear.distanceFound(fab, norm) / exact)
            .as("%s %s", fab, norm)
            .isBetween(1 - 1e-5, 1.01);
        assertThat(linear.isMoved(fab, new ThreatModel(norm, (float) (1.02 * exact)))).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void transfer_attacks_are_exact(long seed) {
    Hyperplane linear = Hyperplane.of(seed);
    for (Norm norm : List.of(Norm.linf(), Norm.l2(), Norm.l1())) {
      double exact = linear.distanceToBoundary(norm);
      for (MiFgsm attack : List.of(MiFgsm.standard(), MiFgsm.nesterov())) {
        assertThat(linear.isFooled(attack, new ThreatModel(norm, (float) (0.98 * exact))))
            .isFalse();
        assertThat(linear.isFooled(attack, new ThreatModel(norm, (float) (1.02 * exact)))).isTrue();
      }
    }
  }

  /** A third of the features start at a bound of the domain, many more end there. */
  @ParameterizedTest
  @MethodSource("seeds")
  void in_a_narrow_domain_iterated_attacks_are_exact_too(long seed) {
    Hyperplane linear = Hyperplane.of(seed, Domain.of(-1, 1));
    for (Norm norm : List.of(Norm.linf(), Norm.l2(), Norm.l1())) {
      double exact = linear.distanceInDomain(norm);
      for (Attack<DifferentiableModel> attack :
          List.<Attack<DifferentiableModel>>of(
              Pgd.standard(),
              Apgd.crossEntropy(),
              Apgd.crossEntropy().withObjective(Objective.MARGIN))) {
        ThreatModel inside = new ThreatModel(norm, (float) (0.98 * exact));
        // under L1 APGD's shortest step is a tenth of the radius
        double enough = norm == Norm.l1() && attack instanceof Apgd ? 1.05 : 1.02;
        ThreatModel outside = new ThreatModel(norm, (float) (enough * exact));
        assertThat(linear.isFooled(attack, inside)).as("%s %s", attack, inside).isFalse();
        assertThat(linear.isFooled(attack, outside)).as("%s %s", attack, outside).isTrue();
      }
      assertThat(linear.distanceFound(Fab.standard(), norm) / exact)
          .as("FAB %s", norm)
          .isBetween(1 - 1e-5, 1.01);
    }
  }
}
