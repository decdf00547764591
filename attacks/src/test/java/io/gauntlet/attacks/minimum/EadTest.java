package io.gauntlet.attacks.minimum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.attacks.Hyperplane;
import io.gauntlet.attacks.Net;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import org.junit.jupiter.api.Test;

class EadTest {
  private static final Ead EAD = Ead.standard();

  /** The squared part of the elastic net likes several good features better than the best one. */
  private static final double SPREAD = 1.05;

  @Test
  void a_linear_model_is_fooled_at_nearly_the_exact_distance() {
    Ead sparse = EAD.withShrinkage(0.1f);
    for (long seed = 1; seed <= 20; seed++) {
      Hyperplane linear = Hyperplane.of(seed);
      assertThat(linear.distanceFound(sparse, Norm.l1()) / linear.distanceToBoundary(Norm.l1()))
          .as("found over exact, seed %s", seed)
          .isBetween(1 - 1e-5, SPREAD);
    }
  }

  @Test
  void under_l2_and_without_shrinkage_the_distance_is_exact() {
    Ead plain = EAD.withShrinkage(0);
    for (long seed = 1; seed <= 20; seed++) {
      Hyperplane linear = Hyperplane.of(seed);
      assertThat(linear.distanceFound(plain, Norm.l2()) / linear.distanceToBoundary(Norm.l2()))
          .as("found over exact, seed %s", seed)
          .isBetween(1 - 1e-5, 1.01);
    }
  }

  @Test
  void a_feature_at_its_bound_lets_the_next_best_do_the_rest() {
    // class 1 where 3 u + 2 v > 2.5: u is worth more, but has only 0.1 to go; v needs 0.1 as well
    Domain domain = Domain.of(0, 0.7f);
    Mlp model = Mlp.linear(domain, new float[][] {{0, 0}, {3, 2}}, new float[] {2.5f, 0});
    Goal goal = new Goal.Untargeted(Labels.of(0));
    assertThat(distance(model, new float[] {0.6f, 0.1f}, goal)).isBetween(0.2, 0.2 * SPREAD);
  }

  @Test
  void a_target_is_reached_where_a_grid_says_it_is_nearest() {
    // the way to class 2 leads past class 1
    Mlp model =
        Mlp.linear(Domain.UNIT, new float[][] {{0, 0}, {2, 1}, {3, 4}}, new float[] {0, -1.5f, -3});
    float[] x = {0.375f, 0};
    Goal goal = new Goal.Targeted(Labels.of(0), Labels.of(2));
    double nearest = Double.POSITIVE_INFINITY;
    for (int u = 0; u <= 1000; u++) {
      for (int v = 0; v <= 1000; v++) {
        float[] point = {u / 1000f, v / 1000f};
        if (goal.isReached(model.logits(Batch.of(point)), 0)) {
          nearest = Math.min(nearest, Math.abs(point[0] - x[0]) + Math.abs(point[1] - x[1]));
        }
      }
    }
    assertThat(distance(model, x, goal)).isBetween(nearest - 0.002, nearest * SPREAD);
  }

  @Test
  void confidence_is_the_margin_of_what_is_found() {
    Net net = Net.of(4, 20);
    Batch clean = net.examples().inputs();
    Neighbourhood allowed = ThreatModel.unbounded(Norm.l1()).around(clean, net.model().domain());
    Goal goal = new Goal.Untargeted(net.examples().labels());
    Batch found =
        EAD.withSteps(200).withConfidence(0.5f).perturb(net.model(), allowed, goal, Seed.of(1));
    Batch logits = net.model().logits(found);
    Batch margins = goal.loss(Objective.MARGIN).values(logits);
    int reached = 0;
    for (int i = 0; i < clean.rows(); i++) {
      if (allowed.distance(found, i) > 0) {
        reached++;
        assertThat(margins.get(i, 0)).isGreaterThanOrEqualTo(0.5f);
      }
    }
    assertThat(reached).isGreaterThan(10);
  }

  private static double distance(Mlp model, float[] x, Goal goal) {
    Batch clean = Batch.of(x);
    assertThat(goal.isReached(model.logits(clean), 0)).as("fooled already").isFalse();
    Neighbourhood allowed = ThreatModel.unbounded(Norm.l1()).around(clean, model.domain());
    Batch found = EAD.perturb(model, allowed, goal, Seed.of(1));
    assertThat(goal.isReached(model.logits(found), 0)).as("fooled").isTrue();
    assertThat(allowed.contains(found, 0)).isTrue();
    return allowed.distance(found, 0);
  }

  @Test
  void bad_hyperparameters_are_named() {
    assertRefused(() -> EAD.withSearchSteps(0), "searchSteps must be at least 1, but was 0");
    assertRefused(() -> EAD.withSteps(-1), "steps must be at least 1, but was -1");
    assertRefused(() -> EAD.withStepSize(0), "stepSize must be finite and positive, but was 0.0");
    assertRefused(
        () -> EAD.withShrinkage(-1), "shrinkage must be finite and not negative, but was -1.0");
    assertRefused(
        () -> EAD.withInitialConstant(Float.NaN),
        "initialConstant must be finite and positive, but was NaN");
    assertRefused(
        () -> EAD.withConfidence(-1), "confidence must be finite and not negative, but was -1.0");
  }

  private static void assertRefused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void a_wither_changes_one_thing() {
    assertThat(
            EAD.withSearchSteps(2)
                .withSteps(3)
                .withStepSize(0.4f)
                .withShrinkage(5)
                .withInitialConstant(6)
                .withConfidence(7))
        .isEqualTo(new Ead(2, 3, 0.4f, 5, 6, 7));
  }
}
