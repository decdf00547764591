package io.gauntlet.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.attacks.Net;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Margin;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stopping early changes what an attack costs, not whom it fools. */
class EffortTest {
  private static final List<ThreatModel> THREATS =
      List.of(ThreatModel.linf(0.15f), ThreatModel.l2(0.3f), ThreatModel.l1(0.6f));

  private static RobustnessReport run(Net net, ThreatModel threat, Pgd pgd) {
    return Robustness.of(net.model())
        .under(threat)
        .attackedBy(pgd)
        .withSeed(3)
        .evaluate(net.examples());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void both_fool_the_same_examples_and_all_steps_fools_them_at_least_as_widely(long seed) {
    Net net = Net.of(seed, 60);
    LogitLoss margin = new Margin(net.examples().labels());
    for (ThreatModel threat : THREATS) {
      for (Start start : Start.values()) {
        Pgd pgd = Pgd.standard().withSteps(8).withRestarts(2).withStart(start);
        RobustnessReport early = run(net, threat, pgd);
        RobustnessReport late = run(net, threat, pgd.withEffort(Effort.ALL_STEPS));
        assertThat(early.count(Outcome.Fooled.class)).isPositive();
        assertThat(fooled(late)).isEqualTo(fooled(early));
        assertThat(late.attacks().get(0).forwardQueries())
            .isGreaterThan(early.attacks().get(0).forwardQueries());
        Batch narrow = margin.values(net.model().logits(early.adversarial()));
        Batch wide = margin.values(net.model().logits(late.adversarial()));
        boolean wider = false;
        for (int i = 0; i < narrow.rows(); i++) {
          assertThat(wide.get(i, 0)).isGreaterThanOrEqualTo(narrow.get(i, 0));
          wider |= wide.get(i, 0) > narrow.get(i, 0);
        }
        assertThat(wider).isTrue();
      }
    }
  }

  private static List<Long> fooled(RobustnessReport report) {
    return report.outcomes().stream()
        .filter(Outcome.Fooled.class::isInstance)
        .map(Outcome::example)
        .toList();
  }

  /**
   * Class 1 in a narrow band only: its score is a tent over the only feature, with its top at 0.3
   * and above the other class's from 0.275 to 0.325.
   */
  private static Mlp tent() {
    float[][] in = {{1}, {1}};
    float[][] out = {{0, 0}, {1, -2}};
    return Mlp.of(
        Shape.of(1),
        Domain.UNIT,
        List.of(
            Mlp.Dense.of(in, new float[] {0, -0.3f}), Mlp.Dense.of(out, new float[] {0.275f, 0})));
  }

  @ParameterizedTest
  @EnumSource
  void the_best_iterate_is_returned_not_the_last(Effort effort) {
    Batch clean = Batch.of(new float[] {0.2f});
    // from 0.2 a step of 0.099 to just below the top (fooled), one of 0.033 beyond (not any more)
    Pgd pgd = new Pgd(2, 0.825f, 1, Start.CLEAN, List.of(Objective.MARGIN), effort, 1);
    RobustnessReport report =
        Robustness.of(tent())
            .under(ThreatModel.linf(0.16f))
            .attackedBy(pgd)
            .evaluate(Examples.of(clean, 0));
    assertThat(report.count(Outcome.Fooled.class)).isEqualTo(1);
    assertThat(report.adversarial().get(0, 0)).isCloseTo(0.299f, within(1e-4f));
    assertThat(tent().logits(Batch.of(new float[] {0.332f})).argmax(0)).as("the last").isZero();
    assertThat(report.attacks().get(0).forwardQueries())
        .isEqualTo(effort == Effort.ALL_STEPS ? 3 : 2);
  }

  @Test
  void where_nothing_fools_the_widest_margin_of_all_restarts_is_returned() {
    Net net = Net.of(7, 20);
    Neighbourhood allowed =
        ThreatModel.linf(0.01f).around(net.examples().inputs(), net.model().domain());
    Labels labels = net.examples().labels();
    Goal goal = new Goal.Untargeted(labels);
    LogitLoss margin = new Margin(labels);
    Pgd pgd = Pgd.standard().withSteps(3);
    Batch before = null;
    for (int restarts = 1; restarts <= 4; restarts++) {
      Batch found = pgd.withRestarts(restarts).perturb(net.model(), allowed, goal, Seed.of(2));
      Batch reached = margin.values(net.model().logits(found));
      for (int i = 0; before != null && i < reached.rows(); i++) {
        assertThat(reached.get(i, 0)).isGreaterThanOrEqualTo(before.get(i, 0));
      }
      before = reached;
    }
  }

  @Test
  void more_restarts_never_fool_fewer() {
    Net net = Net.of(4, 60);
    int before = 0;
    for (int restarts = 1; restarts <= 5; restarts++) {
      Pgd pgd = Pgd.standard().withSteps(2).withTravel(1).withRestarts(restarts);
      int now = run(net, ThreatModel.l2(0.3f), pgd).count(Outcome.Fooled.class);
      assertThat(now).isGreaterThanOrEqualTo(before);
      before = now;
    }
  }
}
