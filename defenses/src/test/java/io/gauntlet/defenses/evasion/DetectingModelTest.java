package io.gauntlet.defenses.evasion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.defenses.preprocess.GaussianSmoothing;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Margin;
import io.gauntlet.model.SelfCheck;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetectingModelTest {
  private static final Batch INPUTS =
      Batch.of(
          new float[] {0.9f, 0.1f, 0.1f, 0.2f}, // answered 0
          new float[] {0.1f, 0.8f, 0.2f, 0.9f}, // answered 1
          new float[] {0.1f, 0.8f, 0.2f, 0.2f}); // answered 1
  private static final Labels LABELS = Labels.of(0, 2, 2);

  /** Suspicion is the fourth feature; refused above 0.5, and a spread is 0.2. */
  private static final DetectingModel GUARDED =
      new DetectingModel(Planted.NET, Planted.scoring(x -> x[3]), new Threshold(0.5f, 0.2f, 1, 20));

  @Test
  void refuses_what_scores_above_the_threshold_and_answers_as_the_model() {
    assertThat(GUARDED.refused(INPUTS).stream()).containsExactly(1);
    assertThat(GUARDED.logits(INPUTS).buffer()).isEqualTo(Planted.NET.logits(INPUTS).buffer());
    assertThat(GUARDED.naive()).isSameAs(Planted.NET);
    assertThat(GUARDED.route()).startsWith("joint loss of model and ");
  }

  @Test
  void an_attacker_sees_the_logits_as_they_are_where_nothing_is_refused() {
    Batch seen = GUARDED.adaptive(LABELS).logits(INPUTS);
    Batch logits = Planted.NET.logits(INPUTS);
    assertThat(seen.row(0)).containsExactly(logits.row(0));
    assertThat(seen.row(2)).containsExactly(logits.row(2)); // wrong, and passes
  }

  @Test
  void an_attacker_sees_the_label_win_by_the_excess_where_the_input_is_refused() {
    float[] seen = GUARDED.adaptive(LABELS).logits(INPUTS).row(1);
    float[] logits = Planted.NET.logits(INPUTS).row(1);
    assertThat(seen[2]).isCloseTo((float) (logits[1] + Math.log1p(0.4 / 0.2)), within(1e-5f));
    assertThat(seen[0]).isEqualTo(logits[0]);
    assertThat(seen[1]).isEqualTo(logits[1]);
  }

  @Test
  void the_label_wins_by_the_smallest_excess_too() {
    Batch barely = INPUTS.select(1).editRows((row, x) -> x[3] = Math.nextUp(0.5f));
    Batch seen = GUARDED.adaptive(LABELS).logits(barely);
    assertThat(seen.argmax(0)).isEqualTo(2);
  }

  @Test
  void rows_are_matched_to_labels_by_example() {
    Batch seen = GUARDED.adaptive(LABELS).logits(INPUTS.select(1, 1).standingFor(0, 1));
    assertThat(seen.argmax(0)).isZero();
    assertThat(seen.argmax(1)).isEqualTo(2);
  }

  @Test
  void labels_beyond_the_models_classes_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GUARDED.adaptive(Labels.of(3)))
        .withMessageContaining("below the model's 3 classes");
  }

  @Test
  void the_view_has_the_slopes_of_its_logits_whatever_is_refused() {
    List<EvasionDetector> detectors =
        List.of(
            Mahalanobis.standard().fit(Planted.NET, Planted.points(300, 1)),
            LocalIntrinsicDimensionality.standard()
                .fit(Planted.NET, Planted.points(300, 1).inputs()),
            new FeatureSqueezing(List.of(new GaussianSmoothing(0.7f))).on(Planted.NET));
    Labels labels = Labels.of(0, 1, 2, 1);
    for (EvasionDetector detector : detectors) {
      for (float value : new float[] {-1, 1e6f}) { // all refused, none refused
        DetectingModel model =
            new DetectingModel(Planted.NET, detector, new Threshold(value, 1, 1, 20));
        assertThat(SelfCheck.standard().withDraws(8).examine(model.adaptive(labels)))
            .as("%s above %s", detector, value)
            .isEmpty();
      }
    }
  }

  @Test
  void going_back_takes_the_label_to_the_best_class_and_to_the_detector() {
    EvasionDetector suspicion =
        new FeatureSqueezing(List.of(new GaussianSmoothing(0.7f))).on(Planted.NET);
    Threshold none = new Threshold(-1, 0.5f, 1, 20);
    DifferentiableModel view = new DetectingModel(Planted.NET, suspicion, none).adaptive(LABELS);
    Batch slope = view.gradient(INPUTS, new Margin(LABELS)).byInput();
    Batch byScore;
    Batch score;
    try (ForwardPass pass = suspicion.forward(INPUTS)) {
      score = pass.logits();
      byScore = pass.backward(INPUTS.withValues(1, Planted.ones(3)));
    }
    // of a row that is wrong, the margin is minus the excess alone
    double steepness = 1 / (0.5 + score.get(2, 0) + 1);
    for (int j = 0; j < 4; j++) {
      assertThat(slope.get(2, j))
          .isCloseTo((float) (-steepness * byScore.get(2, j)), within(1e-5f));
    }
  }

  @Test
  void the_fingerprint_tells_thresholds_apart() {
    DetectingModel other =
        new DetectingModel(Planted.NET, GUARDED.detector(), new Threshold(0.6f, 0.2f, 1, 20));
    assertThat(other.fingerprint()).isNotEqualTo(GUARDED.fingerprint());
  }
}
