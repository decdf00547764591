package io.gauntlet.defenses.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Labels;
import io.gauntlet.model.SoftLabels;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSmoothingTest {
  private static final Batch LOGITS = Batch.of(new float[] {0.3f, -1, 2, 0}).standingFor(7);
  private static final Labels SECOND = Labels.of(LOGITS, 1);

  @Test
  void is_cross_entropy_against_labels_with_a_share_for_every_class() {
    LabelSmoothing smoothed = new LabelSmoothing(SECOND, 0.2f);
    SoftLabels soft =
        new SoftLabels(Batch.of(new float[] {0.05f, 0.85f, 0.05f, 0.05f}).standingFor(7));
    assertThat(smoothed.values(LOGITS).row(0))
        .containsExactly(soft.values(LOGITS).row(0), within(1e-6f));
    assertThat(smoothed.gradient(LOGITS).row(0))
        .containsExactly(soft.gradient(LOGITS).row(0), within(1e-6f));
  }

  @Test
  void without_a_share_it_is_cross_entropy() {
    LabelSmoothing none = new LabelSmoothing(SECOND, 0);
    CrossEntropy hard = new CrossEntropy(SECOND);
    assertThat(none.values(LOGITS).row(0)).containsExactly(hard.values(LOGITS).row(0));
    assertThat(none.gradient(LOGITS).row(0)).containsExactly(hard.gradient(LOGITS).row(0));
  }

  @Test
  void trained_on_it_a_model_is_as_unsure_as_the_smoothed_labels() {
    Odds model = new Odds(2, 1);
    new Fit(200, 4)
        .train(
            model,
            Odds.THREE_TO_ONE.inputs(),
            new LabelSmoothing(Odds.THREE_TO_ONE.labels(), 0.2f),
            Seed.of(1),
            epoch -> {});
    // 0.8 * 3/4 + 0.1 against 0.8 * 1/4 + 0.1
    assertThat(model.gap()).isEqualTo((float) Math.log(0.7 / 0.3), within(1e-4f));
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.1f, 1, Float.NaN})
  void a_share_that_is_none_is_refused(float smoothing) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LabelSmoothing(SECOND, smoothing))
        .withMessage("smoothing must be at least 0 and below 1, but was " + smoothing);
  }
}
