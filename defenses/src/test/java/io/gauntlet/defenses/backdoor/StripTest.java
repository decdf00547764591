package io.gauntlet.defenses.backdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StripTest {
  private static final Seed SEED = Seed.of(1);
  private static final Mlp TROJAN = PlantedTrojan.net(8);
  private static final Batch HELD_OUT = PlantedTrojan.clean(400, Seed.of(2)).inputs();
  private static final Batch ARRIVING = PlantedTrojan.clean(200, Seed.of(3)).inputs();

  @Test
  void the_score_is_the_entropy_over_the_classes_in_bits_with_its_sign_changed() {
    Mlp linear = Mlp.linear(Domain.UNIT, new float[][] {{6}, {0}}, new float[2]);
    Batch alike = Batch.wrap(1, filled(8, 0.25f));
    InputDetector strip =
        new Strip(7, 0.5).calibrate(linear, alike, SEED); // every blend is 0.25 + x

    double p = 1 / (1 + Math.exp(-6 * 0.75));
    double bits = -(p * Math.log(p) + (1 - p) * Math.log(1 - p)) / Math.log(2);
    Batch scores = strip.scores(Batch.of(new float[][] {{0.5f}, {1}}));
    assertThat(scores.get(0, 0)).isCloseTo((float) -bits, within(1e-6f));
    double clipped = 1 / (1 + Math.exp(-6));
    assertThat(scores.get(1, 0))
        .isCloseTo((float) -binaryEntropy(clipped), within(1e-6f)); // 1.25 is outside the domain
  }

  private static double binaryEntropy(double p) {
    return -(p * Math.log(p) + (1 - p) * Math.log(1 - p)) / Math.log(2);
  }

  @Test
  void the_undecided_have_the_logarithm_of_the_classes_and_the_certain_nothing() {
    Batch logits = Batch.of(new float[][] {{5, 5, 5, 5}, {1000, 0, 0, 0}});
    assertThat(Strip.entropy(logits, 0)).isCloseTo(2, within(1e-12));
    assertThat(Strip.entropy(logits, 1)).isZero();
  }

  @Test
  void a_trojan_that_always_wins_is_suspected_and_clean_images_are_not() {
    InputDetector strip = Strip.standard().calibrate(TROJAN, HELD_OUT, SEED);
    Batch triggered = PlantedTrojan.triggered(ARRIVING);
    assertThat(strip.suspects(triggered)).hasSize(200);
    assertThat(strip.suspects(ARRIVING)).hasSizeLessThanOrEqualTo(6); // 1 % of 200 are 2
    assertThat(Auroc.of(strip.scores(triggered), strip.scores(ARRIVING))).isGreaterThan(0.99);
  }

  @Test
  void a_model_without_the_trojan_sees_nothing_in_the_trigger() {
    InputDetector strip = Strip.standard().calibrate(PlantedTrojan.net(0), HELD_OUT, SEED);
    assertThat(strip.suspects(PlantedTrojan.triggered(ARRIVING)))
        .isEqualTo(strip.suspects(ARRIVING));
  }

  @Test
  void an_input_has_the_same_score_in_any_batch() {
    InputDetector strip = Strip.standard().calibrate(TROJAN, HELD_OUT, SEED);
    Batch all = strip.scores(ARRIVING);
    Batch some = strip.scores(ARRIVING.select(17, 3));
    assertThat(some.get(0, 0)).isEqualTo(all.get(17, 0));
    assertThat(some.get(1, 0)).isEqualTo(all.get(3, 0));
  }

  @Test
  void clean_inputs_are_rejected_at_most_at_the_stated_rate() {
    int rejected = 0;
    for (int run = 0; run < 20; run++) {
      InputDetector strip =
          new Strip(10, 0.1)
              .calibrate(
                  TROJAN, PlantedTrojan.clean(58, Seed.of(100 + run)).inputs(), Seed.of(run));
      rejected += strip.suspects(PlantedTrojan.clean(50, Seed.of(200 + run)).inputs()).length;
    }
    // 29 inputs set each threshold: on average exactly 3 of 30 are above, 100 of these 1000
    assertThat(rejected).isBetween(50, 150);
  }

  @Test
  void too_few_clean_inputs_for_the_rate_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Strip.standard().calibrate(TROJAN, HELD_OUT.slice(0, 196), SEED))
        .withMessageContaining("0.01 needs at least 99 clean inputs")
        .withMessageContaining("had 98");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Strip(1, 0.5).calibrate(TROJAN, HELD_OUT.slice(0, 1), SEED))
        .withMessageContaining("number of held-out inputs must be at least 2, but was 1");
    assertThat(Strip.standard().calibrate(TROJAN, HELD_OUT.slice(0, 198), SEED).threshold())
        .isNegative();
  }

  @Test
  void settings_and_inputs_out_of_range_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Strip.standard().withBlends(0))
        .withMessageContaining("blends must be at least 1, but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Strip.standard().withFalseRejectionRate(1))
        .withMessageContaining("below 1, but was 1.0");
    InputDetector strip = Strip.standard().calibrate(TROJAN, HELD_OUT, SEED);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> strip.scores(ARRIVING.times(2)))
        .withMessageContaining("domain [0.0, 1.0]");
  }

  private static float[] filled(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }
}
