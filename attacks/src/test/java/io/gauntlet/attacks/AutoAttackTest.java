package io.gauntlet.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Attack;
import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The suite is the paper's: attacks, order, budgets, targets; and says where it cannot be. */
class AutoAttackTest {
  private static Mlp classes(int count) {
    return Mlp.linear(Domain.UNIT, new float[count][2], new float[count]);
  }

  private static List<String> names(AutoAttack suite, int classes, ThreatModel threat) {
    return suite.against(classes(classes), threat).attacks().stream()
        .map(Attack::toString)
        .toList();
  }

  @Test
  void standard_is_the_papers() {
    for (ThreatModel threat : List.of(ThreatModel.linf(1), ThreatModel.l2(1))) {
      assertThat(names(AutoAttack.standard(), 10, threat))
          .containsExactly(
              "Apgd[steps=100, restarts=1, objective=CROSS_ENTROPY, targets=0, draws=1]",
              "Apgd[steps=100, restarts=1, objective=DLR, targets=9, draws=1]",
              "Fab[steps=100, restarts=1, targets=9, pull=0.1, overshoot=1.05, retreat=0.9]",
              "Square[queries=5000, share=0.8, horizon=10000, restarts=1]");
    }
  }

  @Test
  void under_l1_standard_has_more_runs_and_fewer_targets() {
    assertThat(names(AutoAttack.standard(), 10, ThreatModel.l1(1)))
        .containsExactly(
            "Apgd[steps=100, restarts=5, objective=CROSS_ENTROPY, targets=0, draws=1]",
            "Apgd[steps=100, restarts=1, objective=DLR, targets=5, draws=1]",
            "Fab[steps=100, restarts=1, targets=9, pull=0.1, overshoot=1.05, retreat=0.9]",
            "Square[queries=5000, share=0.8, horizon=10000, restarts=1]");
  }

  @Test
  void plus_and_rand_are_the_papers() {
    assertThat(names(AutoAttack.plus(), 10, ThreatModel.linf(1)))
        .containsExactly(
            "Apgd[steps=100, restarts=5, objective=CROSS_ENTROPY, targets=0, draws=1]",
            "Apgd[steps=100, restarts=5, objective=DLR, targets=0, draws=1]",
            "Fab[steps=100, restarts=5, targets=0, pull=0.1, overshoot=1.05, retreat=0.9]",
            "Square[queries=5000, share=0.8, horizon=10000, restarts=1]",
            "Apgd[steps=100, restarts=1, objective=DLR, targets=9, draws=1]",
            "Fab[steps=100, restarts=1, targets=9, pull=0.1, overshoot=1.05, retreat=0.9]");
    assertThat(names(AutoAttack.rand(), 10, ThreatModel.linf(1)))
        .containsExactly(
            "Apgd[steps=100, restarts=1, objective=CROSS_ENTROPY, targets=0, draws=20]",
            "Apgd[steps=100, restarts=1, objective=DLR, targets=0, draws=20]");
  }

  @Test
  void with_enough_classes_there_is_nothing_to_confess() {
    for (AutoAttack suite : List.of(AutoAttack.standard(), AutoAttack.plus(), AutoAttack.rand())) {
      assertThat(suite.against(classes(4), ThreatModel.linf(1)).departures()).isEmpty();
    }
    assertThat(AutoAttack.rand().against(classes(3), ThreatModel.linf(1)).departures()).isEmpty();
  }

  @Test
  void too_few_classes_for_the_dlr_loss_are_confessed() {
    assertThat(AutoAttack.standard().against(classes(3), ThreatModel.linf(1)).departures())
        .containsExactly(
            "AutoAttack's APGD-T climbs the margin here: its DLR loss needs 4 classes, the model"
                + " has 3");
    assertThat(AutoAttack.plus().against(classes(2), ThreatModel.linf(1)).departures())
        .containsExactly(
            "AutoAttack's APGD-DLR climbs the margin here: its DLR loss needs 3 classes, the model"
                + " has 2",
            "AutoAttack's APGD-T climbs the margin here: its DLR loss needs 4 classes, the model"
                + " has 2");
  }

  @Test
  void a_threat_it_is_not_made_for_is_refused_before_anything_runs() {
    assertThatThrownBy(() -> names(AutoAttack.standard(), 10, ThreatModel.l0(3)))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "AutoAttack works under [Linf, L2, L1] with a bounded epsilon, but the threat model is"
                + " L0 epsilon 3.0");
    assertThatThrownBy(() -> names(AutoAttack.standard(), 10, ThreatModel.unbounded(Norm.linf())))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "AutoAttack works under [Linf, L2, L1] with a bounded epsilon, but the threat model is"
                + " Linf unbounded");
  }

  @Test
  void it_runs_as_a_cascade_and_its_departures_are_in_the_report() {
    Net net = Net.of(3, 60); // three classes
    for (ThreatModel threat :
        List.of(ThreatModel.linf(0.1f), ThreatModel.l2(0.15f), ThreatModel.l1(0.2f))) {
      RobustnessReport report =
          Robustness.of(net.model())
              .under(threat)
              .attackedBy(AutoAttack.standard())
              .withSeed(1)
              .evaluate(net.examples());
      assertThat(report.attacks())
          .extracting(AttackSummary::title)
          .containsExactly("APGD-CE", "APGD-T-Margin", "FAB-T", "Square");
      assertThat(report.attacks().get(0).fooled()).isPositive();
      assertThat(report.attacks().get(3).attempted())
          .isEqualTo(
              report.attacks().get(0).attempted()
                  - report.attacks().subList(0, 3).stream().mapToInt(AttackSummary::fooled).sum());
      assertThat(report.caveats()).hasAtLeastOneElementOfType(Caveat.SuiteDeparts.class);
    }
  }
}
