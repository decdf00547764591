package io.gauntlet.defenses.postprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.OutputGuard;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutputGuardTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final NoiseKey KEY =
      NoiseKey.of("a secret of 24 bytes long".getBytes(StandardCharsets.UTF_8));
  private static final Batch P = Batch.of(new float[] {0.2f, 0.5f, 0.3f});

  private static float[] told(OutputGuard guard, String client, float[] input, Batch p) {
    return guard.apply(new Query(client, Batch.of(input), NOON), p).row(0);
  }

  private static float[] told(OutputGuard guard, float... p) {
    return told(guard, "alice", new float[] {0.5f}, Batch.of(p));
  }

  private static float[] random(RandomGenerator random, int classes) {
    float[] p = new float[classes];
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      p[k] = (float) Math.pow(random.nextDouble(), 4);
      sum += p[k];
    }
    for (int k = 0; k < classes; k++) {
      p[k] = (float) (p[k] / sum);
    }
    return p;
  }

  @Test
  void rounding_keeps_the_digits_it_names() {
    assertThat(told(Rounding.to(2), 0.1249f, 0.8751f)).containsExactly(0.12f, 0.88f);
    assertThat(told(Rounding.to(0), 0.4f, 0.6f)).containsExactly(0, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rounding.to(7))
        .withMessage("decimals must be from 0 to 6, but was 7");
  }

  @Test
  void top_k_tells_the_largest_as_they_are_and_the_first_of_equals() {
    assertThat(told(new TopK(2), 0.2f, 0.5f, 0.3f)).containsExactly(0, 0.5f, 0.3f);
    assertThat(told(new TopK(1), 0.4f, 0.4f, 0.2f)).containsExactly(0.4f, 0, 0);
    assertThat(told(new TopK(9), 0.2f, 0.8f)).containsExactly(0.2f, 0.8f);
    assertThatIllegalArgumentException().isThrownBy(() -> new TopK(0));
  }

  @Test
  void labels_only_tells_one_class() {
    assertThat(told(new LabelsOnly(), 0.2f, 0.5f, 0.3f)).containsExactly(0, 1, 0);
  }

  @Test
  void noise_of_an_input_is_the_same_for_every_query_and_every_client() {
    Noise noise = Noise.gaussian(0.1f, KEY);
    float[] once = told(noise, "alice", new float[] {0.5f, 0}, P);
    assertThat(once).isNotEqualTo(P.row(0));
    assertThat(told(noise, "alice", new float[] {0.5f, 0}, P)).isEqualTo(once);
    assertThat(told(noise, "eve", new float[] {0.5f, 0}, P)).isEqualTo(once);
    assertThat(told(noise, "eve", new float[] {0.5f, -0f}, P)).isEqualTo(once);
    assertThat(told(noise, "eve", new float[] {0.5f, Float.MIN_VALUE}, P)).isNotEqualTo(once);
    Noise coarse = noise.withFreshness(new Freshness.PerInput(0.1f));
    assertThat(told(coarse, "eve", new float[] {0.51f, 0.04f}, P))
        .isEqualTo(told(coarse, "alice", new float[] {0.5f, 0}, P));
    assertThat(told(coarse, "eve", new float[] {0.56f, 0}, P))
        .isNotEqualTo(told(coarse, "alice", new float[] {0.5f, 0}, P));
  }

  @Test
  void noise_does_not_depend_on_the_row_of_the_input() {
    Noise noise = Noise.laplace(0.1f, KEY);
    Batch inputs = Batch.of(new float[] {0.1f}, new float[] {0.9f});
    Batch both = Batch.concat(List.of(P, P));
    float[] second = noise.apply(new Query("alice", inputs, NOON), both).row(1);
    assertThat(told(noise, "bob", new float[] {0.9f}, P)).isEqualTo(second);
  }

  @Test
  void noise_cannot_be_drawn_without_the_key() {
    byte[] other = new byte[16];
    float[] once = told(Noise.gaussian(0.1f, KEY), 0.2f, 0.5f, 0.3f);
    assertThat(told(Noise.gaussian(0.1f, NoiseKey.of(other)), 0.2f, 0.5f, 0.3f)).isNotEqualTo(once);
    assertThat(Noise.gaussian(0.1f, KEY).toString()).contains("NoiseKey").doesNotContain("secret");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NoiseKey.of(new byte[15]))
        .withMessage("bytes of the secret must be at least 16, but was 15");
  }

  @ParameterizedTest
  @EnumSource
  void fresh_noise_has_the_variance_it_claims_and_averaging_removes_it(
      Noise.Distribution distribution) {
    float scale = 0.01f;
    Noise noise = new Noise(distribution, scale, Freshness.perQuery(), Argmax.FREE, KEY);
    int draws = 20_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      double error = told(noise, 0.2f, 0.5f, 0.3f)[1] - 0.5;
      sum += error;
      squares += error * error;
    }
    double variance = distribution == Noise.Distribution.GAUSSIAN ? 1 : 2;
    // scaling to a sum of one takes half of the three values' common noise away from 0.5
    double expected = scale * Math.sqrt(variance * (1 - 2 * 0.5 + 3 * 0.25));
    assertThat(Math.sqrt(squares / draws)).isCloseTo(expected, within(0.03 * expected));
    assertThat(sum / draws).isCloseTo(0, within(5 * expected / Math.sqrt(draws)));
  }

  @Test
  void noise_keeps_the_class_only_where_it_is_told_to() {
    Noise kept = Noise.gaussian(0.5f, KEY);
    int changed = 0;
    for (int i = 0; i < 1000; i++) {
      float[] input = {i / 1000f};
      float[] p = random(Seed.of(1).forExample(i), 5);
      int chosen = Rows.argmax(p);
      assertThat(Rows.argmax(told(kept, "alice", input, Batch.of(p)))).isEqualTo(chosen);
      float[] free = told(kept.withArgmax(Argmax.FREE), "alice", input, Batch.of(p));
      changed += Rows.argmax(free) == chosen ? 0 : 1;
    }
    assertThat(changed).isGreaterThan(300);
  }

  @Test
  void reverse_sigmoid_is_its_formula_and_gives_two_probabilities_one_answer() {
    float[] even = told(ReverseSigmoid.standard(), 0.9f, 0.1f);
    double bend = 1 / (1 + Math.exp(-0.1 * Math.log(9))) - 0.5;
    assertThat((double) even[0]).isCloseTo(0.9 - bend, within(1e-6));
    ReverseSigmoid steep = new ReverseSigmoid(1, 0.7f);
    boolean rises = false;
    boolean falls = false;
    float before = told(steep, 0.5f, 0.5f)[0];
    for (float p = 0.51f; p < 0.999f; p += 0.01f) {
      float now = told(steep, p, 1 - p)[0];
      rises |= now > before;
      falls |= now < before;
      before = now;
    }
    assertThat(rises && falls).as("one answer for several probabilities").isTrue();
  }

  @Test
  void reverse_sigmoid_keeps_a_class_above_a_third_and_may_lose_one_below() {
    int kept = 0;
    int lost = 0;
    for (int i = 0; i < 5000; i++) {
      float[] p = random(Seed.of(2).forExample(i), 2 + i % 9);
      int chosen = Rows.argmax(p);
      boolean same = Rows.argmax(told(ReverseSigmoid.standard(), p)) == chosen;
      if (p[chosen] >= 0.32) {
        assertThat(same).isTrue();
        kept++;
      } else {
        lost += same ? 0 : 1;
      }
    }
    assertThat(kept).isGreaterThan(1000);
    assertThat(lost).isPositive();
  }

  @Test
  void utility_is_exact_for_labels_only() {
    Mlp model = Mlp.linear(Domain.UNIT, new float[][] {{4}, {0}}, new float[] {-2, 0});
    Examples examples = Examples.of(Batch.of(new float[] {1}, new float[] {0}), 0, 0);
    double top = 1 / (1 + Math.exp(-2));
    Utility utility = Utility.of(model, examples, new LabelsOnly());
    assertThat(utility.meanL1()).isCloseTo(2 * (1 - top), within(1e-6));
    assertThat(utility).isEqualTo(new Utility(2, 0.5, 0.5, 1, utility.meanL1()));
    assertThat(Utility.of(model, examples).meanL1()).isZero();
  }

  @Test
  void utility_shows_answers_that_change_class() {
    Mlp model = Mlp.linear(Domain.UNIT, new float[][] {{4}, {0}}, new float[] {-2, 0});
    Examples examples = Examples.of(Batch.of(new float[] {1}, new float[] {0}), 0, 0);
    OutputGuard swap =
        (query, p) -> p.editRows((i, row) -> Rows.putOnTop(row, 1 - Rows.argmax(row)));
    Utility utility = Utility.of(model, examples, swap);
    assertThat(utility.sameClass()).isZero();
    assertThat(utility.guardedAccuracy()).isEqualTo(0.5);
  }
}
