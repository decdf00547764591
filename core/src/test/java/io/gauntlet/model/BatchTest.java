package io.gauntlet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchTest {
  private static final Batch THREE =
      Batch.of(new float[] {1, 2}, new float[] {3, 4}, new float[] {5, 6}).standingFor(4, 7, 9);

  private static long[] examples(Batch batch) {
    long[] examples = new long[batch.rows()];
    Arrays.setAll(examples, batch::example);
    return examples;
  }

  @Test
  void of_counts_examples_from_zero() {
    Batch batch = Batch.of(new float[] {1, 2}, new float[] {3, 4});
    assertThat(batch.rows()).isEqualTo(2);
    assertThat(batch.width()).isEqualTo(2);
    assertThat(examples(batch)).containsExactly(0, 1);
    assertThat(batch.row(1)).containsExactly(3, 4);
    assertThat(batch.get(0, 1)).isEqualTo(2);
    assertThat(batch).hasToString("2 rows of 2");
  }

  @Test
  void of_nothing_has_no_rows() {
    assertThat(Batch.of().rows()).isZero();
    assertThat(Batch.wrap(3, new float[0]).rows()).isZero();
    assertThat(Batch.of().isInExampleOrder()).isTrue();
  }

  @Test
  void never_changes_with_the_arrays_it_came_from_or_gave_away() {
    float[] given = {1, 2};
    Batch batch = Batch.of(given);
    given[0] = 9;
    batch.row(0)[0] = 9;
    batch.editRows((i, x) -> x[0] = 9);
    assertThat(batch.row(0)).containsExactly(1, 2);
    long[] examples = {5};
    Batch standing = batch.standingFor(examples);
    examples[0] = 6;
    assertThat(standing.example(0)).isEqualTo(5);
    assertThat(batch.example(0)).isZero();
  }

  @Test
  void buffer_is_read_only_and_starts_at_the_first_value() {
    FloatBuffer buffer = THREE.buffer();
    assertThat(buffer.remaining()).isEqualTo(6);
    assertThat(buffer.get()).isEqualTo(1);
    assertThat(THREE.buffer().position()).isZero();
    assertThatExceptionOfType(ReadOnlyBufferException.class).isThrownBy(() -> buffer.put(0, 7));
  }

  @Test
  void select_keeps_what_rows_stand_for_and_may_repeat_them() {
    Batch chosen = THREE.select(2, 0, 2);
    assertThat(examples(chosen)).containsExactly(9, 4, 9);
    assertThat(chosen.row(0)).containsExactly(5, 6);
    assertThat(chosen.row(1)).containsExactly(1, 2);
    assertThat(chosen.row(2)).containsExactly(5, 6);
    assertThat(chosen.isInExampleOrder()).isFalse();
    assertThat(THREE.select().rows()).isZero();
    assertThat(THREE.select(0, 2).isInExampleOrder()).isTrue();
  }

  @Test
  void slice_is_half_open() {
    assertThat(examples(THREE.slice(1, 3))).containsExactly(7, 9);
    assertThat(THREE.slice(1, 3).row(0)).containsExactly(3, 4);
    assertThat(THREE.slice(1, 1).rows()).isZero();
    assertThat(examples(THREE.slice(0, 3))).containsExactly(examples(THREE));
  }

  @Test
  void slice_outside_the_rows_is_refused() {
    for (int[] ends : new int[][] {{-1, 2}, {2, 1}, {0, 4}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> THREE.slice(ends[0], ends[1]))
          .withMessage("a slice must lie within the 3 rows, but was " + ends[0] + " to " + ends[1]);
    }
  }

  @Test
  void concat_puts_the_slices_together_again() {
    Batch joined = Batch.concat(List.of(THREE.slice(0, 1), THREE.slice(1, 1), THREE.slice(1, 3)));
    assertThat(examples(joined)).containsExactly(4, 7, 9);
    assertThat(joined.row(2)).containsExactly(5, 6);
    Batch twice = Batch.concat(List.of(THREE, THREE));
    assertThat(examples(twice)).containsExactly(4, 7, 9, 4, 7, 9);
    assertThat(twice.row(3)).containsExactly(1, 2);
  }

  @Test
  void concat_refuses_nothing_and_different_widths() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Batch.concat(List.of()))
        .withMessage("joining needs at least one batch, but there was none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Batch.concat(List.of(THREE, Batch.of(new float[3]))))
        .withMessage("batches must have one width to be joined, but had 2 and 3");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void row_of_finds_every_example_and_no_other(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] examples = new long[200];
    long next = random.nextInt(5);
    for (int i = 0; i < examples.length; i++) {
      examples[i] = next;
      next += 1 + (random.nextInt(3) == 0 ? random.nextLong(1L << 50) : 0);
    }
    Batch batch = Batch.wrap(1, new float[200]).standingFor(examples);
    for (int i = 0; i < examples.length; i++) {
      assertThat(batch.rowOf(examples[i])).isEqualTo(i);
      if (i > 0 && examples[i] > examples[i - 1] + 1) {
        long missing = examples[i] - 1;
        assertThatIllegalArgumentException().isThrownBy(() -> batch.rowOf(missing));
      }
    }
  }

  @Test
  void row_of_a_missing_example_names_it() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> THREE.rowOf(5))
        .withMessage("example 5 is not among the 3 examples [4, 7, 9]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Batch.of().rowOf(0))
        .withMessage("example 0 is not among the 0 examples []");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Batch.wrap(1, new float[9]).rowOf(Long.MAX_VALUE))
        .withMessage("example 9223372036854775807 is not among the 9 examples [0 ... 8]");
    assertThatIllegalArgumentException().isThrownBy(() -> THREE.rowOf(Long.MIN_VALUE));
  }

  @Test
  void standing_for_renumbers_and_keeps_the_values() {
    Batch other = THREE.standingFor(1, 2, 3);
    assertThat(examples(other)).containsExactly(1, 2, 3);
    assertThat(other.row(1)).containsExactly(3, 4);
    assertThat(examples(THREE)).containsExactly(4, 7, 9);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> THREE.standingFor(1))
        .withMessage("3 rows need 3 example numbers, but there were 1");
  }

  @Test
  void order_means_distinct_and_ascending() {
    assertThat(THREE.isInExampleOrder()).isTrue();
    assertThat(THREE.standingFor(1, 1, 2).isInExampleOrder()).isFalse();
    assertThat(THREE.standingFor(2, 1, 3).isInExampleOrder()).isFalse();
  }

  @Test
  void arithmetic_is_feature_by_feature_for_the_same_examples() {
    Batch ones = Batch.of(new float[] {1, 1}, new float[] {1, 1}, new float[] {1, 1});
    assertThat(THREE.plus(ones).row(2)).containsExactly(6, 7);
    assertThat(THREE.minus(ones).row(0)).containsExactly(0, 1);
    assertThat(THREE.times(-2).row(1)).containsExactly(-6, -8);
    assertThat(examples(THREE.plus(ones))).containsExactly(4, 7, 9);
    assertThat(THREE.row(2)).containsExactly(5, 6);
  }

  @Test
  void arithmetic_refuses_another_shape() {
    Batch narrow = Batch.of(new float[1], new float[1], new float[1]);
    Batch flat = Batch.of(new float[6]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> THREE.plus(narrow))
        .withMessage("batches must have one shape, but were 3 rows of 2 and 3 rows of 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> THREE.minus(flat))
        .withMessage("batches must have one shape, but were 3 rows of 2 and 1 rows of 6");
  }

  @Test
  void edit_rows_sees_every_row_once_with_its_number() {
    Batch edited = THREE.editRows((i, x) -> x[1] = 10 * i + x[0]);
    assertThat(edited.row(0)).containsExactly(1, 1);
    assertThat(edited.row(1)).containsExactly(3, 13);
    assertThat(edited.row(2)).containsExactly(5, 25);
    assertThat(examples(edited)).containsExactly(4, 7, 9);
  }

  @Test
  void argmax_is_the_first_of_the_largest() {
    Batch batch =
        Batch.of(new float[] {1, 3, 3}, new float[] {-2, -3, -1}, new float[] {0, -0.0f, 0});
    assertThat(batch.argmax(0)).isEqualTo(1);
    assertThat(batch.argmax(1)).isEqualTo(2);
    assertThat(batch.argmax(2)).isZero();
  }

  @Test
  void a_row_that_is_not_there_is_refused() {
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> THREE.row(3));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> THREE.row(-1));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> THREE.select(3));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> THREE.example(3));
  }

  @Test
  void with_values_stands_for_the_same_examples() {
    Batch answer = THREE.withValues(1, new float[] {7, 8, 9});
    assertThat(answer.width()).isEqualTo(1);
    assertThat(examples(answer)).containsExactly(4, 7, 9);
    assertThat(answer.get(2, 0)).isEqualTo(9);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> THREE.withValues(2, new float[5]))
        .withMessage("3 rows of 2 values need 6 numbers, but there were 5");
  }

  @Test
  void an_answer_is_taken_for_the_examples_that_were_asked() {
    Batch own = THREE.withValues(1, new float[3]);
    assertThat(THREE.answeredBy(own)).isSameAs(own);
    Batch numberedFromZero = Batch.wrap(1, new float[] {1, 2, 3});
    assertThat(examples(THREE.answeredBy(numberedFromZero))).containsExactly(4, 7, 9);
    assertThat(THREE.answeredBy(numberedFromZero).row(1)).containsExactly(2);
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> THREE.answeredBy(Batch.wrap(1, new float[2])))
        .withMessage("the model must return one row for each input, but returned 2 for 3");
  }

  @Test
  void of_rows_of_different_length_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Batch.of(new float[2], new float[2], new float[3]))
        .withMessage("every example must have 2 features like example 0, but example 2 has 3");
  }

  @Test
  void wrap_refuses_a_width_that_does_not_divide() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Batch.wrap(0, new float[2]))
        .withMessage("width must be at least 1, but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Batch.wrap(3, new float[7]))
        .withMessage("the number of values must be a multiple of the width 3, but was 7");
  }
}
