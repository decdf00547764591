package io.gauntlet.attacks.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attacks.extraction.Extraction.Ending;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.image.Digits;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Thieves of a network that reads digits; their pool is half of what it was trained on. */
class ImitationTest {
  private static final Examples POOL = Digits.training().first(600);
  private static final Judge JUDGE = Judge.of(Digits.net(), Digits.unseen());
  private static final Disclosure SCORES = new Disclosure.Scores();
  private static final Disclosure LABELS = new Disclosure.LabelOnly();

  static final List<Imitation> ALL =
      List.of(
          KnockoffNets.standard(),
          KnockoffNets.standard().withStrategy(KnockoffNets.Strategy.ADAPTIVE),
          CopycatCnn.standard(),
          JacobianAugmentation.standard(),
          ActiveLearning.standard(),
          ActiveLearning.standard().withCriterion(ActiveLearning.Criterion.ENTROPY),
          ActiveLearning.standard().withCriterion(ActiveLearning.Criterion.K_CENTER));

  private static TrainableNet student(long seed) {
    return new TrainableNet(Digits.SHAPE, Domain.UNIT, 32, 10, Seed.of(seed));
  }

  private static Extraction<TrainableNet> stolen(
      Imitation attack, Disclosure disclosure, long budget) {
    Oracle oracle = Oracle.of(Digits.net(), disclosure, budget);
    return attack.extract(oracle, student(1), POOL, JUDGE, Seed.of(1));
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void from_labels_alone_500_questions_buy_most_of_a_network(Imitation attack) {
    Extraction<TrainableNet> stolen = stolen(attack, LABELS, 500);
    assertThat(stolen.queries()).isEqualTo(500);
    assertThat(stolen.ending()).isEqualTo(Ending.BUDGET_SPENT);
    List<Extraction.Point> curve = stolen.curve();
    Extraction.Point last = curve.get(curve.size() - 1);
    assertThat(last).isEqualTo(new Extraction.Point(500, JUDGE.agreement(stolen.surrogate())));
    assertThat(last.agreement().rate()).isGreaterThan(0.85);
    assertThat(last.agreement().rate()).isGreaterThan(curve.get(0).agreement().rate());
    assertThat(curve).extracting(Extraction.Point::queries).isSorted();
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void the_same_seed_steals_the_same(Imitation attack) {
    assertThat(stolen(attack, SCORES, 200).curve()).isEqualTo(stolen(attack, SCORES, 200).curve());
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void a_budget_of_one_is_kept(Imitation attack) {
    Extraction<TrainableNet> stolen = stolen(attack, SCORES, 1);
    assertThat(stolen.queries()).isEqualTo(1);
    assertThat(stolen.curve()).isNotEmpty();
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void what_does_not_fit_is_refused_before_anything_is_asked(Imitation attack) {
    Oracle oracle = Oracle.of(Digits.net(), SCORES, 100);
    TrainableNet nine = new TrainableNet(Digits.SHAPE, Domain.UNIT, 4, 9, Seed.of(1));
    assertThatThrownBy(() -> attack.extract(oracle, nine, POOL, JUDGE, Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("victim and surrogate must have equal class counts, but they were 10 and 9");
    Examples narrow = Examples.of(Batch.of(new float[3]), 0);
    assertThatThrownBy(() -> attack.extract(oracle, student(1), narrow, JUDGE, Seed.of(1)))
        .hasMessage("the pool's inputs must have the victim's 64 features, but had 3");
    Examples none = POOL.slice(0, 0);
    assertThatThrownBy(() -> attack.extract(oracle, student(1), none, JUDGE, Seed.of(1)))
        .hasMessageContaining("number of examples in the pool");
    assertThat(oracle.queries()).isZero();
  }

  static Stream<Imitation> fromPool() {
    return ALL.stream().filter(attack -> !(attack instanceof JacobianAugmentation));
  }

  @ParameterizedTest
  @MethodSource("fromPool")
  void a_pool_used_up_ends_the_attack_and_no_input_is_asked_about_twice(Imitation attack) {
    Recorded victim = new Recorded(Digits.net());
    Oracle oracle = Oracle.of(victim, SCORES, 10_000);
    Extraction<TrainableNet> stolen =
        attack.extract(oracle, student(1), POOL.first(100), JUDGE, Seed.of(1));
    assertThat(stolen.ending()).isEqualTo(Ending.COMPLETE);
    assertThat(stolen.queries()).isEqualTo(100);
    assertThat(stolen.curve())
        .extracting(Extraction.Point::queries)
        .containsExactly(10L, 20L, 30L, 40L, 50L, 60L, 70L, 80L, 90L, 100L);
    assertThat(victim.asked).hasSize(100).doesNotHaveDuplicates();
    Set<List<Float>> pool = new HashSet<>();
    Recorded.note(POOL.first(100).inputs(), pool);
    assertThat(pool).containsAll(victim.asked);
  }

  @Test
  void scores_buy_more_than_labels_and_the_top_three_nearly_as_much() {
    int fromScores = boughtByFiveThieves(SCORES);
    int fromThree = boughtByFiveThieves(new Disclosure.TopK(3));
    int fromLabels = boughtByFiveThieves(LABELS);
    assertThat(fromScores).isGreaterThan(fromLabels);
    assertThat(fromThree).isGreaterThan(fromLabels);
  }

  /** A single thief may be lucky. */
  private static int boughtByFiveThieves(Disclosure disclosure) {
    int bought = 0;
    for (long seed = 1; seed <= 5; seed++) {
      Oracle oracle = Oracle.of(Digits.net(), disclosure, 300);
      Seed own = Seed.of(seed);
      bought +=
          last(KnockoffNets.standard().extract(oracle, student(seed), POOL, JUDGE, own)).count();
    }
    return bought;
  }

  @Test
  void copycat_and_jacobian_augmentation_look_at_labels_only() {
    for (Imitation attack :
        List.of(CopycatCnn.standard(), JacobianAugmentation.standard().withInitial(50))) {
      assertThat(stolen(attack, SCORES, 200).curve())
          .isEqualTo(stolen(attack, LABELS, 200).curve());
    }
  }

  @Test
  void jacobian_augmentation_doubles_what_it_knows_every_round() {
    JacobianAugmentation attack =
        JacobianAugmentation.standard()
            .withInitial(20)
            .withGrowth(60)
            .withSchedule(new Schedule(4, 1, 32));
    Extraction<TrainableNet> stolen = stolen(attack, LABELS, 10_000);
    assertThat(stolen.ending()).isEqualTo(Ending.COMPLETE);
    assertThat(stolen.curve())
        .extracting(Extraction.Point::queries)
        .containsExactly(20L, 40L, 80L, 140L, 200L);
  }

  @Test
  void jacobian_augmentation_steps_down_the_logit_of_the_victims_label_then_up() {
    float[][] weights = {{1, -1, 0}, {-2, 3, 1}};
    Mlp model = Mlp.linear(Domain.UNIT, weights, new float[] {0.6f, 0});
    Examples pool =
        Examples.of(
            Batch.of(
                new float[] {0.5f, 0.5f, 0.5f}, // class 1
                new float[] {0.5f, 0.25f, 0.95f}, // class 0
                new float[] {0.05f, 0.95f, 0.95f}), // class 1, near three bounds
            0,
            0,
            0);
    Recorded victim = new Recorded(model);
    JacobianAugmentation.standard()
        .withPeriod(1)
        .withSchedule(new Schedule(2, 1, 4))
        .extract(
            Oracle.of(victim, LABELS, 100),
            new Untaught(model),
            pool,
            Judge.of(model, pool),
            Seed.of(1));
    assertThat(victim.asked.subList(3, 6))
        .usingElementComparator(ImitationTest::compareRounded)
        .containsExactlyInAnyOrder(
            List.of(0.6f, 0.4f, 0.4f), // class 0 by now
            List.of(0.4f, 0.35f, 0.95f), // class 1 by now
            List.of(0.15f, 0.85f, 0.85f));
    assertThat(victim.asked.subList(6, 12))
        .usingElementComparator(ImitationTest::compareRounded)
        .containsExactlyInAnyOrder(
            List.of(0.4f, 0.6f, 0.6f),
            List.of(0.6f, 0.15f, 0.95f),
            List.of(0f, 1f, 1f),
            List.of(0.7f, 0.3f, 0.4f),
            List.of(0.3f, 0.45f, 1f),
            List.of(0.05f, 0.95f, 0.95f));
  }

  private static int compareRounded(List<Float> some, List<Float> others) {
    for (int j = 0; j < some.size(); j++) {
      if (Math.abs(some.get(j) - others.get(j)) > 1e-6f) {
        return Float.compare(some.get(j), others.get(j));
      }
    }
    return 0;
  }

  /** Learns nothing, so that its gradient stays what it is. */
  private record Untaught(Mlp behind) implements FrontModel, TrainableModel {
    @Override
    public Batch logits(Batch inputs) {
      return behind.logits(inputs);
    }

    @Override
    public ForwardPass forward(Batch inputs) {
      return behind.forward(inputs);
    }

    @Override
    public double train(Batch inputs, LogitLoss loss) {
      return 0;
    }
  }

  @Test
  void adversarial_examples_of_a_copy_fool_the_victim() {
    Extraction<TrainableNet> stolen = stolen(KnockoffNets.standard(), SCORES, 600);
    Transfer transfer =
        JUDGE.transfer(
            stolen.surrogate(), Pgd.standard().withSteps(10), ThreatModel.linf(0.2f), Seed.of(1));
    Transfer untaught =
        JUDGE.transfer(
            student(7), Pgd.standard().withSteps(10), ThreatModel.linf(0.2f), Seed.of(1));
    assertThat(transfer.fooled().rate()).isGreaterThan(0.9);
    assertThat(transfer.transferred().rate()).isGreaterThan(0.5);
    assertThat(transfer.transferred().rate()).isGreaterThan(untaught.transferred().rate());
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void what_a_busy_victim_is_asked_again_comes_off_the_budget(Imitation attack) {
    for (int every = 1; every <= 3; every++) {
      Oracle oracle = Oracle.of(new Busy(Digits.net(), every), SCORES, 90);
      Extraction<TrainableNet> stolen = attack.extract(oracle, student(1), POOL, JUDGE, Seed.of(1));
      assertThat(stolen.ending()).isEqualTo(Ending.BUDGET_SPENT);
      assertThat(stolen.queries()).isEqualTo(oracle.queries()).isLessThanOrEqualTo(90);
      assertThat(stolen.curve().get(stolen.curve().size() - 1))
          .isEqualTo(new Extraction.Point(stolen.queries(), JUDGE.agreement(stolen.surrogate())));
    }
  }

  @Test
  void two_attacks_on_one_oracle_share_its_budget() {
    Oracle oracle = Oracle.of(Digits.net(), SCORES, 150);
    Extraction<TrainableNet> first =
        KnockoffNets.standard().extract(oracle, student(1), POOL.first(100), JUDGE, Seed.of(1));
    Extraction<TrainableNet> second =
        KnockoffNets.standard().extract(oracle, student(1), POOL, JUDGE, Seed.of(1));
    assertThat(first.queries()).isEqualTo(100);
    assertThat(second.queries()).isEqualTo(50);
    assertThatThrownBy(
            () -> CopycatCnn.standard().extract(oracle, student(1), POOL, JUDGE, Seed.of(1)))
        .hasMessage("remaining query budget must be at least 1, but was 0");
  }

  @Test
  void hyperparameters_are_checked() {
    Schedule schedule = Schedule.standard();
    assertThatThrownBy(() -> schedule.withRounds(0)).hasMessageContaining("rounds");
    assertThatThrownBy(() -> schedule.withEpochs(0)).hasMessageContaining("epochs");
    assertThatThrownBy(() -> schedule.withBatch(0)).hasMessageContaining("batch");
    assertThatThrownBy(() -> ActiveLearning.standard().withSchedule(schedule.withRounds(1)))
        .hasMessage("rounds of active learning must be at least 2, but was 1");
    JacobianAugmentation jacobian = JacobianAugmentation.standard();
    assertThatThrownBy(() -> jacobian.withInitial(0)).hasMessageContaining("initial");
    assertThatThrownBy(() -> jacobian.withLambda(0)).hasMessageContaining("lambda");
    assertThatThrownBy(() -> jacobian.withPeriod(0)).hasMessageContaining("period");
    assertThatThrownBy(() -> jacobian.withGrowth(0)).hasMessageContaining("growth");
  }

  private static Share last(Extraction<?> stolen) {
    return stolen.curve().get(stolen.curve().size() - 1).agreement();
  }
}
