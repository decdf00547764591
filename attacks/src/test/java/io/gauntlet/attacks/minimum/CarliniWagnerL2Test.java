package io.gauntlet.attacks.minimum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.attacks.Hyperplane;
import io.gauntlet.attacks.Net;
import io.gauntlet.attacks.Recorder;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CarliniWagnerL2Test {
  private static final Domain WIDE_ENOUGH = Domain.of(-10, 10);
  private static final CarliniWagnerL2 BRIEF = CarliniWagnerL2.standard().withSteps(300);

  /** The rate is in half-widths of the domain, of which the wide one has ten. */
  private static final CarliniWagnerL2 FINE = BRIEF.withSteps(1000).withLearningRate(2e-3f);

  @Test
  void a_linear_model_is_fooled_at_the_exact_distance() {
    for (long seed = 1; seed <= 20; seed++) {
      Hyperplane linear = Hyperplane.of(seed, WIDE_ENOUGH);
      assertThat(linear.distanceFound(FINE, Norm.l2()) / linear.distanceToBoundary(Norm.l2()))
          .as("found over exact, seed %s", seed)
          .isBetween(1 - 1e-5, 1.01);
    }
  }

  @Test
  void a_feature_at_its_bound_lets_the_others_do_the_rest() {
    // class 1 where 3 u + v > 2.5; the nearest point of the plane to (0.6, 0.1) has u above 0.7
    Domain domain = Domain.of(0, 0.7f);
    Mlp model = Mlp.linear(domain, new float[][] {{0, 0}, {3, 1}}, new float[] {2.5f, 0});
    float[] x = {0.6f, 0.1f};
    assertThat(distance(model, x, BRIEF)).isBetween(0.3162, 0.3162 * 1.01); // to (0.7, 0.4)
  }

  @Test
  void features_at_both_ends_of_the_domain_move() {
    // class 1 where v - u > 0; from (1, 0) the nearest point is in the middle
    Mlp model = Mlp.linear(Domain.UNIT, new float[][] {{1, 0}, {0, 1}}, new float[2]);
    double half = Math.sqrt(0.5);
    assertThat(distance(model, new float[] {1, 0}, BRIEF)).isBetween(half, half * 1.01);
  }

  private static double distance(Mlp model, float[] x, CarliniWagnerL2 attack) {
    return distance(model, x, new Goal.Untargeted(Labels.of(0)), attack);
  }

  private static double distance(Mlp model, float[] x, Goal goal, CarliniWagnerL2 attack) {
    Batch clean = Batch.of(x);
    assertThat(goal.isReached(model.logits(clean), 0)).as("fooled already").isFalse();
    Neighbourhood allowed = ThreatModel.unbounded(Norm.l2()).around(clean, model.domain());
    Batch found = attack.perturb(model, allowed, goal, Seed.of(1));
    assertThat(goal.isReached(model.logits(found), 0)).as("fooled").isTrue();
    assertThat(allowed.contains(found, 0)).isTrue();
    return allowed.distance(found, 0);
  }

  @Test
  void a_search_too_short_for_tenfold_growth_still_ends_with_a_success() {
    // class 1 where u > 0.5, which constants below 0.6 never reach from 0.2
    Mlp model = Mlp.linear(Domain.UNIT, new float[][] {{0, 0}, {1, 0}}, new float[] {0.5f, 0});
    float[] x = {0.2f, 0};
    assertThat(distance(model, x, BRIEF.withSearchSteps(2).withInitialConstant(0.01f)))
        .isGreaterThan(0.3);
  }

  @Test
  void a_target_is_reached_where_a_grid_says_it_is_nearest() {
    // three classes meet at (0.5, 0.5); the way to class 2 leads past class 1
    Mlp model =
        Mlp.linear(Domain.UNIT, new float[][] {{0, 0}, {2, 1}, {3, 3}}, new float[] {0, -1.5f, -3});
    float[] x = {0.375f, 0};
    Goal goal = new Goal.Targeted(Labels.of(0), Labels.of(2));
    double nearest = Double.POSITIVE_INFINITY;
    for (int u = 0; u <= 1000; u++) {
      for (int v = 0; v <= 1000; v++) {
        float[] point = {u / 1000f, v / 1000f};
        if (goal.isReached(model.logits(Batch.of(point)), 0)) {
          nearest = Math.min(nearest, Math.hypot(point[0] - x[0], point[1] - x[1]));
        }
      }
    }
    assertThat(distance(model, x, goal, BRIEF)).isBetween(nearest - 0.002, nearest * 1.01);
  }

  @Test
  void confidence_is_the_margin_of_what_is_found() {
    Net net = Net.of(4, 20);
    Batch clean = net.examples().inputs();
    Neighbourhood allowed = ThreatModel.unbounded(Norm.l2()).around(clean, net.model().domain());
    Goal goal = new Goal.Untargeted(net.examples().labels());
    Batch found = BRIEF.withConfidence(0.5f).perturb(net.model(), allowed, goal, Seed.of(1));
    Batch logits = net.model().logits(found);
    Batch margins = goal.loss(Objective.MARGIN).values(logits);
    int reached = 0;
    for (int i = 0; i < clean.rows(); i++) {
      if (goal.isReached(logits, i)) {
        reached++;
        assertThat(margins.get(i, 0)).isGreaterThanOrEqualTo(0.5f);
      }
    }
    assertThat(reached).isGreaterThan(10);
  }

  @Test
  void whoever_is_stuck_stops_and_loses_next_to_nothing() {
    Net net = Net.of(5, 20);
    Goal goal = new Goal.Untargeted(net.examples().labels());
    Batch clean = net.examples().inputs();
    Neighbourhood allowed = ThreatModel.unbounded(Norm.l2()).around(clean, net.model().domain());
    List<Batch> found = new ArrayList<>();
    List<Integer> asked = new ArrayList<>();
    for (boolean abortEarly : new boolean[] {false, true}) {
      Recorder model = new Recorder(net.model());
      found.add(BRIEF.withAbortEarly(abortEarly).perturb(model, allowed, goal, Seed.of(1)));
      asked.add(model.asked().values().stream().mapToInt(List::size).sum());
    }
    assertThat(asked.get(0)).isEqualTo(20 * 9 * 300);
    assertThat(asked.get(1)).isLessThan(asked.get(0) * 2 / 3);
    for (int i = 0; i < clean.rows(); i++) {
      assertThat(allowed.distance(found.get(1), i))
          .isLessThanOrEqualTo(allowed.distance(found.get(0), i) * 1.01);
    }
  }

  @Test
  void bad_hyperparameters_are_named() {
    assertRefused(() -> BRIEF.withSearchSteps(0), "searchSteps must be at least 1, but was 0");
    assertRefused(() -> BRIEF.withSteps(-1), "steps must be at least 1, but was -1");
    assertRefused(
        () -> BRIEF.withLearningRate(0), "learningRate must be finite and positive, but was 0.0");
    assertRefused(
        () -> BRIEF.withInitialConstant(Float.NaN),
        "initialConstant must be finite and positive, but was NaN");
    assertRefused(
        () -> BRIEF.withConfidence(-1), "confidence must be finite and not negative, but was -1.0");
  }

  private static void assertRefused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void a_wither_changes_one_thing() {
    assertThat(
            CarliniWagnerL2.standard()
                .withSearchSteps(2)
                .withSteps(3)
                .withLearningRate(0.4f)
                .withInitialConstant(5)
                .withConfidence(6)
                .withAbortEarly(false))
        .isEqualTo(new CarliniWagnerL2(2, 3, 0.4f, 5, 6, false));
  }
}
