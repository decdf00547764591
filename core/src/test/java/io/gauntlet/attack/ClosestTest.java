package io.gauntlet.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.ModelException;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClosestTest {
  private static final Batch CLEAN =
      Batch.of(new float[] {1}, new float[] {2}, new float[] {3}).standingFor(5, 6, 9);
  private static final Goal GOAL = new Goal.Untargeted(Labels.of(CLEAN, 0, 0, 1));
  private static final Domain DOMAIN = Domain.of(0, 10);
  private static final Neighbourhood ANYWHERE =
      ThreatModel.unbounded(Norm.linf()).around(CLEAN, DOMAIN);
  private static final Neighbourhood WITHIN_ONE = ThreatModel.linf(1).around(CLEAN, DOMAIN);

  /** Answers that reach the goal for each of the three examples, and answers that do not. */
  private static final Batch FOOLED = answers(true, true, true);

  private static Batch answers(boolean... fooled) {
    float[][] rows = new float[3][];
    for (int i = 0; i < 3; i++) {
      boolean zero = (i == 2) == fooled[i];
      rows[i] = zero ? new float[] {1, 0} : new float[] {0, 1};
    }
    return Batch.of(rows).standingFor(5, 6, 9);
  }

  private static Batch candidates(float... values) {
    return Batch.wrap(1, values).standingFor(5, 6, 9);
  }

  private static float[] values(Closest closest) {
    Batch batch = closest.batch();
    return new float[] {batch.get(0, 0), batch.get(1, 0), batch.get(2, 0)};
  }

  @Test
  void starts_with_the_clean_examples_none_of_them_a_success() {
    Closest closest = new Closest(ANYWHERE, GOAL);
    assertThat(values(closest)).containsExactly(1, 2, 3);
    assertThat(closest.batch().example(2)).isEqualTo(9);
    assertThat(closest.distance(CLEAN, 1)).isInfinite();
  }

  @Test
  void keeps_the_nearest_success_of_each_example_not_the_first_or_the_last() {
    Closest closest = new Closest(ANYWHERE, GOAL);
    closest.offer(candidates(4, 4, 4), FOOLED);
    closest.offer(candidates(2, 5, 2.5f), FOOLED);
    closest.offer(candidates(3, 1, 9), FOOLED);
    assertThat(values(closest)).containsExactly(2, 1, 2.5f);
    assertThat(closest.distance(CLEAN, 0)).isEqualTo(1);
    assertThat(closest.distance(CLEAN, 1)).isEqualTo(1);
    assertThat(closest.distance(CLEAN, 2)).isEqualTo(0.5);
  }

  @Test
  void a_failure_however_near_replaces_nothing_and_says_so() {
    Closest closest = new Closest(ANYWHERE, GOAL);
    assertThat(closest.offer(candidates(4, 4, 4), answers(true, false, true)))
        .containsExactly(true, false, true);
    assertThat(closest.offer(candidates(1.5f, 2, 3.5f), answers(false, false, false)))
        .containsExactly(false, false, false);
    assertThat(values(closest)).containsExactly(4, 2, 4);
    assertThat(closest.distance(CLEAN, 1)).isInfinite();
  }

  @Test
  void a_success_farther_away_reaches_the_goal_but_is_not_kept() {
    Closest closest = new Closest(ANYWHERE, GOAL);
    closest.offer(candidates(2, 3, 4), FOOLED);
    assertThat(closest.offer(candidates(5, 6, 7), FOOLED)).containsExactly(true, true, true);
    assertThat(values(closest)).containsExactly(2, 3, 4);
  }

  @Test
  void a_lead_that_rounding_can_undo_counts_only_for_want_of_another() {
    Batch thin = Batch.of(new float[] {8, 8.00005f}, new float[] {8, 8.00005f}, new float[] {8, 8});
    Batch thinLead = thin.standingFor(5, 6, 9);
    Closest closest = new Closest(WITHIN_ONE, GOAL);
    assertThat(closest.offer(candidates(1.5f, 2.5f, 3.5f), thinLead))
        .containsExactly(false, false, false);
    assertThat(values(closest)).containsExactly(1.5f, 2.5f, 3.5f);
    assertThat(closest.distance(CLEAN, 0)).isInfinite();
    assertThat(closest.open(CLEAN)).containsExactly(0, 1, 2);
    closest.offer(candidates(1.75f, 2, 3), answers(true, false, false));
    closest.offer(candidates(1.25f, 2.25f, 4), thinLead);
    assertThat(values(closest)).containsExactly(1.75f, 2.25f, 3.5f);
    assertThat(closest.open(CLEAN)).containsExactly(1, 2);
  }

  @Test
  void among_equals_the_first_is_kept() {
    Closest closest = new Closest(ANYWHERE, GOAL);
    closest.offer(candidates(2, 3, 4), FOOLED);
    closest.offer(candidates(0, 1, 2), FOOLED);
    assertThat(values(closest)).containsExactly(2, 3, 4);
  }

  @Test
  void a_success_outside_ball_or_domain_reaches_the_goal_but_is_not_kept() {
    Closest closest = new Closest(WITHIN_ONE, GOAL);
    assertThat(closest.offer(candidates(3.5f, 2.5f, 1), FOOLED)).containsExactly(true, true, true);
    assertThat(values(closest)).containsExactly(1, 2.5f, 3);
    Closest legal = new Closest(ANYWHERE, GOAL);
    legal.offer(candidates(-0.5f, 10, Math.nextUp(10f)), FOOLED);
    assertThat(values(legal)).containsExactly(1, 10, 3);
  }

  @Test
  void distance_is_measured_in_the_norm_of_the_threat_model() {
    Batch clean = Batch.of(new float[] {0, 0});
    Goal goal = new Goal.Untargeted(Labels.of(clean, 0));
    Batch diagonal = Batch.of(new float[] {3, 4});
    Batch straight = Batch.of(new float[] {0, 6});
    Batch fooled = Batch.of(new float[] {0, 1});
    for (Norm norm : new Norm[] {Norm.linf(), Norm.l2(), Norm.l1(), Norm.l0()}) {
      Closest closest = new Closest(ThreatModel.unbounded(norm).around(clean, DOMAIN), goal);
      closest.offer(straight, fooled);
      closest.offer(diagonal, fooled);
      boolean straightIsNearer = norm == Norm.l1() || norm == Norm.l0();
      assertThat(closest.batch().row(0))
          .as("%s", norm)
          .containsExactly((straightIsNearer ? straight : diagonal).row(0));
    }
  }

  @Test
  void within_a_bound_a_success_settles_an_example_and_without_one_never() {
    Closest bounded = new Closest(WITHIN_ONE, GOAL);
    Closest anywhere = new Closest(ANYWHERE, GOAL);
    assertThat(bounded.unsettled(CLEAN)).isSameAs(CLEAN);
    Batch tried = candidates(1.5f, 2.5f, 9);
    bounded.offer(tried, answers(true, false, true)); // the last one is outside the ball
    anywhere.offer(tried, answers(true, false, true));
    Batch open = bounded.unsettled(tried);
    assertThat(open.rows()).isEqualTo(2);
    assertThat(open.example(0)).isEqualTo(6);
    assertThat(open.row(1)).containsExactly(9);
    assertThat(anywhere.unsettled(tried)).isSameAs(tried);
  }

  @Test
  void unsettled_keeps_order_and_repeated_rows() {
    Closest closest = new Closest(WITHIN_ONE, GOAL);
    closest.offer(CLEAN.select(1), Batch.of(new float[] {0, 1}).standingFor(6));
    Batch open = closest.unsettled(CLEAN.select(2, 1, 0, 2, 1));
    assertThat(open.rows()).isEqualTo(3);
    assertThat(open.example(0)).isEqualTo(9);
    assertThat(open.example(1)).isEqualTo(5);
    assertThat(open.example(2)).isEqualTo(9);
  }

  @Test
  void several_candidates_of_one_example_compete() {
    Closest closest = new Closest(ANYWHERE, GOAL);
    Batch three = Batch.wrap(1, new float[] {7, 4, 5}).standingFor(6, 6, 6);
    float[] fooled = {0, 1};
    boolean[] reached =
        closest.offer(three, Batch.of(fooled, new float[] {1, 0}, fooled).standingFor(6, 6, 6));
    assertThat(reached).containsExactly(true, false, true);
    assertThat(values(closest)).containsExactly(1, 5, 3);
    assertThat(closest.distance(three, 0)).isEqualTo(3);
  }

  @Test
  void towards_a_target_only_that_class_counts() {
    Goal goal = new Goal.Targeted(Labels.of(CLEAN, 0, 0, 0), Labels.of(CLEAN, 2, 2, 1));
    Closest closest = new Closest(ANYWHERE, goal);
    float[] two = {0, 1, 2};
    closest.offer(
        candidates(4, 4, 4), Batch.of(two, new float[] {0, 2, 1}, two).standingFor(5, 6, 9));
    assertThat(values(closest)).containsExactly(4, 2, 3);
  }

  @Test
  void answers_are_matched_by_row_and_must_be_as_many() {
    Closest closest = new Closest(ANYWHERE, GOAL);
    closest.offer(candidates(4, 4, 4), Batch.of(new float[] {0, 1}, new float[2], new float[2]));
    assertThat(values(closest)).containsExactly(4, 2, 4); // {0, 0} is class 0, which fools 9 only
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> closest.offer(CLEAN, Batch.of(new float[] {0, 1})))
        .withMessage("the model must return one row for each input, but returned 1 for 3");
  }

  @Test
  void never_changes_with_what_it_gave_away() {
    Closest closest = new Closest(ANYWHERE, GOAL);
    Batch before = closest.batch();
    closest.offer(candidates(4, 4, 4), FOOLED);
    assertThat(before.row(0)).containsExactly(1);
    assertThat(CLEAN.row(0)).containsExactly(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void agrees_with_sorting_all_offers(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] best = new double[3];
    Arrays.fill(best, Double.POSITIVE_INFINITY);
    Closest closest = new Closest(ANYWHERE, GOAL);
    for (int step = 0; step < 200; step++) {
      boolean[] fooled = {random.nextBoolean(), random.nextBoolean(), random.nextBoolean()};
      float[] tried = new float[3];
      for (int i = 0; i < 3; i++) {
        tried[i] = 10 * random.nextFloat();
      }
      assertThat(closest.offer(candidates(tried), answers(fooled))).containsExactly(fooled);
      for (int i = 0; i < 3; i++) {
        double size = Math.abs(tried[i] - CLEAN.get(i, 0));
        best[i] = fooled[i] ? Math.min(best[i], size) : best[i];
        assertThat(closest.distance(CLEAN, i)).isEqualTo(best[i]);
      }
    }
  }
}
