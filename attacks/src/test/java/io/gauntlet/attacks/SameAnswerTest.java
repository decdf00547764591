package io.gauntlet.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.gauntlet.attack.Attack;
import io.gauntlet.attacks.gradient.Bim;
import io.gauntlet.attacks.gradient.Effort;
import io.gauntlet.attacks.gradient.Fgsm;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.noise.RandomNoise;
import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The report does not depend on how the work was cut, to the last bit. */
class SameAnswerTest {
  private static final List<ThreatModel> THREATS =
      List.of(
          ThreatModel.linf(0.1f), ThreatModel.l2(0.2f), ThreatModel.l1(0.4f), ThreatModel.l0(1));

  /** Weak ones first, so that each has something left to do. */
  private static final List<Attack<? super DifferentiableModel>> ATTACKS =
      List.of(
          RandomNoise.standard().withDraws(3),
          Fgsm.standard(),
          Bim.standard().withSteps(4),
          Pgd.standard().withSteps(5).withRestarts(3),
          Pgd.standard().withSteps(4).withRestarts(2).withEffort(Effort.ALL_STEPS));

  private static Robustness<DifferentiableModel> robustness(
      DifferentiableModel model, ThreatModel threat, long seed) {
    return Robustness.of(model).under(threat).attackedBy(ATTACKS).withSeed(seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void outcomes_statistics_and_adversarial_bits_are_those_of_any_batch_and_workers(long seed) {
    Net net = Net.of(seed, 80);
    Recorder model = new Recorder(net.model()); // allows four workers wherever it runs
    for (ThreatModel threat : THREATS) {
      RobustnessReport first =
          robustness(model, threat, seed).withBatch(1).withWorkers(1).evaluate(net.examples());
      assertThat(first.count(Outcome.Fooled.class)).isPositive();
      assertThat(first.count(Outcome.Survived.class) > 0 || threat.norm() == Norm.l0())
          .as("some survive, but for one free feature of six nobody need")
          .isTrue();
      for (int batch : new int[] {1, 7, 64}) {
        for (int workers : new int[] {1, 2, 3}) {
          RobustnessReport other =
              robustness(model, threat, seed)
                  .withBatch(batch)
                  .withWorkers(workers)
                  .evaluate(net.examples());
          assertSame(other, first);
        }
      }
    }
  }

  @Test
  void under_a_query_budget_and_towards_targets_it_is_the_same_too() {
    Net net = Net.of(6, 60);
    int[] targets = new int[60];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = (net.examples().labels().atRow(i) + 1) % 3;
    }
    for (ThreatModel threat : THREATS) {
      for (long queries : new long[] {1, 2, 5, 9}) {
        List<RobustnessReport> reports = new ArrayList<>();
        for (int batch : new int[] {1, 7, 64}) {
          reports.add(
              robustness(net.model(), threat.withQueries(queries), 6)
                  .towards(Labels.of(targets))
                  .withBatch(batch)
                  .evaluate(net.examples()));
        }
        assertSame(reports.get(1), reports.get(0));
        assertSame(reports.get(2), reports.get(0));
      }
    }
  }

  private static void assertSame(RobustnessReport actual, RobustnessReport expected) {
    assertThat(actual.outcomes()).isEqualTo(expected.outcomes());
    assertThat(actual.attacks())
        .extracting(
            AttackSummary::attempted,
            AttackSummary::fooled,
            AttackSummary::medianDistance,
            AttackSummary::forwardQueries,
            AttackSummary::gradientQueries)
        .isEqualTo(
            expected.attacks().stream()
                .map(
                    a ->
                        tuple(
                            a.attempted(),
                            a.fooled(),
                            a.medianDistance(),
                            a.forwardQueries(),
                            a.gradientQueries()))
                .toList());
    assertThat(actual.adversarial().rows()).isEqualTo(expected.adversarial().rows());
    for (int i = 0; i < actual.adversarial().rows(); i++) {
      assertThat(actual.adversarial().row(i)).containsExactly(expected.adversarial().row(i));
    }
  }

  @Test
  void an_example_is_asked_the_same_questions_in_any_batch_on_any_worker() {
    Net net = Net.of(8, 40);
    List<Map<Long, List<List<Float>>>> asked = new ArrayList<>();
    for (int[] cut : new int[][] {{1, 1}, {7, 2}, {64, 3}}) {
      Recorder recorder = new Recorder(net.model());
      Robustness.of(recorder)
          .under(ThreatModel.l2(0.2f))
          .attackedBy(
              RandomNoise.standard().withDraws(4), Pgd.standard().withSteps(3).withRestarts(3))
          .withSeed(8)
          .withBatch(cut[0])
          .withWorkers(cut[1])
          .evaluate(net.examples());
      asked.add(recorder.asked());
    }
    assertThat(asked.get(1)).isEqualTo(asked.get(0));
    assertThat(asked.get(2)).isEqualTo(asked.get(0));
  }

  @Test
  void an_example_keeps_its_draws_when_others_are_left_out() {
    Net net = Net.of(9, 30);
    Robustness<DifferentiableModel> robustness =
        robustness(net.model(), new ThreatModel(Norm.linf(), 0.1f), 9);
    List<Outcome> all = robustness.evaluate(net.examples()).outcomes();
    assertThat(robustness.evaluate(net.examples().slice(10, 25)).outcomes())
        .isEqualTo(all.subList(10, 25));
    assertThat(robustness.evaluate(net.examples().select(4, 17, 29)).outcomes())
        .containsExactly(all.get(4), all.get(17), all.get(29));
  }

  @Test
  void another_seed_draws_otherwise() {
    Net net = Net.of(10, 30);
    Mlp model = net.model();
    RobustnessReport one = robustness(model, ThreatModel.linf(0.2f), 1).evaluate(net.examples());
    RobustnessReport two = robustness(model, ThreatModel.linf(0.2f), 2).evaluate(net.examples());
    assertThat(one.adversarial().buffer()).isNotEqualTo(two.adversarial().buffer());
  }
}
