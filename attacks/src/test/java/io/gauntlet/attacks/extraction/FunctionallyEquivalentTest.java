package io.gauntlet.attacks.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attacks.extraction.Extraction.Ending;
import io.gauntlet.attacks.image.Digits;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionallyEquivalentTest {
  private static final int HELD_OUT = 2000;

  private static Mlp random(long seed, int... sizes) {
    return Mlp.of(Shape.of(sizes[0]), Domain.of(-1, 1), layers(seed, sizes));
  }

  private static List<Mlp.Dense> layers(long seed, int... sizes) {
    RandomGenerator random = Seed.of(seed).forExample(5);
    List<Mlp.Dense> layers = new ArrayList<>();
    for (int l = 1; l < sizes.length; l++) {
      float[][] weights = new float[sizes[l]][sizes[l - 1]];
      float[] bias = new float[sizes[l]];
      for (int o = 0; o < bias.length; o++) {
        for (int i = 0; i < weights[o].length; i++) {
          weights[o][i] = (float) (2 * random.nextGaussian() / Math.sqrt(weights[o].length));
        }
        bias[o] = (float) random.nextGaussian();
      }
      layers.add(Mlp.Dense.of(weights, bias));
    }
    return layers;
  }

  private static Judge judge(Model victim) {
    RandomGenerator random = Seed.of(88).forExample(0);
    Box box = new Box(victim.domain(), victim.inputShape().size());
    float[][] inputs = new float[HELD_OUT][];
    for (int i = 0; i < HELD_OUT; i++) {
      inputs[i] = box.uniform(random);
    }
    return Judge.of(victim, Examples.of(Batch.of(inputs), new int[HELD_OUT]));
  }

  private static Extraction<Mlp> stolen(Model victim, Judge judge, long budget, long seed) {
    Oracle oracle = Oracle.of(victim, new Disclosure.Scores(), budget);
    return FunctionallyEquivalent.standard().extract(oracle, judge, Seed.of(seed));
  }

  private static double agreement(Extraction<?> stolen) {
    return stolen.curve().get(stolen.curve().size() - 1).agreement().rate();
  }

  @ParameterizedTest
  @CsvSource({
    "6, 10, 3, 1",
    "6, 10, 3, 2",
    "6, 10, 3, 3",
    "10, 16, 2, 1",
    "10, 16, 2, 2",
    "10, 16, 2, 3",
    "30, 32, 4, 1",
    "30, 32, 4, 3",
    "30, 32, 4, 4"
  })
  void a_hidden_layer_is_recovered_from_scores_that_are_floats(
      int features, int hidden, int classes, long seed) {
    Mlp victim = random(seed, features, hidden, classes);
    Extraction<Mlp> stolen = stolen(victim, judge(victim), 500_000, seed);
    assertThat(stolen.ending()).isEqualTo(Ending.COMPLETE);
    assertThat(agreement(stolen)).isGreaterThanOrEqualTo(0.999);
  }

  @Test
  void every_logit_difference_is_right_to_a_thousandth_of_the_largest() {
    Mlp victim = random(1, 6, 10, 3);
    Mlp copy = stolen(victim, judge(victim), 100_000, 1).surrogate();
    Batch inputs = new Box(victim.domain(), 6).sample(2000, Seed.of(3).forExample(0));
    double[][] expected = CentredScores.of(victim.logits(inputs));
    double[][] actual = CentredScores.of(copy.logits(inputs));
    double largest = 0;
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      for (int k = 0; k < expected[i].length; k++) {
        largest = Math.max(largest, Math.abs(expected[i][k]));
        error = Math.max(error, Math.abs(expected[i][k] - actual[i][k]));
      }
    }
    assertThat(error).isLessThan(1e-3 * largest);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void a_network_that_reads_digits_is_recovered(long seed) {
    Judge judge = Judge.of(Digits.net(), Digits.unseen());
    Extraction<Mlp> stolen = stolen(Digits.net(), judge, 500_000, seed);
    assertThat(stolen.ending()).isEqualTo(Ending.COMPLETE);
    Fidelity fidelity = judge.fidelity(stolen.surrogate());
    assertThat(fidelity.agreement().rate()).isGreaterThanOrEqualTo(0.999);
    assertThat(fidelity.accuracy().rate()).isGreaterThan(0.9);
  }

  @Test
  void features_may_be_measured_in_units_of_any_size() {
    float[] units = {1e-3f, 1, 100, 1, 1e4f, 0.1f};
    List<Range> ranges = new ArrayList<>();
    for (float unit : units) {
      ranges.add(new Range(-unit, unit));
    }
    List<Mlp.Dense> layers = layers(4, 6, 10, 3);
    Batch weights =
        layers
            .get(0)
            .weights()
            .editRows(
                (i, row) -> {
                  for (int j = 0; j < units.length; j++) {
                    row[j] /= units[j];
                  }
                });
    layers.set(0, new Mlp.Dense(weights, layers.get(0).bias()));
    Mlp victim = Mlp.of(Shape.of(6), Domain.perFeature(ranges), layers);
    Extraction<Mlp> stolen = stolen(victim, judge(victim), 100_000, 4);
    assertThat(stolen.ending()).isEqualTo(Ending.COMPLETE);
    assertThat(agreement(stolen)).isGreaterThanOrEqualTo(0.999);
  }

  @Test
  void a_linear_victim_needs_its_tangent_and_the_checks() {
    Mlp victim = random(1, 8, 3);
    Extraction<Mlp> stolen = stolen(victim, judge(victim), 10_000, 1);
    assertThat(stolen.ending()).isEqualTo(Ending.COMPLETE);
    assertThat(stolen.queries()).isEqualTo(1 + 2 * 8 + 500);
    assertThat(agreement(stolen)).isGreaterThanOrEqualTo(0.999);
  }

  @ParameterizedTest
  @CsvSource({"1", "20", "600", "1500"})
  void the_cap_ends_it_wherever_it_is(long budget) {
    Mlp victim = random(2, 10, 16, 3);
    Extraction<Mlp> stolen = stolen(victim, judge(victim), budget, 1);
    assertThat(stolen.ending()).isEqualTo(Ending.BUDGET_SPENT);
    assertThat(stolen.queries()).isLessThanOrEqualTo(budget);
    assertThat(stolen.curve()).isNotEmpty();
  }

  @Test
  void a_deeper_network_is_not_taken_for_recovered() {
    Mlp victim = random(1, 6, 12, 12, 3);
    Extraction<Mlp> stolen = stolen(victim, judge(victim), 60_000, 1);
    assertThat(stolen.ending()).isNotEqualTo(Ending.COMPLETE);
    assertThat(stolen.queries()).isLessThanOrEqualTo(60_000);
  }

  @Test
  void scores_rounded_to_a_tenth_are_too_coarse_and_it_says_so() {
    Mlp victim = random(1, 6, 10, 3);
    Extraction<Mlp> stolen = stolen(new Rounded(victim, 0.1f), judge(victim), 60_000, 1);
    assertThat(stolen.ending()).isNotEqualTo(Ending.COMPLETE);
  }

  @Test
  void kinks_are_found_where_a_network_written_down_has_them() {
    // |x - 0.25| and |y - 0.625| on the unit square
    Mlp.Dense hidden =
        Mlp.Dense.of(
            new float[][] {{1, 0}, {-1, 0}, {0, 1}, {0, -1}},
            new float[] {-0.25f, 0.25f, -0.625f, 0.625f});
    Mlp.Dense out = Mlp.Dense.of(new float[][] {{2, 2, 1, 1}, {0, 0, 0, 0}}, new float[] {0, 0.5f});
    Mlp victim = Mlp.of(Shape.of(2), Domain.UNIT, List.of(hidden, out));
    Probe probe = new Probe(Oracle.of(victim, new Disclosure.Scores(), 10_000));
    List<Double> kinks = Kinks.between(probe, new float[] {0, 0}, new float[] {1, 1});
    assertThat(kinks).hasSize(2);
    assertThat(kinks.get(0)).isCloseTo(0.25, within(1e-5));
    assertThat(kinks.get(1)).isCloseTo(0.625, within(1e-5));
  }

  @Test
  void the_same_seed_steals_the_same() {
    Mlp victim = random(1, 6, 10, 3);
    Extraction<Mlp> one = stolen(victim, judge(victim), 100_000, 9);
    Extraction<Mlp> two = stolen(victim, judge(victim), 100_000, 9);
    assertThat(two.surrogate().fingerprint()).isEqualTo(one.surrogate().fingerprint());
    assertThat(two.curve()).isEqualTo(one.curve());
  }

  @Test
  void hyperparameters_are_checked() {
    FunctionallyEquivalent standard = FunctionallyEquivalent.standard();
    assertThatThrownBy(() -> standard.withChecks(0)).hasMessageContaining("checks");
    assertThatThrownBy(() -> standard.withTolerance(0)).hasMessageContaining("tolerance");
    assertThatThrownBy(() -> standard.withPatience(0)).hasMessageContaining("patience");
    assertThatThrownBy(() -> standard.withStarts(0)).hasMessageContaining("starts");
  }
}
