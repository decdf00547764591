package io.gauntlet.attacks.minimum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.Hyperplane;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import org.junit.jupiter.api.Test;

class CarliniWagnerLinfTest {
  private static final Domain WIDE_ENOUGH = Domain.of(-10, 10);
  private static final CarliniWagnerLinf BRIEF = CarliniWagnerLinf.standard().withSteps(200);

  @Test
  void a_linear_model_is_fooled_at_the_exact_distance_up_to_a_fraction_of_a_step() {
    float rate = 3e-4f;
    double step = 10 * rate; // in half-widths of the domain; it does not become smaller
    CarliniWagnerLinf fine = BRIEF.withSteps(1000).withLearningRate(rate);
    for (long seed = 1; seed <= 20; seed++) {
      Hyperplane linear = Hyperplane.of(seed, WIDE_ENOUGH);
      double exact = linear.distanceToBoundary(Norm.linf());
      assertThat(linear.distanceFound(fine, Norm.linf()))
          .as("seed %s", seed)
          .isBetween(exact * (1 - 1e-5), 1.005 * exact + step / 3);
    }
  }

  @Test
  void a_feature_at_its_bound_lets_the_others_do_the_rest() {
    // class 1 where 3 u + v > 2.5: u has only 0.1 to go, which leaves 0.3 to v
    Domain domain = Domain.of(0, 0.7f);
    Mlp model = Mlp.linear(domain, new float[][] {{0, 0}, {3, 1}}, new float[] {2.5f, 0});
    Goal goal = new Goal.Untargeted(Labels.of(0));
    assertThat(distance(model, new float[] {0.6f, 0.1f}, goal)).isBetween(0.3, 0.3 * 1.01);
  }

  @Test
  void features_at_both_ends_of_the_domain_move() {
    // class 1 where v > u
    Mlp model = Mlp.linear(Domain.UNIT, new float[][] {{1, 0}, {0, 1}}, new float[2]);
    Goal goal = new Goal.Untargeted(Labels.of(0));
    assertThat(distance(model, new float[] {1, 0}, goal)).isBetween(0.5, 0.5 * 1.01);
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
          nearest = Math.min(nearest, Math.max(Math.abs(point[0] - x[0]), point[1]));
        }
      }
    }
    assertThat(distance(model, x, goal)).isBetween(nearest - 0.002, nearest * 1.01);
  }

  private static double distance(Mlp model, float[] x, Goal goal) {
    Batch clean = Batch.of(x);
    assertThat(goal.isReached(model.logits(clean), 0)).as("fooled already").isFalse();
    Neighbourhood allowed = ThreatModel.unbounded(Norm.linf()).around(clean, model.domain());
    Batch found = BRIEF.perturb(model, allowed, goal, Seed.of(1));
    assertThat(goal.isReached(model.logits(found), 0)).as("fooled").isTrue();
    assertThat(allowed.contains(found, 0)).isTrue();
    return allowed.distance(found, 0);
  }

  @Test
  void bad_hyperparameters_are_named() {
    assertRefused(() -> BRIEF.withRounds(0), "rounds must be at least 1, but was 0");
    assertRefused(() -> BRIEF.withSteps(-1), "steps must be at least 1, but was -1");
    assertRefused(
        () -> BRIEF.withLearningRate(0), "learningRate must be finite and positive, but was 0.0");
    assertRefused(
        () -> BRIEF.withInitialConstant(Float.NaN),
        "initialConstant must be finite and positive, but was NaN");
    for (float bad : new float[] {0, 1, -0.5f, Float.NaN}) {
      assertRefused(
          () -> BRIEF.withDecrease(bad), "decrease must lie between 0 and 1, but was " + bad);
    }
  }

  private static void assertRefused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void a_wither_changes_one_thing() {
    assertThat(
            BRIEF
                .withRounds(2)
                .withSteps(3)
                .withLearningRate(0.4f)
                .withInitialConstant(5)
                .withDecrease(0.6f))
        .isEqualTo(new CarliniWagnerLinf(2, 3, 0.4f, 5, 0.6f));
  }
}
