package io.gauntlet.attacks.poisoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class LinearAvailabilityTest {
  private static final double LAMBDA = 0.05;

  /** Two overlapping clouds in the unit square. */
  private static Examples clouds(int count, long seed) {
    float[][] inputs = new float[count][2];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      RandomGenerator random = Seed.of(seed).forExample(i);
      labels[i] = i % 2;
      for (int j = 0; j < 2; j++) {
        double centre = labels[i] == 1 ? 0.65 : 0.35;
        inputs[i][j] = (float) Math.max(0, Math.min(1, centre + 0.12 * random.nextGaussian()));
      }
    }
    return Examples.of(Batch.of(inputs), labels);
  }

  private static double[] trained(TwoClasses sample) {
    return LinearSvm.train(sample, LAMBDA, new double[3]).weights();
  }

  @Test
  void the_machine_is_at_the_minimum() {
    TwoClasses sample = TwoClasses.of(clouds(60, 1));
    double[] weights = trained(sample);
    assertThat(sample.slope(weights, LAMBDA)).containsExactly(new double[3], within(1e-8));
    for (int j = 0; j < 3; j++) {
      for (double step : new double[] {-1e-3, 1e-3}) {
        double[] elsewhere = weights.clone();
        elsewhere[j] += step;
        assertThat(sample.objective(elsewhere, LAMBDA))
            .isGreaterThan(sample.objective(weights, LAMBDA));
      }
    }
  }

  @Test
  void the_slope_by_a_training_point_is_that_of_training_again() {
    TwoClasses sample = TwoClasses.of(clouds(60, 1));
    TwoClasses judged = TwoClasses.of(clouds(40, 2));
    double[] point = {0.7, 0.4, 1};
    LinearSvm svm = LinearSvm.train(sample.with(point, -1), LAMBDA, new double[3]);
    double[] slope = svm.byPoint(point, -1, 61, judged.slope(svm.weights(), 0));
    for (int j = 0; j < 2; j++) {
      double step = 1e-5;
      double[] ahead = point.clone();
      double[] behind = point.clone();
      ahead[j] += step;
      behind[j] -= step;
      double change =
          judged.loss(trained(sample.with(ahead, -1)))
              - judged.loss(trained(sample.with(behind, -1)));
      assertThat(change / (2 * step)).isCloseTo(slope[j], within(1e-6));
    }
  }

  @Test
  void every_poison_is_as_bad_as_the_worst_of_a_grid() {
    Examples training = clouds(60, 1);
    TwoClasses judged = TwoClasses.of(clouds(60, 2));
    TwoClasses sample = TwoClasses.of(training);
    for (int poison = 0; poison < 6; poison++) {
      sample = withWorstOfGrid(sample, judged);
    }
    LinearAvailability attack = LinearAvailability.standard().withRegularisation(LAMBDA);
    Poisoned<Examples> poisoned =
        attack.poison(training, clouds(60, 2), Domain.UNIT, 6, Seed.of(1));
    double clean = judged.loss(trained(TwoClasses.of(training)));
    double best = judged.loss(trained(sample));
    assertThat(judged.loss(trained(TwoClasses.of(poisoned.data()))))
        .isGreaterThan(clean + 0.95 * (best - clean));
    assertThat(poisoned.data().count()).isEqualTo(66);
    assertThat(poisoned.poisoned()).containsExactly(60L, 61L, 62L, 63L, 64L, 65L);
  }

  private static TwoClasses withWorstOfGrid(TwoClasses sample, TwoClasses judged) {
    TwoClasses worst = sample;
    double most = -1;
    for (int cell = 0; cell < 2 * 11 * 11; cell++) {
      int column = cell / 2 % 11;
      int line = cell / 22;
      double[] point = {line / 10.0, column / 10.0, 1};
      TwoClasses tried = sample.with(point, cell % 2 == 0 ? 1 : -1);
      double loss = judged.loss(trained(tried));
      if (loss > most) {
        most = loss;
        worst = tried;
      }
    }
    return worst;
  }

  @Test
  void poisons_hurt_more_than_as_many_flipped_labels() {
    Examples training = clouds(100, 1);
    TwoClasses judged = TwoClasses.of(clouds(100, 2));
    LinearAvailability attack = LinearAvailability.standard().withRegularisation(LAMBDA);
    Poisoned<Examples> poisoned =
        attack.poison(training, clouds(100, 2), Domain.UNIT, 15, Seed.of(1));
    Domain.UNIT.check(poisoned.data().inputs());
    double clean = judged.loss(trained(TwoClasses.of(training)));
    double flipped = judged.loss(trained(TwoClasses.of(withFlippedCopies(training))));
    double poison = judged.loss(trained(TwoClasses.of(poisoned.data())));
    assertThat(poison - clean).isGreaterThan(2 * (flipped - clean));
  }

  @Test
  void the_victim_decides_as_the_machine_does() {
    Examples training = clouds(100, 1);
    LinearAvailability attack = LinearAvailability.standard().withRegularisation(LAMBDA);
    Batch logits = attack.victim(training, Domain.UNIT).logits(training.inputs());
    double[] weights = trained(TwoClasses.of(training));
    for (int i = 0; i < training.count(); i++) {
      double score = LinearSvm.dot(weights, TwoClasses.point(training.inputs().row(i)));
      assertThat(logits.get(i, 1) - logits.get(i, 0)).isCloseTo((float) score, within(1e-5f));
    }
  }

  /** The first fifteen examples again, under the wrong label. */
  private static Examples withFlippedCopies(Examples training) {
    float[][] inputs = new float[training.count() + 15][];
    int[] labels = new int[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      int of = i % training.count();
      inputs[i] = training.inputs().row(of);
      labels[i] = i == of ? training.labels().atRow(of) : 1 - training.labels().atRow(of);
    }
    return Examples.of(Batch.of(inputs), labels);
  }

  @Test
  void a_third_class_is_refused() {
    Examples three = Examples.of(Batch.of(new float[] {0, 0}), 2);
    assertThatThrownBy(
            () ->
                LinearAvailability.standard()
                    .poison(three, clouds(4, 1), Domain.UNIT, 1, Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("class 2");
  }
}
