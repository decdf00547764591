package io.gauntlet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LabelsTest {
  private static final Batch INPUTS =
      Batch.of(new float[1], new float[1], new float[1]).standingFor(4, 7, 9);

  @Test
  void are_found_by_example_and_by_row() {
    Labels labels = Labels.of(INPUTS, 2, 0, 1);
    assertThat(labels.count()).isEqualTo(3);
    assertThat(labels.classOf(4)).isEqualTo(2);
    assertThat(labels.classOf(9)).isEqualTo(1);
    assertThat(labels.atRow(1)).isZero();
    assertThat(Labels.of(5, 6).classOf(1)).isEqualTo(6);
    assertThat(labels).hasToString("3 labels");
  }

  @Test
  void never_change_with_the_array_they_came_from() {
    int[] classes = {1, 2, 3};
    Labels plain = Labels.of(classes);
    Labels numbered = Labels.of(INPUTS, classes);
    classes[0] = 9;
    assertThat(plain.atRow(0)).isEqualTo(1);
    assertThat(numbered.atRow(0)).isEqualTo(1);
  }

  @Test
  void selected_keep_their_examples() {
    Labels chosen = Labels.of(INPUTS, 2, 0, 1).select(0, 2);
    assertThat(chosen.count()).isEqualTo(2);
    assertThat(chosen.classOf(9)).isEqualTo(1);
    assertThat(chosen.classOf(4)).isEqualTo(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> chosen.classOf(7))
        .withMessage("example 7 is not among the 2 examples [4, 9]");
  }

  @Test
  void selected_out_of_order_are_refused_where_they_could_no_longer_be_found() {
    for (int[] rows : new int[][] {{1, 0}, {1, 1}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Labels.of(5, 6).select(rows))
          .withMessage(
              "labelled examples must be distinct and in order, but rows [1, "
                  + rows[1]
                  + "] were chosen");
    }
  }

  @Test
  void need_as_many_classes_as_the_largest_says() {
    assertThat(Labels.of(0, 4, 2).classes()).isEqualTo(5);
    assertThat(Labels.of().classes()).isZero();
  }

  @Test
  void are_refused_where_the_model_has_too_few_classes() {
    Labels labels = Labels.of(INPUTS, 2, 0, 3);
    assertThat(labels.check(4)).isSameAs(labels);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> labels.check(3))
        .withMessage("labels must be below the model's 3 classes, but example 9 has label 3");
  }

  @Test
  void below_zero_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Labels.of(INPUTS, 1, -1, 0))
        .withMessage("labels must not be negative, but example 7 has label -1");
  }

  @Test
  void need_one_distinct_example_each() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Labels.of(INPUTS, 1, 2))
        .withMessage("every example needs one label, but there were 3 examples and 2 labels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Labels.of(INPUTS.select(0, 0), 1, 2))
        .withMessage("labelled examples must be distinct and in order");
  }

  @Test
  void rows_are_found_by_class_and_relabelled_at_their_positions() {
    Labels labels = Labels.of(2, 0, 1, 2).select(1, 2, 3);

    assertThat(labels.example(2)).isEqualTo(3);
    assertThat(labels.rowsWhere(label -> label > 0)).containsExactly(1, 2);
    Labels changed = labels.relabelled((row, label) -> 10 * row + label);
    assertThat(changed.classOf(3)).isEqualTo(22);
    assertThat(changed.classOf(1)).isEqualTo(0);
    assertThat(labels.classOf(3)).isEqualTo(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> labels.relabelled((row, label) -> -label))
        .withMessage("labels must not be negative, but example 2 has label -1");
  }
}
