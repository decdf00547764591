package io.gauntlet.attacks.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SelectionTest {
  /** Class 1 above a half, the surer the farther away. */
  private static final Mlp HALF =
      Mlp.linear(Domain.UNIT, new float[][] {{0}, {10}}, new float[] {5, 0});

  private static final Batch POOL =
      Batch.of(
          new float[] {0}, // surest
          new float[] {0.4f},
          new float[] {0.5f},
          new float[] {0.55f},
          new float[] {0.8f},
          new float[] {1});

  @Test
  void uncertain_inputs_come_first_once_there_is_something_to_be_uncertain_about() {
    int[] order = {0, 1, 2, 3, 4, 5};
    Uncertainty entropy = new Uncertainty(POOL, order, Uncertainty::entropy);
    Uncertainty margin = new Uncertainty(POOL, order, Uncertainty::closeness);
    for (Uncertainty selection : new Uncertainty[] {entropy, margin}) {
      assertThat(selection.next(1, HALF)).containsExactly(0);
      assertThat(selection.next(3, HALF)).containsExactly(2, 3, 1);
      assertThat(selection.next(2, HALF)).containsExactly(4, 5);
    }
  }

  @Test
  void entropy_and_lead_are_those_of_the_book() {
    assertThat(Uncertainty.entropy(new float[] {0.5f, 0.5f, 0}))
        .isCloseTo(Math.log(2), within(1e-9));
    assertThat(Uncertainty.closeness(new float[] {0.125f, 0.75f, 0.125f})).isEqualTo(-0.625);
  }

  @Test
  void centres_are_spread_over_what_the_surrogate_tells_apart() {
    KCenter selection = new KCenter(POOL, new int[] {0, 1, 2, 3, 4, 5});
    assertThat(selection.next(1, HALF)).containsExactly(0);
    // probabilities of class 1: .007 .27 .5 .62 .95 .993
    assertThat(selection.next(2, HALF)).containsExactly(5, 2);
    assertThat(selection.next(3, HALF)).containsExactlyInAnyOrder(1, 3, 4);
  }

  @Test
  void a_bandit_draws_the_class_that_pays_and_no_input_twice() {
    int[] classes = new int[2000];
    Arrays.setAll(classes, i -> i % 4);
    Labels actions = Labels.of(classes);
    Bandit bandit = new Bandit(actions, Seed.of(1).permutation(2000), Seed.of(2).forExample(0));
    Set<Integer> asked = new HashSet<>();
    int paying = 0;
    for (int round = 0; round < 40; round++) {
      int[] rows = bandit.next(10, HALF);
      float[][] answers = new float[10][];
      for (int i = 0; i < 10; i++) {
        boolean pays = actions.atRow(rows[i]) == 2; // a certain victim, a wrong surrogate
        answers[i] = pays ? new float[] {-0.001f, -7} : new float[] {-0.6931f, -0.6931f};
        paying += pays && round >= 20 ? 1 : 0;
        assertThat(asked.add(rows[i])).isTrue();
      }
      float[][] guesses = new float[10][];
      Arrays.fill(guesses, new float[] {0, 4});
      bandit.observe(rows, Batch.of(answers), Batch.of(guesses));
    }
    assertThat(paying).as("of the last 200, 50 by chance").isGreaterThan(80);
  }

  @Test
  void a_bandit_goes_on_when_a_class_is_used_up() {
    Labels actions = Labels.of(0, 1, 1, 1, 3);
    Bandit bandit = new Bandit(actions, new int[] {4, 3, 2, 1, 0}, Seed.of(1).forExample(0));
    assertThat(bandit.next(5, HALF)).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
  }
}
