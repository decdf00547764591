package io.gauntlet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelsTest {
  private static final Shape PAIR = Shape.of(2);
  private static final Batch INPUTS =
      Batch.of(new float[] {1, 2}, new float[] {3, 4}).standingFor(7, 20);

  private static Model scores(Models.Scores scores) {
    return Models.of("sums", PAIR, Domain.of(0, 9), 3, scores);
  }

  private static Model labels(Models.Decisions decisions) {
    return Models.ofLabels("labels", PAIR, Domain.of(0, 9), 3, decisions);
  }

  private static void assertRefused(Model model, String message) {
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> model.logits(INPUTS))
        .withMessage(message);
  }

  @Test
  void a_function_of_scores_is_a_model() {
    Model model =
        scores(
            rows -> {
              float[][] scores = new float[rows.length][];
              for (int i = 0; i < rows.length; i++) {
                scores[i] = new float[] {rows[i][0], rows[i][1], rows[i][0] + rows[i][1]};
              }
              return scores;
            });
    Batch logits = model.logits(INPUTS);
    assertThat(logits.row(0)).containsExactly(1, 2, 3);
    assertThat(logits.row(1)).containsExactly(3, 4, 7);
    assertThat(logits.example(1)).isEqualTo(20);
    assertThat(model.inputShape()).isEqualTo(PAIR);
    assertThat(model.domain()).isEqualTo(Domain.of(0, 9));
    assertThat(model.classes()).isEqualTo(3);
    assertThat(model.fingerprint()).isEqualTo("sums");
  }

  @Test
  void a_function_of_labels_gives_one_to_its_class_and_nothing_to_the_others() {
    Batch logits = labels(rows -> new int[] {2, 0}).logits(INPUTS);
    assertThat(logits.row(0)).containsExactly(0, 0, 1);
    assertThat(logits.row(1)).containsExactly(1, 0, 0);
  }

  @Test
  void is_driven_by_one_thread_until_told_otherwise() {
    FunctionModel model =
        Models.ofLabels("labels", PAIR, Domain.UNIT, 2, rows -> new int[rows.length]);
    assertThat(model.concurrency()).isEqualTo(Concurrency.SINGLE_THREADED);
    Concurrency wide = new Concurrency(8, 256);
    FunctionModel driven = model.withConcurrency(wide);
    assertThat(driven.concurrency()).isEqualTo(wide);
    assertThat(driven.fingerprint()).isEqualTo("labels");
    assertThat(driven.logits(INPUTS).buffer()).isEqualTo(model.logits(INPUTS).buffer());
  }

  @Test
  void its_function_may_change_the_rows_it_is_given() {
    Model model =
        scores(
            rows -> {
              Arrays.fill(rows[0], 0);
              return new float[rows.length][3];
            });
    model.logits(INPUTS);
    assertThat(INPUTS.row(0)).containsExactly(1, 2);
  }

  @Test
  void no_rows_are_answered_without_the_function() {
    Model model =
        scores(
            rows -> {
              throw new AssertionError("asked");
            });
    assertThat(model.logits(INPUTS.select()).width()).isEqualTo(3);
  }

  @Test
  void scores_of_another_shape_are_refused() {
    assertRefused(
        scores(rows -> new float[1][3]),
        "sums must answer one row of scores for each of 2 inputs, but answered 1");
    assertRefused(
        scores(rows -> new float[][] {{1, 2, 3}, {1, 2}}),
        "sums must answer 3 scores for each input, but answered 2 for example 20");
  }

  @Test
  @SuppressWarnings("NullAway") // what libraries do that know no nullness
  void null_is_refused() {
    String none = " must answer one row of scores for each of 2 inputs, but answered null";
    assertRefused(scores(rows -> null), "sums" + none);
    assertRefused(labels(rows -> null), "labels" + none);
    assertRefused(
        scores(rows -> new float[][] {null, {1, 2, 3}}),
        "sums must answer 3 scores for each input, but answered null for example 7");
  }

  @Test
  void scores_that_are_no_numbers_are_refused() {
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      assertRefused(
          scores(rows -> new float[][] {{1, 2, 3}, {1, value, 3}}),
          "every score must be finite, but score 1 of example 20 was " + value);
    }
  }

  @Test
  void labels_that_are_no_class_are_refused() {
    assertRefused(
        labels(rows -> new int[] {0, 3}),
        "every answer must be a class from 0 to 2, but answer 1 was 3");
    assertRefused(
        labels(rows -> new int[] {-1, 0}),
        "every answer must be a class from 0 to 2, but answer 0 was -1");
    assertRefused(
        labels(rows -> new int[3]),
        "labels must answer one row of scores for each of 2 inputs, but answered 3");
  }

  @Test
  void what_the_function_throws_is_the_cause() {
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(
            () ->
                scores(
                        rows -> {
                          throw new IOException("no such tree");
                        })
                    .logits(INPUTS))
        .withMessage("sums must answer 2 rows of 2, but failed: java.io.IOException: no such tree")
        .withCauseInstanceOf(IOException.class);
    ModelException own = new ModelException("said better already");
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(
            () ->
                scores(
                        rows -> {
                          throw own;
                        })
                    .logits(INPUTS))
        .isSameAs(own);
  }

  @Test
  void an_interrupt_inside_the_function_is_kept() {
    Model model =
        scores(
            rows -> {
              throw new InterruptedException();
            });
    assertThatExceptionOfType(ModelException.class).isThrownBy(() -> model.logits(INPUTS));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void what_the_caller_gets_wrong_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scores(rows -> rows).logits(Batch.of(new float[3])))
        .withMessage("inputs must have 2 values in a row, but had 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Models.of("one", PAIR, Domain.UNIT, 1, rows -> rows))
        .withMessage("classes must be at least 2, but was 1");
  }

  @Test
  void a_domain_of_another_width_is_refused() {
    Domain three = Domain.perFeature(List.of(Range.UNIT, Range.UNIT, Range.UNIT));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Models.of("pair", PAIR, three, 2, rows -> rows))
        .withMessage("inputs must have 3 features like the domain, but have 2");
  }

  @Test
  void a_model_is_paired_with_what_answers_its_features() {
    Model model = Mlp.linear(Domain.UNIT, new float[][] {{1, 2}, {3, 4}}, new float[2]);
    Model layer =
        Models.of("layer", Shape.of(2), Domain.UNIT, 3, rows -> new float[rows.length][3]);
    FeatureModel paired = Models.withFeatures(model, layer);
    Batch inputs = Batch.of(new float[][] {{0.5f, 1}});
    assertThat(paired.logits(inputs).row(0)).containsExactly(model.logits(inputs).row(0));
    assertThat(paired.features()).isSameAs(layer);
    assertThat(paired.classes()).isEqualTo(2);
    assertThat(paired.fingerprint()).contains(model.fingerprint()).contains("layer");
    Model wider =
        Models.of("wider", Shape.of(3), Domain.UNIT, 3, rows -> new float[rows.length][3]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Models.withFeatures(model, wider))
        .withMessageContaining("they take 3");
  }
}
