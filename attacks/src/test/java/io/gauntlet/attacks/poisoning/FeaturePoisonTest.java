package io.gauntlet.attacks.poisoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attacks.poisoning.trigger.ColumnTrigger;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Poisons that work by features, on features that are linear, where the answer is known. */
class FeaturePoisonTest {
  /** Two features, the sum and the difference of the first two of four inputs. */
  private static final Mlp FEATURES =
      Mlp.of(
          Shape.of(4),
          Domain.UNIT,
          List.of(Mlp.Dense.of(new float[][] {{1, 1, 0, 0}, {1, -1, 0, 0}}, new float[] {0, 0})));

  private static final Examples TRAINING =
      Examples.of(
          Batch.of(
              new float[] {0.1f, 0.1f, 0.5f, 0.5f},
              new float[] {0.2f, 0.1f, 0.4f, 0.6f},
              new float[] {0.9f, 0.8f, 0.5f, 0.5f},
              new float[] {0.8f, 0.9f, 0.6f, 0.4f}),
          0,
          0,
          1,
          1);

  private static final Target TARGET =
      new Target(Batch.of(new float[] {0.5f, 0.6f, 0.5f, 0.5f}), 0);

  @Test
  void a_collision_lies_where_the_objective_is_least() {
    // |f(x) - f(t)|^2 = 2 |x - t|^2 over the first two inputs, beta = s (2/4)^2 = s/4:
    // x = (2 t + beta b) / (2 + beta)
    FeatureCollision attack = FeatureCollision.standard().withSimilarity(4).withSteps(300);
    Batch base = TRAINING.inputs().select(0);
    Batch poison = attack.collide(FEATURES, base, TARGET.input());
    assertThat(poison.get(0, 0)).isCloseTo((2 * 0.5f + 0.1f) / 3, within(1e-4f));
    assertThat(poison.get(0, 1)).isCloseTo((2 * 0.6f + 0.1f) / 3, within(1e-4f));
    assertThat(poison.get(0, 2)).isEqualTo(0.5f);
  }

  @Test
  void without_a_pull_to_the_base_the_features_collide() {
    FeatureCollision attack = FeatureCollision.standard().withSimilarity(1e-4f).withSteps(300);
    Poisoned<Examples> poisoned = attack.poison(FEATURES, TRAINING, TARGET, 2, Seed.of(1));
    Batch features = FEATURES.logits(poisoned.data().inputs().select(0, 1));
    assertThat(features.get(0, 0)).isCloseTo(1.1f, within(1e-3f));
    assertThat(features.get(1, 1)).isCloseTo(-0.1f, within(1e-3f));
    assertThat(poisoned.poisoned()).containsExactly(0L, 1L);
    assertThat(poisoned.data().labels().atRow(0)).isZero();
  }

  @Test
  void the_mean_of_a_bullseye_is_the_target() {
    BullseyePolytope attack = BullseyePolytope.standard().withThreat(ThreatModel.linf(0.6f));
    Poisoned<Examples> poisoned = attack.poison(List.of(FEATURES), TRAINING, TARGET, 2, Seed.of(1));
    Batch features = FEATURES.logits(poisoned.data().inputs().select(0, 1));
    assertThat((features.get(0, 0) + features.get(1, 0)) / 2).isCloseTo(1.1f, within(1e-2f));
    assertThat((features.get(0, 1) + features.get(1, 1)) / 2).isCloseTo(-0.1f, within(1e-2f));
  }

  @Test
  void a_bullseye_out_of_reach_is_approached_to_the_edge_of_the_ball() {
    BullseyePolytope attack = BullseyePolytope.standard().withThreat(ThreatModel.linf(0.1f));
    Poisoned<Examples> poisoned = attack.poison(List.of(FEATURES), TRAINING, TARGET, 2, Seed.of(1));
    assertThat(poisoned.data().inputs().get(0, 0)).isCloseTo(0.2f, within(1e-3f));
    assertThat(poisoned.data().inputs().get(1, 1)).isCloseTo(0.2f, within(1e-3f));
  }

  @Test
  void a_hidden_trigger_gives_every_poison_the_features_of_one_triggered_example() {
    HiddenTrigger attack = HiddenTrigger.standard(1, 0).withThreat(ThreatModel.linf(1));
    Poisoned<Examples> poisoned =
        attack.poison(FEATURES, TRAINING, ColumnTrigger.of(1, 1), 2, Seed.of(1));
    Batch features = FEATURES.logits(poisoned.data().inputs().select(0, 1));
    float[] sums = {features.get(0, 0), features.get(1, 0)};
    java.util.Arrays.sort(sums);
    assertThat(sums[0]).isCloseTo(1.8f, within(2e-2f));
    assertThat(sums[1]).isCloseTo(1.9f, within(2e-2f));
  }

  @Test
  void closest_pairs_are_matched_first_and_every_goal_is_used_once() {
    Batch rows = Batch.of(new float[] {0}, new float[] {1}, new float[] {5});
    Batch goals = Batch.of(new float[] {0.9f}, new float[] {4}, new float[] {0.4f});
    assertThat(Pairs.closestFirst(rows, goals)).containsExactly(2, 0, 1);
  }
}
