package io.gauntlet.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.ModelException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncumbentTest {
  private static final Batch CLEAN =
      Batch.of(new float[] {1}, new float[] {2}, new float[] {3}).standingFor(5, 6, 9);
  private static final Goal GOAL = new Goal.Untargeted(Labels.of(CLEAN, 0, 0, 1));

  private static Batch candidates(float... values) {
    return Batch.wrap(1, values).standingFor(5, 6, 9);
  }

  private static Batch logits(float[]... rows) {
    return Batch.of(rows).standingFor(5, 6, 9);
  }

  @Test
  void starts_with_the_clean_examples() {
    Incumbent best = new Incumbent(CLEAN, GOAL);
    assertThat(best.batch().row(1)).containsExactly(2);
    assertThat(best.batch().example(2)).isEqualTo(9);
    assertThat(best.unsettled(CLEAN)).isSameAs(CLEAN);
  }

  @Test
  void keeps_the_largest_margin_of_each_example() {
    Incumbent best = new Incumbent(CLEAN, GOAL);
    best.offer(
        candidates(10, 20, 30), logits(new float[] {5, 1}, new float[] {5, 9}, new float[] {0, 5}));
    best.offer(
        candidates(11, 21, 31), logits(new float[] {5, 2}, new float[] {5, 8}, new float[] {7, 5}));
    best.offer(
        candidates(12, 22, 32), logits(new float[] {5, 1}, new float[] {5, 9}, new float[] {6, 5}));
    assertThat(best.batch().row(0)).containsExactly(11);
    assertThat(best.batch().row(1)).containsExactly(20);
    assertThat(best.batch().row(2)).containsExactly(31);
    Batch open = best.unsettled(CLEAN);
    assertThat(open.rows()).isEqualTo(1);
    assertThat(open.example(0)).isEqualTo(5);
  }

  @Test
  void an_example_once_fooled_stays_fooled() {
    Incumbent best = new Incumbent(CLEAN, GOAL);
    best.offer(candidates(1, 2, 3), logits(new float[] {0, 1}, new float[2], new float[2]));
    best.offer(candidates(4, 5, 6), logits(new float[] {9, 1}, new float[2], new float[2]));
    assertThat(best.batch().row(0)).containsExactly(1);
    assertThat(best.unsettled(CLEAN).example(0)).isEqualTo(6);
  }

  @Test
  void unsettled_keeps_order_and_repeated_rows() {
    Incumbent best = new Incumbent(CLEAN, GOAL);
    Batch fooled = Batch.of(new float[] {0, 1}).standingFor(6);
    best.offer(CLEAN.select(1), fooled);
    Batch open = best.unsettled(CLEAN.select(2, 1, 0, 2, 1));
    assertThat(open.rows()).isEqualTo(3);
    assertThat(open.example(0)).isEqualTo(9);
    assertThat(open.example(1)).isEqualTo(5);
    assertThat(open.example(2)).isEqualTo(9);
    assertThat(open.row(1)).containsExactly(1);
  }

  @Test
  void several_candidates_of_one_example_compete() {
    Incumbent best = new Incumbent(CLEAN, GOAL);
    Batch three = Batch.wrap(1, new float[] {7, 8, 9}).standingFor(6, 6, 6);
    Batch answers = Batch.of(new float[] {3, 1}, new float[] {3, 2}, new float[] {3, 0});
    best.offer(three, answers.standingFor(6, 6, 6));
    assertThat(best.batch().row(1)).containsExactly(8);
    assertThat(best.batch().row(0)).containsExactly(1);
  }

  @Test
  void among_equals_the_first_is_kept() {
    Incumbent best = new Incumbent(CLEAN, GOAL);
    float[] same = {1, 3};
    best.offer(candidates(10, 20, 30), logits(same, same, same));
    best.offer(candidates(11, 21, 31), logits(same, same, same));
    assertThat(best.batch().row(0)).containsExactly(10);
  }

  @Test
  void a_tie_that_reaches_the_goal_beats_one_that_does_not() {
    // label 1: tied with class 2 it still wins, tied with class 0 it loses; both margins are 0
    Goal goal = new Goal.Untargeted(Labels.of(CLEAN, 1, 1, 1));
    float[] wins = {0, 4, 4};
    float[] loses = {4, 4, 0};
    Incumbent best = new Incumbent(CLEAN, goal);
    best.offer(candidates(10, 20, 30), logits(wins, loses, wins));
    best.offer(candidates(11, 21, 31), logits(loses, wins, wins));
    assertThat(best.batch().row(0)).containsExactly(11);
    assertThat(best.batch().row(1)).containsExactly(20);
    assertThat(best.batch().row(2)).containsExactly(30);
    assertThat(best.unsettled(CLEAN).rows()).isEqualTo(1);
    assertThat(best.unsettled(CLEAN).example(0)).isEqualTo(9);
  }

  @Test
  void targeted_keeps_what_is_nearest_to_the_target() {
    Goal goal = new Goal.Targeted(Labels.of(CLEAN, 0, 0, 0), Labels.of(CLEAN, 2, 2, 1));
    Incumbent best = new Incumbent(CLEAN, goal);
    float[] elsewhere = {0, 9, 1};
    float[] nearly = {4, 0, 3.5f};
    float[] there = {0, 1, 2};
    best.offer(candidates(10, 20, 30), logits(elsewhere, elsewhere, elsewhere));
    best.offer(candidates(11, 21, 31), logits(nearly, there, there));
    assertThat(best.batch().row(0)).containsExactly(11);
    assertThat(best.batch().row(1)).containsExactly(21);
    assertThat(best.batch().row(2)).containsExactly(30);
    Batch open = best.unsettled(CLEAN);
    assertThat(open.rows()).isEqualTo(1);
    assertThat(open.example(0)).isEqualTo(5);
  }

  @Test
  void nan_and_minus_infinity_replace_nothing() {
    Incumbent best = new Incumbent(CLEAN, GOAL);
    best.offer(
        candidates(10, 20, 30),
        logits(
            new float[] {Float.NaN, 1},
            new float[] {Float.POSITIVE_INFINITY, 0},
            new float[] {0, Float.NaN}));
    assertThat(best.batch().row(0)).containsExactly(1);
    assertThat(best.batch().row(1)).containsExactly(2);
    assertThat(best.batch().row(2)).containsExactly(3);
  }

  @Test
  void answers_numbered_from_zero_are_taken_for_the_candidates() {
    Incumbent best = new Incumbent(CLEAN, GOAL);
    float[] one = {0, 1};
    best.offer(candidates(10, 20, 30), Batch.of(one, new float[2], one));
    assertThat(best.batch().row(0)).containsExactly(10);
    assertThat(best.unsettled(CLEAN).rows()).isEqualTo(2);
  }

  @Test
  void answers_to_another_number_of_candidates_are_refused() {
    Incumbent best = new Incumbent(CLEAN, GOAL);
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> best.offer(CLEAN, Batch.of(new float[] {0, 1}, new float[] {0, 1})))
        .withMessage("the model must return one row for each input, but returned 2 for 3");
  }

  @Test
  void never_changes_with_what_it_gave_away() {
    Incumbent best = new Incumbent(CLEAN, GOAL);
    Batch before = best.batch();
    float[] fooled = {0, 1};
    best.offer(candidates(10, 20, 30), logits(fooled, fooled, fooled));
    assertThat(before.row(0)).containsExactly(1);
    assertThat(CLEAN.row(0)).containsExactly(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void agrees_with_sorting_all_offers(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] bestMargin = {
      Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY
    };
    float[] bestValue = {1, 2, 3};
    int[] labels = {0, 0, 1};
    Incumbent best = new Incumbent(CLEAN, GOAL);
    for (int step = 0; step < 200; step++) {
      int row = random.nextInt(3);
      float value = random.nextFloat();
      float[] z = {random.nextFloat(), random.nextFloat(), random.nextFloat()};
      long example = CLEAN.example(row);
      best.offer(
          Batch.of(new float[] {value}).standingFor(example), Batch.of(z).standingFor(example));
      float others = Math.max(z[2], z[1 - labels[row]]);
      if (others - z[labels[row]] > bestMargin[row]) {
        bestMargin[row] = others - z[labels[row]];
        bestValue[row] = value;
      }
      Batch now = best.batch();
      for (int i = 0; i < 3; i++) {
        assertThat(now.get(i, 0)).isEqualTo(bestValue[i]);
        assertThat(best.unsettled(CLEAN.select(i)).rows()).isEqualTo(bestMargin[i] > 0 ? 0 : 1);
      }
    }
  }
}
