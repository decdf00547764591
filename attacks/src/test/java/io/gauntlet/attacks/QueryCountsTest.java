package io.gauntlet.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attack.Attack;
import io.gauntlet.attacks.gradient.Bim;
import io.gauntlet.attacks.gradient.Effort;
import io.gauntlet.attacks.gradient.Fgsm;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.noise.RandomNoise;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import org.junit.jupiter.api.Test;

/** One feature, class 1 above a half: what an attack costs can be counted by hand. */
class QueryCountsTest {
  private static final Mlp THRESHOLD =
      Mlp.linear(Domain.UNIT, new float[][] {{0}, {1}}, new float[] {0.5f, 0});
  private static final Examples ROBUST =
      Examples.of(Batch.of(new float[] {0.1f}, new float[] {0.15f}, new float[] {0.2f}), 0, 0, 0);
  private static final Examples WEAK =
      Examples.of(Batch.of(new float[] {0.4375f}, new float[] {0.45f}), 0, 0);

  private static void assertCosts(
      Attack<? super DifferentiableModel> attack, Examples examples, long forward, long gradient) {
    AttackSummary summary = evaluate(attack, examples).attacks().get(0);
    assertThat(summary.forwardQueries()).as("%s forwards", attack).isEqualTo(forward);
    assertThat(summary.gradientQueries()).as("%s backwards", attack).isEqualTo(gradient);
  }

  private static RobustnessReport evaluate(
      Attack<? super DifferentiableModel> attack, Examples examples) {
    return Robustness.of(THRESHOLD)
        .under(ThreatModel.linf(0.25f))
        .attackedBy(attack)
        .withSeed(1)
        .evaluate(examples);
  }

  @Test
  void noise_costs_its_draws_until_one_fools() {
    assertCosts(RandomNoise.standard(), ROBUST, 3 * 100, 0);
    assertCosts(RandomNoise.standard().withDraws(7), ROBUST, 3 * 7, 0);
    AttackSummary weak = evaluate(RandomNoise.standard(), WEAK).attacks().get(0);
    assertThat(weak.fooled()).isEqualTo(2);
    assertThat(weak.forwardQueries()).isBetween(2L, 60L);
  }

  @Test
  void fgsm_costs_one_pass_each_way() {
    assertCosts(Fgsm.standard(), ROBUST, 3, 3);
    assertCosts(Fgsm.standard(), WEAK, 2, 2);
  }

  @Test
  void bim_costs_its_steps_and_a_look_at_the_last_or_stops_where_it_fools() {
    assertCosts(Bim.standard(), ROBUST, 3 * 11, 3 * 10);
    // steps of a fifth of 0.25: the second iterate, at 0.05 or 0.1, decides
    assertCosts(Bim.standard(), WEAK.slice(0, 1), 3, 3);
    assertCosts(Bim.standard().withRelativeStep(1), WEAK, 2 * 2, 2 * 2);
    assertCosts(Bim.standard().withSteps(1), WEAK, 2 * 2, 2);
  }

  @Test
  void pgd_costs_steps_and_a_look_for_every_restart() {
    Pgd pgd = Pgd.standard().withSteps(6).withRestarts(4);
    assertCosts(pgd, ROBUST, 3 * 4 * 7, 3 * 4 * 6);
    assertCosts(pgd.withEffort(Effort.ALL_STEPS), ROBUST, 3 * 4 * 7, 3 * 4 * 6);
    assertCosts(pgd.withEffort(Effort.ALL_STEPS), WEAK, 2 * 4 * 7, 2 * 4 * 6);
  }

  @Test
  void pgd_restarts_for_survivors_only() {
    Pgd pgd = Pgd.standard().withSteps(6).withRestarts(4);
    AttackSummary once = evaluate(pgd.withRestarts(1), WEAK).attacks().get(0);
    assertThat(once.fooled()).isEqualTo(2);
    assertCosts(pgd, WEAK, once.forwardQueries(), once.gradientQueries());
  }

  @Test
  void an_example_already_fooled_where_a_run_begins_costs_one_look() {
    // clean start on a wrong answer cannot be: the evaluation gives right ones only; so a random
    // start beyond the boundary, which the first gradient sees and the attack then returns
    Pgd pgd = Pgd.standard().withSteps(6);
    for (int row = 0; row < WEAK.count(); row++) {
      Examples one = WEAK.slice(row, row + 1);
      Batch start =
          ThreatModel.linf(0.25f).around(one.inputs(), Domain.UNIT).sample(Seed.of(1).derive(0));
      RobustnessReport report = evaluate(pgd, one);
      if (start.get(0, 0) > 0.5f) {
        assertThat(report.attacks().get(0).gradientQueries()).isEqualTo(1);
        assertThat(report.adversarial().row(0)).containsExactly(start.row(0));
      } else {
        assertThat(report.attacks().get(0).gradientQueries()).isPositive();
      }
    }
  }

  @Test
  void a_cascade_charges_survivors_only() {
    Examples both =
        Examples.of(Batch.of(new float[] {0.1f}, new float[] {0.45f}, new float[] {0.2f}), 0, 0, 0);
    RobustnessReport report =
        Robustness.of(THRESHOLD)
            .under(ThreatModel.linf(0.25f))
            .attackedBy(Fgsm.standard(), Bim.standard())
            .evaluate(both);
    assertThat(report.attacks())
        .extracting(AttackSummary::forwardQueries)
        .containsExactly(3L, 2 * 11L);
  }

  @Test
  void titles_are_short_and_names_full() {
    RobustnessReport report =
        Robustness.of(THRESHOLD)
            .under(ThreatModel.linf(0.25f))
            .attackedBy(RandomNoise.standard(), Fgsm.standard(), Bim.standard(), Pgd.standard())
            .evaluate(ROBUST);
    assertThat(report.attacks())
        .extracting(AttackSummary::title)
        .containsExactly("Noise", "FGSM", "BIM-10", "PGD-40");
    assertThat(report.attacks())
        .extracting(AttackSummary::name)
        .containsExactly(
            "RandomNoise[draws=100]",
            "Fgsm[objective=CROSS_ENTROPY]",
            "Bim[steps=10, relativeStep=0.2]",
            "Pgd[steps=40, travel=8.0, restarts=2, start=RANDOM,"
                + " objectives=[CROSS_ENTROPY, MARGIN], effort=UNTIL_FOOLED, draws=1]");
  }
}
