package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Objective;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Model;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StillGainingTest {
  private static final int COUNT = 1000;
  private static final ThreatModel HALF = ThreatModel.linf(0.5f);

  /** Evenly spread below the boundary: each stretch of the way to it fools as many. */
  private static Examples even() {
    float[] values = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      values[i] = 0.5f * (i + 0.5f) / COUNT;
    }
    return Threshold.right(values);
  }

  /**
   * So many steps upwards, each of this length; asks about each, and about the last if it looks.
   */
  private static Attack<DifferentiableModel> steps(int count, float length, boolean looks) {
    return new Attempt<>(
        "Steps-" + count,
        (model, allowed, goal, seed) -> {
          Batch x = allowed.clean();
          float stride = allowed.isBounded() ? length : 1; // without a bound, reaches everything
          for (int step = 0; step < count; step++) {
            model.gradient(x, goal.loss(Objective.MARGIN));
            x = allowed.project(Attempt.shifted(x, stride));
          }
          if (looks) {
            model.logits(x);
          }
          return x;
        });
  }

  private static List<Caveat> caveats(
      ThreatModel threat, List<Attack<? super DifferentiableModel>> attacks) {
    return Robustness.of(Threshold.MODEL)
        .under(threat)
        .attackedBy(attacks)
        .evaluate(even())
        .caveats();
  }

  @ParameterizedTest
  @CsvSource({"3, 0.05, true", "5, 0.02, true", "3, 0.05, false", "5, 0.02, false", "2, 0.1, true"})
  void a_few_steps_that_stop_half_way_are_still_gaining(int count, float length, boolean looks) {
    List<Caveat> caveats = caveats(HALF, List.of(steps(count, length, looks)));
    assertThat(caveats).hasSize(1).hasOnlyElementsOfType(Caveat.StillGaining.class);
  }

  @Test
  void it_counts_those_that_fell_in_the_last_fifth_and_those_that_were_standing_then() {
    List<Caveat> caveats = caveats(HALF, List.of(steps(4, 0.05f, true)));
    // 5 passes at 0, 0.05, ..., 0.2: the last one finds a tenth of all, where 7 tenths were
    // standing
    assertThat(caveats).containsExactly(new Caveat.StillGaining("Steps-4", 100, 700));
    assertThat(caveats.get(0).message())
        .isEqualTo(
            "Steps-4 fooled 100 of the 700 examples then standing in the last fifth of its passes:"
                + " more steps would fool more");
  }

  @Test
  void steps_that_reach_the_edge_of_the_ball_early_have_nothing_left_to_gain() {
    ThreatModel quarter = ThreatModel.linf(0.25f);
    for (boolean looks : new boolean[] {true, false}) {
      RobustnessReport report =
          Robustness.of(Threshold.MODEL)
              .under(quarter)
              .attackedBy(steps(40, 0.025f, looks))
              .evaluate(even());
      assertThat(report.robustAccuracy()).isEqualTo(0.5);
      assertThat(report.caveats()).isEmpty();
    }
  }

  @Test
  void a_single_step_is_never_still_gaining() {
    for (boolean looks : new boolean[] {true, false}) {
      assertThat(caveats(HALF, List.of(steps(1, 0.25f, looks)))).isEmpty();
    }
  }

  @Test
  void attacks_without_gradients_are_not_meant() {
    Attack<Model> blackBox = Attempt.ask(10, 0.25f);
    assertThat(caveats(HALF, List.of(blackBox))).isEmpty();
  }

  @Test
  void a_later_attack_of_as_many_passes_that_has_nothing_left_to_gain_dispels_the_doubt() {
    ThreatModel quarter = ThreatModel.linf(0.25f);
    Attack<DifferentiableModel> hasty = steps(4, 0.05f, true);
    Attack<DifferentiableModel> thorough = steps(40, 0.025f, true);
    Attack<DifferentiableModel> single = steps(1, 0.25f, true);
    Attack<DifferentiableModel> shorter = steps(2, 0.01f, true);
    Attack<DifferentiableModel> idle = steps(3, 0, true);
    assertThat(caveats(quarter, List.of(hasty))).hasSize(1);
    assertThat(caveats(quarter, List.of(hasty, thorough))).isEmpty();
    assertThat(caveats(quarter, List.of(thorough, hasty))).isEmpty();
    assertThat(caveats(HALF, List.of(hasty, idle))).as("fewer passes").hasSize(1);
    assertThat(caveats(HALF, List.of(hasty, shorter))).hasSize(1);
    assertThat(caveats(HALF, List.of(hasty, single))).as("one step").hasSize(1);
  }

  @Test
  void nothing_is_left_to_gain_where_nobody_survived() {
    assertThat(caveats(HALF, List.of(steps(10, 0.05f, true)))).isEmpty();
  }

  @Test
  void it_does_not_apply_without_a_bound_or_under_a_budget_of_queries() {
    Attack<DifferentiableModel> hasty = steps(4, 0.05f, true);
    assertThat(caveats(ThreatModel.unbounded(Norm.linf()), List.of(hasty))).isEmpty();
    assertThat(caveats(HALF.withQueries(9), List.of(hasty))).isEmpty();
  }

  @Test
  void a_resumed_run_knows_it_too(@TempDir Path folder) {
    Robustness<DifferentiableModel> robustness =
        Robustness.of(Threshold.MODEL)
            .under(HALF)
            .attackedBy(steps(4, 0.05f, true))
            .withCheckpoint(folder.resolve("run.checkpoint"));
    RobustnessReport first = robustness.evaluate(even());
    Reports.assertSame(robustness.evaluate(even()), first);
    assertThat(first.caveats()).hasOnlyElementsOfType(Caveat.StillGaining.class);
  }
}
