package io.gauntlet.defenses.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;

class GaussianAugmentationTest {
  private static final int COUNT = 1000;
  private static final Examples EXAMPLES =
      Examples.of(Batch.wrap(2, new float[2 * COUNT]), new int[COUNT]);

  /** Writes down what it is shown; its loss is the number of the step. */
  private static final class Pupil implements TrainableModel {
    private final Mlp net =
        Mlp.linear(Domain.UNIT, new float[][] {{1, 0}, {0, 1}}, new float[] {0, 0});
    private final List<Map<Long, List<Float>>> steps = new ArrayList<>();

    @Override
    public double train(Batch inputs, LogitLoss loss) {
      Map<Long, List<Float>> shown = new TreeMap<>();
      for (int i = 0; i < inputs.rows(); i++) {
        shown.put(inputs.example(i), List.of(inputs.get(i, 0), inputs.get(i, 1)));
      }
      steps.add(shown);
      return steps.size();
    }

    @Override
    public ForwardPass forward(Batch inputs) {
      return net.forward(inputs);
    }

    @Override
    public Shape inputShape() {
      return net.inputShape();
    }

    @Override
    public Domain domain() {
      return net.domain();
    }

    @Override
    public int classes() {
      return net.classes();
    }

    @Override
    public Batch logits(Batch inputs) {
      return net.logits(inputs);
    }

    private Map<Long, List<Float>> shown(int from, int to) {
      Map<Long, List<Float>> all = new TreeMap<>();
      steps.subList(from, to).forEach(all::putAll);
      return all;
    }
  }

  private static Pupil taught(int epochs, int batch, long seed) {
    Pupil pupil = new Pupil();
    new GaussianAugmentation(0.5f, new Fit(epochs, batch)).train(pupil, EXAMPLES, Seed.of(seed));
    return pupil;
  }

  @Test
  void the_noise_is_normal_and_not_clipped_to_the_domain() {
    double[] noise =
        taught(1, 64, 1).shown(0, 16).values().stream()
            .flatMap(List::stream)
            .mapToDouble(Float::doubleValue)
            .toArray();
    assertThat(noise).hasSize(2 * COUNT);
    assertThat(
            new KolmogorovSmirnovTest()
                .kolmogorovSmirnovTest(new NormalDistribution(null, 0, 0.5), noise))
        .isGreaterThan(1e-3);
  }

  @Test
  void every_epoch_has_fresh_noise_and_shows_every_example() {
    Pupil pupil = taught(2, 100, 1);
    Map<Long, List<Float>> first = pupil.shown(0, 10);
    Map<Long, List<Float>> second = pupil.shown(10, 20);
    assertThat(first).hasSize(COUNT);
    assertThat(second).hasSize(COUNT);
    assertThat(first.entrySet()).noneMatch(e -> e.getValue().equals(second.get(e.getKey())));
  }

  @Test
  void an_example_has_the_same_noise_whatever_the_batch_but_another_for_another_seed() {
    assertThat(taught(1, 100, 1).shown(0, 10)).isEqualTo(taught(1, 300, 1).shown(0, 4));
    assertThat(taught(1, 100, 1).shown(0, 10)).isNotEqualTo(taught(1, 100, 2).shown(0, 10));
  }

  @Test
  void epochs_are_counted_and_told() {
    List<Fit.Epoch> told = new ArrayList<>();
    List<Fit.Epoch> history =
        GaussianAugmentation.standard(0.25f)
            .withFit(new Fit(3, 500))
            .train(new Pupil(), EXAMPLES, Seed.of(1), told::add);
    assertThat(history)
        .isEqualTo(told)
        .containsExactly(
            new Fit.Epoch(1, 3, 1.5), new Fit.Epoch(2, 3, 3.5), new Fit.Epoch(3, 3, 5.5));
  }

  @Test
  void what_does_not_fit_is_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianAugmentation.standard(-1))
        .withMessageContaining("sigma must be finite and positive, but was -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                GaussianAugmentation.standard(1)
                    .train(new Pupil(), Examples.of(Batch.of(new float[] {2, 0}), 0), Seed.of(1)))
        .withMessageContaining("feature 0 of example 0 was 2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                GaussianAugmentation.standard(1)
                    .train(new Pupil(), Examples.of(Batch.of(new float[] {0, 0}), 5), Seed.of(1)))
        .withMessageContaining("label 5");
  }
}
