package io.gauntlet.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Dlr;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Margin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GoalTest {
  private static final Batch LOGITS =
      Batch.of(
              new float[] {9, 1, 0, 3},
              new float[] {0, 5, 4, 1},
              new float[] {2, 2, 1, 0},
              new float[] {2, 2, 1, 0})
          .standingFor(10, 20, 30, 40);
  private static final Labels LABELS = Labels.of(LOGITS, 0, 0, 1, 0);
  private static final Labels TARGETS = Labels.of(LOGITS, 3, 1, 0, 1);

  @Test
  void untargeted_is_reached_by_any_class_but_the_label() {
    Goal goal = new Goal.Untargeted(LABELS);
    assertThat(goal.isReached(LOGITS, 0)).isFalse();
    assertThat(goal.isReached(LOGITS, 1)).isTrue();
    assertThat(goal.isReached(LOGITS, 2)).isTrue(); // a tie goes to class 0, the label is 1
    assertThat(goal.isReached(LOGITS, 3)).isFalse();
    assertThat(goal.isReachedBy(1, 10)).isTrue();
    assertThat(goal.isReachedBy(0, 10)).isFalse();
    assertThat(goal.labels()).isSameAs(LABELS);
    assertThat(goal).hasToString("untargeted");
  }

  @Test
  void targeted_is_reached_by_the_target_only() {
    Goal goal = new Goal.Targeted(LABELS, TARGETS);
    assertThat(goal.isReached(LOGITS, 0)).isFalse();
    assertThat(goal.isReached(LOGITS, 1)).isTrue();
    assertThat(goal.isReached(LOGITS, 2)).isTrue(); // a tie goes to class 0, the target
    assertThat(goal.isReached(LOGITS, 3)).isFalse(); // and not to class 1, the target here
    assertThat(goal.isReachedBy(2, 10)).isFalse();
    assertThat(goal.labels()).isSameAs(LABELS);
    assertThat(goal).hasToString("targeted");
  }

  @Test
  void losses_are_those_of_the_papers() {
    Goal untargeted = new Goal.Untargeted(LABELS);
    assertThat(untargeted.loss(Objective.CROSS_ENTROPY)).isEqualTo(new CrossEntropy(LABELS));
    assertThat(untargeted.loss(Objective.MARGIN)).isEqualTo(new Margin(LABELS));
    assertThat(untargeted.loss(Objective.DLR)).isEqualTo(new Dlr(LABELS));
    Goal targeted = new Goal.Targeted(LABELS, TARGETS);
    assertThat(targeted.loss(Objective.CROSS_ENTROPY))
        .isEqualTo(new CrossEntropy(TARGETS).negated());
    assertThat(targeted.loss(Objective.MARGIN)).isEqualTo(new Margin(TARGETS).negated());
    assertThat(targeted.loss(Objective.DLR)).isEqualTo(new Dlr(LABELS, TARGETS));
  }

  @ParameterizedTest
  @EnumSource
  void every_loss_grows_towards_the_goal(Objective objective) {
    // example 10 (label 0, target 3): the label's logit falls, the target's rises
    Batch near = Batch.of(new float[] {5, 1, 0, 4}).standingFor(10);
    for (Goal goal : new Goal[] {new Goal.Untargeted(LABELS), new Goal.Targeted(LABELS, TARGETS)}) {
      float far = goal.loss(objective).values(LOGITS).get(0, 0);
      assertThat(goal.loss(objective).values(near).get(0, 0)).as("%s", goal).isGreaterThan(far);
    }
  }

  @Test
  void the_margin_is_positive_only_where_the_goal_is_reached() {
    for (Goal goal : new Goal[] {new Goal.Untargeted(LABELS), new Goal.Targeted(LABELS, TARGETS)}) {
      Batch margins = goal.loss(Objective.MARGIN).values(LOGITS);
      for (int i = 0; i < LOGITS.rows(); i++) {
        if (margins.get(i, 0) != 0) {
          assertThat(margins.get(i, 0) > 0).isEqualTo(goal.isReached(LOGITS, i));
        }
      }
    }
  }
}
