package io.gauntlet.attacks.universal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.image.Digits;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UniversalPerturbationTest {
  private static final ThreatModel LINF = ThreatModel.linf(0.2f);
  private static final UniversalPerturbation SHORT = UniversalPerturbation.standard().withEpochs(5);

  private static UniversalPattern crafted(UniversalPerturbation recipe, ThreatModel threat) {
    return recipe.craft(Digits.net(), threat, Digits.training(), Seed.of(1));
  }

  private static AttackSummary onUnseen(UniversalPattern pattern, ThreatModel threat) {
    return Robustness.of(Digits.net())
        .under(threat)
        .attackedBy(pattern)
        .evaluate(Digits.unseen())
        .attacks()
        .get(0);
  }

  private static double rate(AttackSummary summary) {
    return (double) summary.fooled() / summary.attempted();
  }

  private static UniversalPattern randomSigns(long seed, float epsilon, int features) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    float[] signs = new float[features];
    for (int j = 0; j < features; j++) {
      signs[j] = random.nextBoolean() ? epsilon : -epsilon;
    }
    return new UniversalPattern(Batch.of(signs), "random signs");
  }

  @Test
  void it_fools_unseen_digits_far_more_often_than_random_signs_do() {
    AttackSummary found = onUnseen(crafted(UniversalPerturbation.standard(), LINF), LINF);
    assertThat(rate(found)).isGreaterThan(0.4);
    for (long seed = 1; seed <= 5; seed++) {
      AttackSummary blind = onUnseen(randomSigns(seed, 0.2f, 64), LINF);
      assertThat(rate(found)).isGreaterThan(3 * rate(blind));
    }
    assertThat(found.forwardQueries()).as("it asks nothing").isZero();
  }

  @Test
  void under_every_norm_the_pattern_fills_the_ball_and_does_not_leave_it() {
    for (ThreatModel threat :
        List.of(LINF, ThreatModel.l2(1), ThreatModel.l1(4), ThreatModel.l0(5))) {
      UniversalPattern pattern = crafted(SHORT, threat);
      assertThat(threat.norm().of(pattern.pattern().row(0)))
          .as("%s", threat)
          .isCloseTo(threat.epsilon(), within(1e-5));
      assertThat(rate(onUnseen(pattern, threat))).as("%s", threat).isGreaterThan(0.2);
    }
  }

  @Test
  void towards_a_class_it_leads_there() {
    int target = 4;
    UniversalPattern there = crafted(UniversalPerturbation.standard().towards(target), LINF);
    int[] others =
        IntStream.range(0, Digits.unseen().count())
            .filter(row -> Digits.unseen().labels().atRow(row) != target)
            .toArray();
    Examples unseen = Digits.unseen().select(others);
    int[] targets = new int[others.length];
    Arrays.fill(targets, target);
    Robustness<?> template =
        Robustness.of(Digits.net())
            .under(LINF)
            .attackedBy(there)
            .towards(Labels.of(unseen.inputs(), targets));
    assertThat(rate(template.evaluate(unseen).attacks().get(0))).isGreaterThan(0.3);
  }

  @Test
  void on_a_linear_model_and_one_class_it_is_the_sign_of_the_weights() {
    float[] w = {1, -2, 0.5f, -0.25f};
    Mlp linear = Mlp.linear(Domain.of(-9, 9), new float[][] {new float[4], w}, new float[2]);
    Examples zeros =
        Examples.of(Batch.of(new float[] {-1, 1, -1, 1}, new float[] {-2, 1, 0, 3}), 0, 0);
    UniversalPattern up = SHORT.craft(linear, ThreatModel.linf(0.5f), zeros, Seed.of(1));
    assertThat(up.pattern().row(0)).containsExactly(0.5f, -0.5f, 0.5f, -0.5f);
    UniversalPattern along = SHORT.craft(linear, ThreatModel.l2(0.5f), zeros, Seed.of(1));
    double length = Norm.l2().of(w);
    for (int j = 0; j < 4; j++) {
      assertThat((double) along.pattern().get(0, j)).isCloseTo(0.5 * w[j] / length, within(1e-3));
    }
  }

  @Test
  void units_of_the_input_do_not_matter() {
    float[][] weights = {{0.5f, -0.25f}, {-0.5f, 0.75f}};
    float[][] smaller = {{0.5f / 256, -0.25f / 256}, {-0.5f / 256, 0.75f / 256}};
    float[] bias = {0.1f, 0};
    float[][] unit = {{0.25f, 0.5f}, {0.75f, 0.125f}, {1, 0}};
    float[][] bytes = {{64, 128}, {192, 32}, {256, 0}};
    UniversalPattern small =
        SHORT.craft(
            Mlp.linear(Domain.UNIT, weights, bias),
            ThreatModel.linf(0.125f),
            Examples.of(Batch.of(unit), 0, 1, 0),
            Seed.of(2));
    UniversalPattern large =
        SHORT.craft(
            Mlp.linear(Domain.of(0, 256), smaller, bias),
            ThreatModel.linf(32),
            Examples.of(Batch.of(bytes), 0, 1, 0),
            Seed.of(2));
    assertThat(small.pattern().row(0)).doesNotContain(0);
    assertThat(large.pattern().row(0)).containsExactly(small.pattern().times(256).row(0));
  }

  @Test
  void the_same_seed_crafts_the_same_bits_and_another_one_others() {
    UniversalPattern once = crafted(SHORT, LINF);
    assertThat(crafted(SHORT, LINF).pattern().row(0)).containsExactly(once.pattern().row(0));
    UniversalPattern other = SHORT.craft(Digits.net(), LINF, Digits.training(), Seed.of(2));
    assertThat(other.pattern().row(0)).isNotEqualTo(once.pattern().row(0));
    assertThat(other.toString()).isNotEqualTo(once.toString());
  }

  @Test
  void its_name_says_how_it_came_about() {
    UniversalPattern pattern = crafted(SHORT, LINF);
    assertThat(pattern.title()).isEqualTo("Universal");
    assertThat(pattern.toString())
        .startsWith(
            "UniversalPattern[UniversalPerturbation[epochs=5, batch=64, travel=10.0, cap=3.0,"
                + " target=OptionalInt.empty] under Linf epsilon 0.2, ");
  }

  @Test
  void under_a_smaller_threat_it_stays_inside_and_under_a_larger_one_it_is_the_same() {
    UniversalPattern pattern = randomSigns(1, 0.2f, 3);
    Batch clean = Batch.of(new float[] {0.5f, 0.5f, 0.95f});
    Goal goal = new Goal.Untargeted(Labels.of(0));
    Mlp model = Mlp.linear(Domain.UNIT, new float[2][3], new float[2]);
    Neighbourhood small = ThreatModel.linf(0.1f).around(clean, Domain.UNIT);
    Neighbourhood large = ThreatModel.linf(0.5f).around(clean, Domain.UNIT);
    Batch weak = pattern.perturb(model, small, goal, Seed.of(0));
    Batch full = pattern.perturb(model, large, goal, Seed.of(0));
    for (int j = 0; j < 3; j++) {
      float added = pattern.pattern().get(0, j);
      assertThat(weak.get(0, j))
          .isEqualTo(Math.min(1, clean.get(0, j) + Math.copySign(0.1f, added)));
      assertThat(full.get(0, j)).isEqualTo(Math.min(1, clean.get(0, j) + added));
    }
  }

  @Test
  void an_example_leaves_the_loss_above_the_cap() {
    Batch logits = Batch.of(new float[] {0, 1}, new float[] {0, 8});
    LogitLoss all = new TrainingSet(logits, new Goal.Untargeted(Labels.of(0, 0))).loss(100);
    LogitLoss cut = new TrainingSet(logits, new Goal.Untargeted(Labels.of(0, 0))).loss(3);
    assertThat(cut.values(logits).get(0, 0)).isEqualTo(all.values(logits).get(0, 0));
    assertThat(cut.values(logits).get(1, 0)).isEqualTo(3);
    assertThat(cut.gradient(logits).row(0)).containsExactly(all.gradient(logits).row(0));
    assertThat(cut.gradient(logits).row(1)).containsOnly(0);
    assertThat(all.gradient(logits).row(1)).doesNotContain(0);
  }

  @Test
  void an_epoch_sees_every_example_once() {
    TrainingSet set =
        TrainingSet.of(Digits.net(), Digits.training().first(10), OptionalInt.empty());
    List<Batch> parts = set.shuffled(4, Seed.of(1));
    assertThat(parts).extracting(Batch::rows).containsExactly(4, 4, 2);
    Batch all = Batch.concat(parts);
    long[] order = IntStream.range(0, 10).mapToLong(all::example).toArray();
    assertThat(order).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(all.isInExampleOrder()).isFalse();
    assertThat(set.shuffled(Integer.MAX_VALUE, Seed.of(1))).hasSize(1);
  }

  @Test
  void what_does_not_fit_is_refused() {
    Mlp net = Digits.net();
    assertThatThrownBy(() -> crafted(SHORT, ThreatModel.unbounded(Norm.l2())))
        .hasMessage(
            "a universal perturbation needs a bounded threat model, but it was L2 unbounded");
    assertThatThrownBy(() -> SHORT.craft(net, LINF, Digits.training().first(0), Seed.of(1)))
        .hasMessage("number of training examples must be at least 1, but was 0");
    assertThatThrownBy(() -> crafted(SHORT.towards(10), LINF))
        .hasMessage("target must be below the model's 10 classes, but was 10");
    assertThatThrownBy(
            () -> SHORT.craft(net, LINF, Examples.of(Batch.of(new float[3]), 0), Seed.of(1)))
        .hasMessage("the model takes inputs of shape 1x8x8, but the examples have shape 3");
    assertThatThrownBy(() -> onUnseen(randomSigns(1, 1, 3), LINF))
        .hasMessage("the pattern is for inputs of 3 features, but these have 64");
    assertThatThrownBy(() -> new UniversalPattern(Batch.of(new float[] {0, Float.NaN}), ""))
        .hasMessage("pattern must be finite, but feature 1 was NaN");
    assertThatThrownBy(() -> new UniversalPattern(Batch.of(new float[2][1]), ""))
        .hasMessage("pattern must be one row, but was 2 rows of 1");
  }

  @Test
  void bad_hyperparameters_are_named() {
    assertThatThrownBy(() -> SHORT.withEpochs(0))
        .hasMessage("epochs must be at least 1, but was 0");
    assertThatThrownBy(() -> SHORT.withBatch(-3))
        .hasMessage("batch must be at least 1, but was -3");
    assertThatThrownBy(() -> SHORT.withTravel(Float.NaN))
        .hasMessage("travel must be finite and positive, but was NaN");
    assertThatThrownBy(() -> SHORT.withCap(0))
        .hasMessage("cap must be finite and positive, but was 0.0");
    assertThatThrownBy(() -> SHORT.towards(-1)).hasMessage("target must be at least 0, but was -1");
  }

  @Test
  void a_wither_changes_one_thing() {
    assertThat(
            UniversalPerturbation.standard()
                .withEpochs(2)
                .withBatch(3)
                .withTravel(0.5f)
                .withCap(4)
                .towards(6))
        .isEqualTo(new UniversalPerturbation(2, 3, 0.5f, 4, OptionalInt.of(6)));
  }
}
