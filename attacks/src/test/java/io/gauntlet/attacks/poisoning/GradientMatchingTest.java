package io.gauntlet.attacks.poisoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attacks.poisoning.Descent.Slope;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class GradientMatchingTest {
  private static final int FEATURES = 5;
  private static final int CLASSES = 3;

  private static SoftmaxNet net() {
    return new SoftmaxNet(FEATURES, CLASSES, Domain.UNIT, Seed.of(3));
  }

  private static Examples examples(int count) {
    float[][] inputs = new float[count][FEATURES];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      RandomGenerator random = Seed.of(4).forExample(i);
      for (int j = 0; j < FEATURES; j++) {
        inputs[i][j] = random.nextFloat();
      }
      labels[i] = i % CLASSES;
    }
    return Examples.of(Batch.of(inputs), labels);
  }

  private static Target target() {
    return new Target(Batch.of(new float[] {0.9f, 0.1f, 0.5f, 0.3f, 0.7f}), 1);
  }

  private static GradientMatching attack(int steps) {
    return GradientMatching.standard()
        .withThreat(ThreatModel.linf(0.2f))
        .withDescent(new Descent(steps, 10))
        .withRestarts(2);
  }

  @Test
  void the_derivative_by_the_poison_is_the_slope_of_one_minus_the_cosine() {
    SoftmaxNet net = net();
    Examples training = examples(9);
    GradientMatching.Match match = GradientMatching.Match.of(net, training.labels(), target());
    Batch poison = training.inputs().select(1, 4, 7);
    Slope slope = match.at(poison);
    float step = 1e-2f;
    for (int i = 0; i < poison.rows(); i++) {
      for (int j = 0; j < FEATURES; j++) {
        double change =
            match.at(nudged(poison, i, j, step)).value()
                - match.at(nudged(poison, i, j, -step)).value();
        assertThat(change / (2 * step)).isCloseTo(slope.byInput().get(i, j), within(2e-3));
      }
    }
  }

  private static Batch nudged(Batch poison, int row, int feature, float step) {
    return poison.editRows((i, x) -> x[feature] += i == row ? step : 0);
  }

  @Test
  void crafting_raises_the_cosine_and_keeps_ball_labels_and_parameters() {
    SoftmaxNet net = net();
    Examples training = examples(30);
    Batch before = net.parameters();
    GradientMatching attack = attack(40);
    Poisoned<Examples> poisoned = attack.poison(List.of(net), training, target(), 4, Seed.of(1));
    assertThat(net.parameters().row(0)).isEqualTo(before.row(0));
    assertThat(poisoned.poisoned()).hasSize(4);
    GradientMatching.Match match = GradientMatching.Match.of(net, training.labels(), target());
    int[] rows = poisoned.poisoned().stream().mapToInt(Long::intValue).toArray();
    assertThat(match.at(poisoned.data().inputs().select(rows)).value())
        .isLessThan(match.at(training.inputs().select(rows)).value() / 2);
    for (int row = 0; row < training.count(); row++) {
      boolean changed = poisoned.poisoned().contains((long) row);
      assertThat(poisoned.data().labels().atRow(row)).isEqualTo(training.labels().atRow(row));
      float[] was = training.inputs().row(row);
      float[] is = poisoned.data().inputs().row(row);
      assertThat(Norm.linf().of(difference(is, was))).isLessThanOrEqualTo(changed ? 0.20001 : 0);
      assertThat(!changed || training.labels().atRow(row) == 1).isTrue();
    }
  }

  private static float[] difference(float[] one, float[] other) {
    float[] difference = one.clone();
    for (int j = 0; j < one.length; j++) {
      difference[j] -= other[j];
    }
    return difference;
  }

  @Test
  void the_target_itself_under_the_intended_label_matches_wholly_and_its_opposite_not_at_all() {
    SoftmaxNet net = new SoftmaxNet(FEATURES, 2, Domain.UNIT, Seed.of(3));
    Batch input = target().input();
    // with two classes, learning one label undoes learning the other
    assertThat(GradientMatching.cosine(List.of(net), Examples.of(input, 1), target()))
        .isCloseTo(1, within(1e-6));
    assertThat(GradientMatching.cosine(List.of(net), Examples.of(input, 0), target()))
        .isCloseTo(-1, within(1e-6));
  }

  @Test
  void the_cosine_of_several_networks_is_the_mean_of_theirs() {
    SoftmaxNet one = net();
    SoftmaxNet two = new SoftmaxNet(FEATURES, CLASSES, Domain.UNIT, Seed.of(8));
    Examples some = examples(9);
    assertThat(GradientMatching.cosine(List.of(one, two), some, target()))
        .isCloseTo(
            (GradientMatching.cosine(List.of(one), some, target())
                    + GradientMatching.cosine(List.of(two), some, target()))
                / 2,
            within(1e-12));
  }

  @Test
  void the_same_seed_crafts_the_same_poison() {
    GradientMatching attack = attack(10);
    Batch one =
        attack.poison(List.of(net()), examples(30), target(), 4, Seed.of(1)).data().inputs();
    Batch two =
        attack.poison(List.of(net()), examples(30), target(), 4, Seed.of(1)).data().inputs();
    assertThat(two.buffer()).isEqualTo(one.buffer());
  }

  @Test
  void the_nearest_bases_are_those_of_the_intended_class_with_the_shortest_way() {
    Examples training =
        Examples.of(
            Batch.of(new float[][] {{0.1f}, {0.9f}, {0.4f}, {0.5f}, {0.7f}}), 1, 1, 1, 0, 1);
    Target target = new Target(Batch.of(new float[] {0.5f}), 1);
    assertThat(Bases.NEAREST.rows(training, target, 2, Seed.of(1))).containsExactly(2, 4);
    assertThat(Bases.RANDOM.rows(training, target, 4, Seed.of(1))).containsExactly(0, 1, 2, 4);
    assertThatThrownBy(() -> Bases.NEAREST.rows(training, target, 5, Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("only 4");
    GradientMatching attack = attack(2).withBases(Bases.NEAREST);
    SoftmaxNet net = new SoftmaxNet(1, 2, Domain.UNIT, Seed.of(3));
    assertThat(attack.poison(List.of(net), training, target, 2, Seed.of(1)).poisoned())
        .containsExactly(2L, 4L);
  }

  @Test
  void what_cannot_be_poisoned_is_refused_by_name() {
    assertThatThrownBy(
            () ->
                GradientMatching.standard()
                    .poison(List.of(net()), examples(9), target(), 4, Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("only 3");
    assertThatThrownBy(
            () -> GradientMatching.standard().withThreat(ThreatModel.unbounded(Norm.linf())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bounded");
    assertThatThrownBy(() -> new Target(examples(2).inputs(), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2");
  }
}
