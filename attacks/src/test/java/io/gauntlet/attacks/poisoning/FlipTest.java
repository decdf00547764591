package io.gauntlet.attacks.poisoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FlipTest {
  private static final Seed SEED = Seed.of(1);

  private static Labels inTurn(int count, int classes) {
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % classes;
    }
    return Labels.of(labels);
  }

  private static List<Long> changed(Labels before, Labels after) {
    return LongStream.range(0, before.count())
        .filter(i -> before.classOf(i) != after.classOf(i))
        .boxed()
        .toList();
  }

  @Test
  void random_flips_are_exactly_so_many_and_every_wrong_class_is_as_likely() {
    Labels before = inTurn(9000, 3);

    Poisoned<Labels> poisoned = new RandomFlip(0.5).poison(before, 3, SEED);

    assertThat(poisoned.poisoned()).hasSize(4500).isEqualTo(changed(before, poisoned.data()));
    assertThat(poisoned.originals()).isSameAs(before);
    int next = 0;
    for (long position : poisoned.poisoned()) {
      next += poisoned.data().classOf(position) == (before.classOf(position) + 1) % 3 ? 1 : 0;
    }
    assertThat(next).isBetween(2250 - 170, 2250 + 170); // five standard deviations
  }

  @Test
  void of_two_classes_a_random_flip_is_the_other() {
    Labels before = inTurn(10, 2);
    Poisoned<Labels> poisoned = new RandomFlip(1).poison(before, 2, SEED);
    assertThat(changed(before, poisoned.data())).hasSize(10);
  }

  @Test
  void random_flips_of_an_example_do_not_depend_on_how_many_others_are_flipped() {
    Labels before = inTurn(100, 10);
    Poisoned<Labels> few = new RandomFlip(0.1).poison(before, 10, SEED);
    Poisoned<Labels> many = new RandomFlip(0.6).poison(before, 10, SEED);
    assertThat(many.poisoned()).containsAll(few.poisoned());
    for (long position : few.poisoned()) {
      assertThat(many.data().classOf(position)).isEqualTo(few.data().classOf(position));
    }
  }

  @Test
  void targeted_flips_take_their_share_of_the_source_class_to_the_target() {
    Labels before = inTurn(100, 4);

    Poisoned<Labels> poisoned = new TargetedFlip(Aim.at(3, 1), 0.5).poison(before, SEED);

    assertThat(poisoned.poisoned()).hasSize(13).isEqualTo(changed(before, poisoned.data()));
    for (long position : poisoned.poisoned()) { // half of 25, halves up
      assertThat(before.classOf(position)).isEqualTo(1);
      assertThat(poisoned.data().classOf(position)).isEqualTo(3);
    }
  }

  @Test
  void damaging_flips_are_the_surest_examples_made_the_least_likely_class() {
    // logits x, 0, -x: an example at x is surest of class 0, and least of class 2
    Mlp proxy =
        Mlp.of(
            Shape.of(1),
            Domain.of(-9, 9),
            List.of(Mlp.Dense.of(new float[][] {{1}, {0}, {-1}}, new float[3])));
    Examples training =
        Examples.of(
            Batch.of(
                new float[] {1},
                new float[] {5},
                new float[] {-3},
                new float[] {4},
                new float[] {2}),
            0,
            0,
            2,
            2,
            1);

    Poisoned<Labels> poisoned = new DamagingFlip(0.6).poison(training, proxy);

    // gains 2, 10, 6, -4 and 2: of the two alike, the first
    assertThat(poisoned.poisoned()).containsExactly(0L, 1L, 2L);
    assertThat(poisoned.data().classOf(0)).isEqualTo(2);
    assertThat(poisoned.data().classOf(1)).isEqualTo(2);
    assertThat(poisoned.data().classOf(2)).isEqualTo(0);
    assertThat(poisoned.data().classOf(3)).isEqualTo(2);
    assertThat(poisoned.data().classOf(4)).isEqualTo(1);
  }

  @Test
  void labels_that_do_not_fit_are_refused() {
    assertThatThrownBy(() -> new RandomFlip(0.5).poison(inTurn(4, 4), 3, SEED))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RandomFlip(0.5).poison(Labels.of(0), 1, SEED))
        .hasMessage("number of classes must be at least 2, but was 1");
    assertThatThrownBy(() -> new TargetedFlip(Aim.at(0), 2))
        .hasMessage("the rate must be from 0 to 1, but was 2.0");
    assertThatThrownBy(() -> new DamagingFlip(-1))
        .hasMessage("the rate must be from 0 to 1, but was -1.0");
  }
}
