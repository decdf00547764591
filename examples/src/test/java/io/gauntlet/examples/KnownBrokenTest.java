package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.examples.KnownBroken.Member;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.model.DifferentiableModel;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The default evaluation breaks every member of the collection or says why not to believe in it.
 */
class KnownBrokenTest {
  private static final Examples UNSEEN = KnownBroken.unseen(24);
  private static final double LITTLE = 0.2;

  @Test
  void a_net_without_a_defense_falls_and_raises_no_doubt() {
    try (BrokenNets nets = KnownBroken.nets()) {
      DifferentiableModel net = nets.undefended();
      RobustnessReport report = KnownBroken.attacked(Robustness.of(net), UNSEEN);
      assertThat(report.cleanAccuracy()).isGreaterThan(0.9);
      assertThat(report.robustAccuracy()).isLessThan(LITTLE);
      assertThat(doubts(report)).isEmpty();
    }
  }

  @Test
  void distillation_blinds_the_cross_entropy_alone() {
    try (BrokenNets nets = KnownBroken.nets()) {
      DefendedModel model = Member.DISTILLATION.train(nets);
      RobustnessReport claimed = KnownBroken.claimed(model, UNSEEN);
      assertThat(claimed.robustAccuracy()).isGreaterThan(0.5);
      assertThat(claimed.caveats()).hasAtLeastOneElementOfType(Caveat.ZeroGradients.class);
      RobustnessReport report = KnownBroken.handedOver(Member.DISTILLATION, model, UNSEEN);
      assertThat(report.robustAccuracy()).isLessThan(LITTLE);
      assertThat(fooledBy("APGD-T", report)).isGreaterThan(fooledBy("APGD-CE", report));
    }
  }

  @Test
  void a_thermometer_has_no_gradient_but_falls_without_one_and_along_ramps() {
    try (BrokenNets nets = KnownBroken.nets()) {
      DefendedModel model = Member.THERMOMETER.train(nets);
      RobustnessReport claimed = KnownBroken.claimed(model, UNSEEN);
      assertThat(claimed.robustAccuracy()).isEqualTo(claimed.cleanAccuracy());
      assertThat(claimed.caveats()).hasAtLeastOneElementOfType(Caveat.ZeroGradients.class);
      RobustnessReport report = KnownBroken.handedOver(Member.THERMOMETER, model, UNSEEN);
      assertThat(report.robustAccuracy()).isLessThan(LITTLE);
      assertThat(report.caveats()).hasAtLeastOneElementOfType(Caveat.BlackBoxBeatWhiteBox.class);
      assertThat(KnownBroken.adaptive(model, UNSEEN).robustAccuracy()).isLessThan(LITTLE);
    }
  }

  @Test
  void random_resizing_answers_otherwise_each_time_and_falls_to_the_mean() {
    try (BrokenNets nets = KnownBroken.nets()) {
      DefendedModel model = Member.RANDOM_RESIZING.train(nets);
      RobustnessReport report = KnownBroken.handedOver(Member.RANDOM_RESIZING, model, UNSEEN);
      assertThat(report.caveats()).hasAtLeastOneElementOfType(Caveat.AnswersVary.class);
      RobustnessReport adaptive = KnownBroken.adaptive(model, UNSEEN);
      assertThat(adaptive.robustAccuracy()).isLessThan(LITTLE);
      assertThat(adaptive.caveats()).hasAtLeastOneElementOfType(Caveat.AnswersVary.class);
    }
  }

  @Test
  void k_winners_mislead_one_loss_and_fall_to_all() {
    try (BrokenNets nets = KnownBroken.nets()) {
      DefendedModel model = Member.K_WINNERS.train(nets);
      RobustnessReport claimed = KnownBroken.claimed(model, UNSEEN);
      RobustnessReport report = KnownBroken.handedOver(Member.K_WINNERS, model, UNSEEN);
      assertThat(report.robustAccuracy()).isLessThan(LITTLE).isLessThan(claimed.robustAccuracy());
      assertThat(KnownBroken.adaptive(model, UNSEEN).robustAccuracy())
          .isLessThan(claimed.robustAccuracy());
    }
  }

  @Test
  void detectors_refuse_those_who_overlook_them_and_no_others() {
    try (BrokenNets nets = KnownBroken.nets()) {
      DefendedModel model = Member.DETECTORS.train(nets);
      RobustnessReport report = KnownBroken.handedOver(Member.DETECTORS, model, UNSEEN);
      assertThat(report.robustAccuracy()).isGreaterThan(0.5);
      assertThat(report.caveats()).contains(new Caveat.DefenseOverlooked(model.route()));
      assertThat(KnownBroken.adaptive(model, UNSEEN).robustAccuracy()).isLessThan(LITTLE);
    }
  }

  /** All caveats, but for that of a small sample. */
  private static List<Caveat> doubts(RobustnessReport report) {
    return report.caveats().stream()
        .filter(caveat -> !(caveat instanceof Caveat.TooFewExamples))
        .toList();
  }

  private static int fooledBy(String title, RobustnessReport report) {
    return report.attacks().stream()
        .filter(attack -> attack.title().equals(title))
        .mapToInt(AttackSummary::fooled)
        .sum();
  }
}
