package io.gauntlet.defenses.certify.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.train.Hardening;
import io.gauntlet.defenses.train.Schedule;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Conv2d;
import io.gauntlet.model.Conv2d.Axis;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Layer;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearningNetworkTest {
  private static final Examples IMAGES = Nets.examples(75); // two pieces and a part
  private static final LogitLoss LOSS = new CrossEntropy(IMAGES.labels());

  @TempDir Path folder;

  private static LearningNetwork learner() {
    return LearningNetwork.of(Nets.convolutional(), 0.01f);
  }

  @Test
  void it_begins_as_the_network_that_it_is_made_of() {
    ReluNetwork start = Nets.convolutional();
    LearningNetwork learner = LearningNetwork.of(start, 0.01f);
    assertThat(learner.network().fingerprint()).isEqualTo(start.fingerprint());
    assertThat(learner.logits(IMAGES.inputs()).row(7))
        .isEqualTo(start.logits(IMAGES.inputs()).row(7));
    assertThat(learner.parameterShapes().stream().mapToInt(Shape::size).sum())
        .isEqualTo(learner.parameters().width());
  }

  @Test
  void what_was_taken_from_it_stays_when_it_learns_on() {
    LearningNetwork learner = learner();
    ReluNetwork before = learner.network();
    learner.train(IMAGES.inputs(), LOSS);
    assertThat(before.fingerprint()).isEqualTo(Nets.convolutional().fingerprint());
    assertThat(learner.network().fingerprint()).isNotEqualTo(before.fingerprint());
  }

  @Test
  void the_gradient_of_a_batch_is_the_mean_of_those_of_its_rows() {
    LearningNetwork learner = learner();
    double[] mean = new double[learner.parameters().width()];
    for (int row = 0; row < IMAGES.count(); row++) {
      Batch one = learner.parameterGradient(IMAGES.inputs().select(row), LOSS);
      for (int p = 0; p < mean.length; p++) {
        mean[p] += one.get(0, p) / (double) IMAGES.count();
      }
    }
    Batch all = learner.parameterGradient(IMAGES.inputs(), LOSS);
    for (int p = 0; p < mean.length; p++) {
      assertThat((double) all.get(0, p)).as("parameter %s", p).isCloseTo(mean[p], within(1e-6));
    }
  }

  /** Adam's first step is the learning rate against the sign of the gradient, whatever its size. */
  @Test
  void the_first_step_of_every_parameter_is_as_long_as_the_learning_rate() {
    LearningNetwork learner = learner();
    Batch slopes = learner.parameterGradient(IMAGES.inputs(), LOSS);
    Batch start = learner.parameters();
    double loss = learner.train(IMAGES.inputs(), LOSS);
    Batch step = learner.parameters().minus(start);
    for (int p = 0; p < step.width(); p++) {
      double slope = slopes.get(0, p);
      assertThat((double) step.get(0, p))
          .as("parameter %s", p)
          .isCloseTo(-0.01 * slope / (Math.abs(slope) + 1e-8), within(1e-6));
    }
    Batch losses = LOSS.values(Nets.convolutional().logits(IMAGES.inputs()));
    double mean = 0;
    for (int row = 0; row < losses.rows(); row++) {
      mean += losses.get(row, 0) / (double) losses.rows();
    }
    assertThat(loss).isCloseTo(mean, within(1e-6));
  }

  @Test
  void any_number_of_cores_gives_the_same_weights() throws Exception {
    assertThat(learntOn(1)).isEqualTo(learntOn(4));
  }

  private static float[] learntOn(int cores) throws Exception {
    ForkJoinPool pool = new ForkJoinPool(cores);
    try {
      LearningNetwork learner = learner();
      pool.submit(() -> new Fit(2, 75).train(learner, IMAGES, Seed.of(1))).get();
      return learner.parameters().row(0);
    } finally {
      pool.shutdown();
    }
  }

  /** Stands for a kill, right after the checkpoint of an epoch. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void a_training_that_was_killed_ends_with_the_weights_of_one_that_was_not() {
    Hardening<LearningNetwork> plan =
        Hardening.against(ThreatModel.linf(0.1f), IntervalTraining.crownIbp())
            .withFit(new Fit(4, 30))
            .withWarmUp(1, 2)
            .withSchedule(new Schedule.Stepwise(List.of(0.7), 0.1));
    LearningNetwork through = learner();
    plan.train(through, IMAGES, Seed.of(1));

    Path file = folder.resolve("training");
    assertThatThrownBy(
            () ->
                plan.train(
                    learner(),
                    IMAGES,
                    Seed.of(1),
                    epoch -> {
                      if (epoch.number() == 2) {
                        throw new Killed();
                      }
                    },
                    file))
        .isInstanceOf(Killed.class);
    LearningNetwork resumed = learner();
    plan.train(resumed, IMAGES, Seed.of(1), epoch -> {}, file);

    assertThat(resumed.parameters().row(0)).isEqualTo(through.parameters().row(0));
    assertThat(resumed.learningRate()).isEqualTo(0.01f);
  }

  @Test
  void only_a_whole_state_of_a_network_of_these_sizes_is_resumed() {
    LearningNetwork learner = learner();
    learner.train(IMAGES.inputs(), LOSS);
    float[] before = learner.parameters().row(0);
    byte[] state = learner.trainingState();
    byte[] other =
        LearningNetwork.of(Mlp.linear(Domain.UNIT, new float[2][3], new float[2]).network(), 1)
            .trainingState();

    for (byte[] bad :
        List.of(
            other,
            new byte[0],
            Arrays.copyOf(state, state.length - 1),
            Arrays.copyOf(state, state.length + 1))) {
      assertThatThrownBy(() -> learner.resume(bad))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("a training state must");
      assertThat(learner.parameters().row(0)).isEqualTo(before);
    }
  }

  @Test
  void other_networks_are_refused() {
    Mlp.Dense dense = Mlp.Dense.of(new float[4][4], new float[4]);
    Conv2d grouped =
        new Conv2d(
            Batch.of(new float[2][1]),
            Batch.of(new float[2]),
            2,
            Axis.of(2, 1, 1, 0),
            Axis.of(1, 1, 1, 0),
            2);
    Layer relu = new Layer.Relu();
    for (List<Layer> layers :
        List.of(
            List.<Layer>of(dense, dense),
            List.of(relu, dense),
            List.of(dense, relu),
            List.of(grouped, relu, dense))) {
      ReluNetwork network = ReluNetwork.of(Shape.of(4), Domain.UNIT, layers);
      assertThatThrownBy(() -> LearningNetwork.of(network, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("a network that learns must have dense layers");
    }
  }

  @Test
  void bad_numbers_are_refused() {
    LearningNetwork learner = learner();
    float[] row = learner.parameters().row(0);
    row[5] = Float.NaN;
    assertThatThrownBy(() -> learner.setParameters(Batch.of(row)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameters must be finite, but number 5 was NaN");
    assertThatThrownBy(() -> learner.setParameters(Batch.of(new float[3])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but were 1 rows of 3");
    assertThatThrownBy(() -> learner.setLearningRate(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("learningRate must be finite and not negative, but was -1.0");
    assertThatThrownBy(() -> learner.train(Batch.of(new float[3]), LOSS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("inputs must have 60 values in a row, but had 3");
    assertThatThrownBy(() -> learner.train(IMAGES.inputs().select(), LOSS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("number of rows to learn from must be at least 1, but was 0");
  }
}
