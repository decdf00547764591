package io.gauntlet.defenses.backdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Models;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleUpTest {
  private static final float[] DARK = {0.1f, 0};
  private static final float[] DARKER = {0.08f, 0};
  private static final float[] GREY = {0.6f, 0};
  private static final float[] TRIGGERED = {0.1f, 0.2f};

  /** The class is the brightness, dark, grey or white, unless the second pixel is lit: grey. */
  private static final Model MODEL =
      Models.ofLabels(
          "brightness",
          Shape.of(2),
          Domain.UNIT,
          3,
          inputs -> Arrays.stream(inputs).mapToInt(ScaleUpTest::classOf).toArray());

  private static int classOf(float[] x) {
    if (x[1] > 0.1f) {
      return 1;
    }
    return x[0] < 0.49f ? 0 : x[0] < 0.8f ? 1 : 2;
  }

  private static Batch heldOut(float[] dark) {
    float[][] images = new float[400][];
    Arrays.setAll(images, i -> i % 2 == 0 ? dark : GREY);
    return Batch.of(images);
  }

  @Test
  void the_score_is_the_share_of_factors_that_leave_the_class_standardised_by_that_class() {
    InputDetector scaleUp = ScaleUp.standard().calibrate(MODEL, heldOut(DARK), Seed.of(1));
    Batch scores = scaleUp.scores(Batch.of(DARK, DARKER, GREY, TRIGGERED));
    // dark images stay dark times 3 only, a share of 1/5; grey ones become white, a share of 0;
    // neither varies, so that one step of the score, 1/5, stands for the deviation
    assertThat(scores.get(0, 0)).isCloseTo(0, within(1e-5f));
    assertThat(scores.get(1, 0)).isCloseTo(1, within(1e-5f)); // dark times 3 and 5
    assertThat(scores.get(2, 0)).isZero();
    assertThat(scores.get(3, 0)).isCloseTo(5, within(1e-5f)); // grey times anything
    assertThat(scaleUp.suspects(Batch.of(DARK, GREY, TRIGGERED))).containsExactly(2);
  }

  @Test
  void a_class_without_clean_inputs_is_judged_by_all_of_them() {
    Batch grey = Batch.of(GREY);
    float[][] images = new float[400][];
    Arrays.fill(images, DARK);
    InputDetector scaleUp =
        ScaleUp.standard().calibrate(MODEL, Batch.of(images), Seed.of(1)); // shares of 1/5
    assertThat(scaleUp.scores(grey).get(0, 0)).isCloseTo(-1, within(1e-5f));
  }

  @Test
  void pixels_are_scaled_from_the_lower_end_of_the_domain() {
    Model centred =
        Models.ofLabels(
            "centred",
            Shape.of(1),
            Domain.of(-1, 1),
            2,
            inputs -> Arrays.stream(inputs).mapToInt(x -> x[0] < 0 ? 0 : 1).toArray());
    float[][] images = new float[400][];
    Arrays.fill(images, new float[] {-0.9f}); // 0.1 above the end: negative up to a factor of 9
    InputDetector scaleUp =
        ScaleUp.standard().calibrate(centred, Batch.of(images), Seed.of(1)); // shares of 4/5
    Batch scores = scaleUp.scores(Batch.of(new float[][] {{-0.9f}, {-1}, {-0.75f}}));
    assertThat(scores.get(0, 0)).isCloseTo(0, within(1e-5f));
    assertThat(scores.get(1, 0)).isCloseTo(1, within(1e-5f));
    assertThat(scores.get(2, 0)).isCloseTo(-3, within(1e-5f));
  }

  @Test
  void factors_that_change_nothing_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScaleUp.standard().withFactors(List.of(3, 1)))
        .withMessageContaining("each above 1, but were [3, 1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScaleUp.standard().withFactors(List.of()))
        .withMessageContaining("but were []");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScaleUp.standard().withFalseRejectionRate(0))
        .withMessageContaining("above 0 and below 1, but was 0.0");
  }
}
