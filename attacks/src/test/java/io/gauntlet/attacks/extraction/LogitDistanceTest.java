package io.gauntlet.attacks.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attacks.Net;
import io.gauntlet.model.Batch;
import org.junit.jupiter.api.Test;

class LogitDistanceTest {
  private static final Batch INPUTS = Net.of(1, 100).examples().inputs();
  private static final Batch OWN = Net.of(2, 1).model().logits(INPUTS);
  private static final Batch VICTIMS = Net.of(1, 1).model().logits(INPUTS);
  private static final LogitDistance DISTANCE =
      LogitDistance.to(new Disclosure.Scores().reveal(VICTIMS));

  @Test
  void the_logits_of_the_victim_are_recovered_but_for_their_mean() {
    for (int i = 0; i < INPUTS.rows(); i++) {
      double mean = (VICTIMS.get(i, 0) + (double) VICTIMS.get(i, 1) + VICTIMS.get(i, 2)) / 3;
      for (int k = 0; k < 3; k++) {
        assertThat((double) DISTANCE.logits().get(i, k))
            .isCloseTo(VICTIMS.get(i, k) - mean, within(1e-5));
      }
    }
  }

  @Test
  void a_distance_is_the_mean_over_the_classes() {
    Batch victims = Batch.of(new float[] {-1, 0, 1}, new float[] {-2, 1, 1});
    Batch own = Batch.of(new float[] {-1, 3, -5}, new float[] {-2, 1, 1});
    LogitDistance distance = new LogitDistance(victims);
    assertThat(distance.values(own).row(0)).containsExactly(3);
    assertThat(distance.values(own).row(1)).containsExactly(0);
    float third = 1f / 3;
    assertThat(distance.gradient(own).row(0)).containsExactly(0, third, -third);
  }

  @Test
  void the_gradient_is_that_of_the_values() {
    float step = 1e-3f;
    Batch gradient = DISTANCE.gradient(OWN);
    for (int k = 0; k < 3; k++) {
      int moved = k;
      Batch up = OWN.editRows((i, z) -> z[moved] += step);
      Batch down = OWN.editRows((i, z) -> z[moved] -= step);
      for (int i = 0; i < OWN.rows(); i++) {
        if (Math.abs(OWN.get(i, k) - DISTANCE.logits().get(i, k)) > step) { // no kink between
          double slope = (DISTANCE.value(up, i) - DISTANCE.value(down, i)) / (2 * step);
          assertThat(slope).isCloseTo(gradient.get(i, k), within(1e-3));
        }
      }
    }
  }

  @Test
  void rows_are_matched_by_the_example_they_stand_for() {
    int[] chosen = {70, 3, 41};
    Batch some = OWN.select(chosen);
    for (int i = 0; i < chosen.length; i++) {
      assertThat(DISTANCE.values(some).get(i, 0)).isEqualTo(DISTANCE.values(OWN).get(chosen[i], 0));
      assertThat(DISTANCE.gradient(some).row(i)).isEqualTo(DISTANCE.gradient(OWN).row(chosen[i]));
    }
  }
}
