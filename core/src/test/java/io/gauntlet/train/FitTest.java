package io.gauntlet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FitTest {
  private static final Examples FIVE =
      Examples.of(
          Batch.of(
              new float[] {0}, new float[] {1}, new float[] {2}, new float[] {3}, new float[] {4}),
          0,
          1,
          0,
          1,
          0);

  /** Writes down what it is taught; its loss is the number of the step. */
  private static final class Pupil implements TrainableModel {
    private final Mlp net =
        Mlp.linear(Domain.of(0, 9), new float[][] {{1}, {-1}}, new float[] {0, 0});
    private final List<List<Long>> steps = new ArrayList<>();

    @Override
    public double train(Batch inputs, LogitLoss loss) {
      List<Long> examples = new ArrayList<>();
      for (int i = 0; i < inputs.rows(); i++) {
        examples.add(inputs.example(i));
      }
      steps.add(examples);
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
  }

  @Test
  void every_epoch_shows_every_example_once() {
    Pupil pupil = new Pupil();
    new Fit(2, 2).train(pupil, FIVE, Seed.of(1));
    assertThat(pupil.steps).extracting(List::size).containsExactly(2, 2, 1, 2, 2, 1);
    for (int epoch = 0; epoch < 2; epoch++) {
      assertThat(pupil.steps.subList(3 * epoch, 3 * epoch + 3).stream().flatMap(List::stream))
          .containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
    }
  }

  @Test
  void a_seed_gives_the_same_batches_and_another_gives_others() {
    List<Pupil> pupils = List.of(new Pupil(), new Pupil(), new Pupil());
    Fit fit = new Fit(3, 2);
    fit.train(pupils.get(0), FIVE, Seed.of(1));
    fit.train(pupils.get(1), FIVE, Seed.of(1));
    fit.train(pupils.get(2), FIVE, Seed.of(2));
    assertThat(pupils.get(1).steps).isEqualTo(pupils.get(0).steps);
    assertThat(pupils.get(2).steps).isNotEqualTo(pupils.get(0).steps);
  }

  @Test
  void the_loss_of_an_epoch_is_the_mean_over_its_examples() {
    List<Fit.Epoch> told = new ArrayList<>();
    List<Fit.Epoch> history = new Fit(1, 2).train(new Pupil(), FIVE, Seed.of(1), told::add);
    assertThat(history).containsExactly(new Fit.Epoch(1, 1, (2 * 1 + 2 * 2 + 1 * 3) / 5.0));
    assertThat(told).isEqualTo(history);
  }

  @Test
  void what_cannot_be_learnt_is_refused_before_the_first_step() {
    Pupil pupil = new Pupil();
    assertThatThrownBy(() -> Fit.standard().train(pupil, FIVE.first(0), Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("examples");
    Examples third = Examples.of(Batch.of(new float[] {0}), 2);
    assertThatThrownBy(() -> Fit.standard().train(pupil, third, Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("label 2");
    assertThatThrownBy(() -> new Fit(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(pupil.steps).isEmpty();
  }
}
