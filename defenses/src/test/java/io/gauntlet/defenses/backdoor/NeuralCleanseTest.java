package io.gauntlet.defenses.backdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class NeuralCleanseTest {
  private static final Batch CLEAN = PlantedTrojan.clean(100, Seed.of(4)).inputs();
  private static final NeuralCleanse CLEANSE = NeuralCleanse.standard();

  @Test
  void a_planted_trojan_is_found_with_its_class_and_its_pixels() {
    Inspection inspection = CLEANSE.inspect(PlantedTrojan.net(3.2f), CLEAN, Seed.of(5));
    assertThat(inspection.accused())
        .extracting(ReconstructedTrigger::target)
        .containsExactly(PlantedTrojan.TARGET);
    ReconstructedTrigger found = inspection.accused().get(0);
    assertThat(found.success()).isGreaterThanOrEqualTo(0.99);
    assertThat(found.size()).isBetween(2.5, 3.5);
    for (int pixel = 0; pixel < PlantedTrojan.SHAPE.size(); pixel++) {
      if (PlantedTrojan.isTrigger(pixel)) {
        assertThat(found.mask().get(0, pixel)).as("mask at %s", pixel).isGreaterThan(0.25f);
        assertThat(found.pattern().get(0, pixel)).as("pattern at %s", pixel).isGreaterThan(0.8f);
      } else {
        assertThat(found.mask().get(0, pixel)).as("mask at %s", pixel).isLessThan(0.1f);
      }
    }
  }

  @Test
  void the_same_net_without_the_trojan_is_not_accused() {
    Inspection inspection = CLEANSE.inspect(PlantedTrojan.net(0), CLEAN, Seed.of(5));
    assertThat(inspection.accused()).isEmpty();
    assertThat(inspection.triggers()).allMatch(trigger -> trigger.success() >= 0.99);
  }

  @Test
  void more_restarts_find_what_one_start_missed() {
    Mlp trojan = PlantedTrojan.net(3.2f);
    ReconstructedTrigger one = CLEANSE.inspect(trojan, CLEAN, Seed.of(2)).triggers().get(2);
    ReconstructedTrigger three =
        CLEANSE.withRestarts(3).inspect(trojan, CLEAN, Seed.of(2)).triggers().get(2);
    assertThat(one.size()).as("the whole row of class 2").isGreaterThan(6);
    assertThat(three.size()).as("the corner").isLessThan(4);
  }

  @Test
  void one_seed_gives_one_result() {
    NeuralCleanse brief = CLEANSE.withSteps(3);
    assertThat(sizes(brief, 6)).isEqualTo(sizes(brief, 6)).isNotEqualTo(sizes(brief, 7));
  }

  private static List<Double> sizes(NeuralCleanse settings, long seed) {
    return settings.inspect(PlantedTrojan.net(3.2f), CLEAN, Seed.of(seed)).triggers().stream()
        .map(ReconstructedTrigger::size)
        .toList();
  }

  @Test
  void the_anomaly_index_counts_deviations_below_the_median() {
    Inspection spread = inspection(10, 16, 2, 13, 19); // deviations 3, 3, 11, 0, 6
    assertThat(spread.anomalyIndex(2)).isCloseTo(11 / (1.4826 * 3), within(1e-6));
    assertThat(spread.anomalyIndex(4)).isCloseTo(-6 / (1.4826 * 3), within(1e-6));
    assertThat(spread.anomalyIndex(3)).isZero();
    assertThat(spread.accused()).extracting(ReconstructedTrigger::target).containsExactly(2);
  }

  @Test
  void classes_that_are_larger_than_usual_are_not_accused() {
    assertThat(inspection(10, 12, 40, 11, 13).accused()).isEmpty();
  }

  @Test
  void where_the_others_are_alike_a_quarter_of_the_median_is_the_deviation() {
    Inspection alike = inspection(20, 20, 8, 20, 11);
    assertThat(alike.anomalyIndex(2)).isCloseTo(12 / 5.0, within(1e-6));
    assertThat(alike.anomalyIndex(4)).isCloseTo(9 / 5.0, within(1e-6));
    assertThat(alike.accused()).extracting(ReconstructedTrigger::target).containsExactly(2);
  }

  @Test
  void of_several_accused_the_smallest_comes_first() {
    assertThat(inspection(30, 31, 4, 32, 33, 29, 3).accused())
        .extracting(ReconstructedTrigger::target)
        .containsExactly(6, 2);
  }

  private static Inspection inspection(int... sizes) {
    List<ReconstructedTrigger> triggers = new ArrayList<>();
    for (int k = 0; k < sizes.length; k++) {
      float[] mask = new float[64];
      Arrays.fill(mask, 0, sizes[k], 1);
      triggers.add(
          new ReconstructedTrigger(k, Shape.of(64), Batch.of(mask), Batch.of(new float[64]), 1));
    }
    return new Inspection(triggers, 2);
  }

  @Test
  void a_trigger_replaces_what_its_mask_covers() {
    ReconstructedTrigger half =
        new ReconstructedTrigger(
            0, Shape.of(3), Batch.of(new float[] {0, 0.5f, 1}), Batch.of(new float[] {1, 1, 1}), 1);
    assertThat(half.stamp(Batch.of(new float[] {0.2f, 0.2f, 0.2f})).row(0))
        .containsExactly(0.2f, 0.6f, 1f);
    assertThat(half.size()).isEqualTo(1.5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> half.stamp(Batch.of(new float[2])))
        .withMessageContaining("3 features like the trigger, but have 2");
  }

  @Test
  void the_size_of_a_coloured_trigger_counts_pixels() {
    float[] mask = {1, 0, 1, 0, 1, 0};
    ReconstructedTrigger coloured =
        new ReconstructedTrigger(0, Shape.of(3, 1, 2), Batch.of(mask), Batch.of(new float[6]), 1);
    assertThat(coloured.size()).isEqualTo(1);
  }

  @Test
  void settings_and_inputs_out_of_range_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CLEANSE.withAttackSuccess(1.5))
        .withMessageContaining("attackSuccess must be above 0 and at most 1, but was 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CLEANSE.withMaxAnomalyIndex(0))
        .withMessageContaining("maxAnomalyIndex must be finite and positive, but was 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CLEANSE.inspect(PlantedTrojan.net(3.2f), CLEAN.slice(0, 0), Seed.of(1)))
        .withMessageContaining("number of clean inputs must be at least 1, but was 0");
  }
}
