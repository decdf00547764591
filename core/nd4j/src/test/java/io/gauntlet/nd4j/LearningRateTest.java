package io.gauntlet.nd4j;

import static io.gauntlet.nd4j.Fixtures.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ScheduledModel;
import io.gauntlet.model.Shape;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class LearningRateTest {
  private static final Nd4jOptions PAIRS = Nd4jOptions.of(Shape.of(2));
  private static final Batch INPUTS = Batch.of(new float[] {0.1f, 0.2f}, new float[] {0.3f, 0.9f});
  private static final LogitLoss LOSS = new CrossEntropy(Labels.of(0, 1));

  @TempDir Path folder;

  private static MultiLayerNetwork linear(IUpdater updater) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            Fixtures.configuration()
                .updater(updater)
                .list()
                .layer(scores().nIn(2).nOut(2).build())
                .build());
    network.init();
    return network;
  }

  private static OutputLayer.Builder scores() {
    return Fixtures.softmax();
  }

  private static SameDiff graph(IUpdater updater) {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("input", DataType.FLOAT, -1, 2);
    SDVariable w = graph.var("w", Nd4j.createFromArray(new float[][] {{1, -2}, {0.5f, 0.25f}}));
    graph.mmul("logits", x, w);
    graph.setTrainingConfig(
        new TrainingConfig.Builder()
            .updater(updater)
            .dataSetFeatureMapping("input")
            .dataSetLabelMapping("none")
            .build());
    return graph;
  }

  private static SameDiffModel model(SameDiff graph) {
    return SameDiffModel.of(graph, "input", "logits", PAIRS);
  }

  /** Inputs first, as both engines have them. */
  private float[] weights(ScheduledModel model) {
    Path file = folder.resolve("model");
    if (model instanceof NetworkModel network) {
      network.save(file);
      MultiLayerNetwork saved = (MultiLayerNetwork) NetworkZip.read(file);
      return Rows.take(saved.getParam("0_W").dup());
    }
    ((SameDiffModel) model).save(file);
    return Rows.take(FlatFile.read(file).getVariable("w").getArr().dup());
  }

  private static ScheduledModel[] models(double learningRate) {
    return new ScheduledModel[] {
      NetworkModel.of(linear(new Sgd(learningRate)), PAIRS), model(graph(new Sgd(learningRate)))
    };
  }

  @ParameterizedTest
  @ValueSource(floats = {0.5f, 0.125f, 3})
  void a_step_of_gradient_descent_is_the_learning_rate_times_the_gradient(float learningRate) {
    for (ScheduledModel model : models(0.5)) {
      assertThat(model.learningRate()).isEqualTo(0.5f);
      model.train(INPUTS, LOSS); // what was before does not matter
      float[] before = weights(model);
      Batch byLogit = LOSS.gradient(model.logits(INPUTS));

      model.setLearningRate(learningRate);
      assertThat(model.learningRate()).isEqualTo(learningRate);
      model.train(INPUTS, LOSS);

      float[] after = weights(model);
      for (int j = 0; j < 2; j++) {
        for (int k = 0; k < 2; k++) {
          float slope =
              (INPUTS.get(0, j) * byLogit.get(0, k) + INPUTS.get(1, j) * byLogit.get(1, k)) / 2;
          assertThat(after[2 * j + k])
              .isCloseTo(before[2 * j + k] - learningRate * slope, within(1e-6f));
        }
      }
    }
  }

  @Test
  void a_learning_rate_of_0_moves_nothing_and_is_not_the_last() {
    for (ScheduledModel model : models(0.5)) {
      float[] start = weights(model);
      model.setLearningRate(0);
      model.train(INPUTS, LOSS);
      assertThat(weights(model)).containsExactly(start);
      model.setLearningRate(0.25f);
      model.train(INPUTS, LOSS);
      assertThat(weights(model)).isNotEqualTo(start);
      assertThatThrownBy(() -> model.setLearningRate(-1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("learningRate must be finite and not negative, but was -1.0");
    }
  }

  private static MultiLayerNetwork twoRates(double first, double second) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            Fixtures.configuration()
                .list()
                .layer(
                    new DenseLayer.Builder()
                        .nIn(2)
                        .nOut(4)
                        .activation(Activation.TANH)
                        .updater(new Sgd(first))
                        .build())
                .layer(scores().nIn(4).nOut(2).updater(new Sgd(second)).build())
                .build());
    network.init();
    return network;
  }

  @Test
  void layers_that_differ_keep_their_proportion_also_after_0() {
    NetworkModel set = NetworkModel.of(twoRates(0.125, 0.5), PAIRS);
    assertThat(set.learningRate()).isEqualTo(0.5f);
    set.setLearningRate(0);
    set.train(INPUTS, LOSS);
    set.setLearningRate(2);
    set.train(INPUTS, LOSS);

    NetworkModel own = NetworkModel.of(twoRates(0.5, 2), PAIRS);
    own.train(INPUTS, LOSS);

    assertThat(all(set.logits(INPUTS))).isEqualTo(all(own.logits(INPUTS)));
  }

  @Test
  void the_users_own_updaters_are_never_touched() {
    MultiLayerNetwork network = linear(new Sgd(0.5));
    NetworkModel.of(network, PAIRS).setLearningRate(0.25f);
    assertThat(network.getLearningRate(0)).isEqualTo(0.5);
    SameDiff graph = graph(new Sgd(0.5));
    model(graph).setLearningRate(0.25f);
    assertThat(graph.getTrainingConfig().getUpdater()).isEqualTo(new Sgd(0.5));
  }

  @Test
  void a_schedule_of_the_networks_own_goes_on_until_a_rate_is_set() {
    MapSchedule falling =
        new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.5, 1, 0.25, 2, 0.125, 3, 0.0625));
    ScheduledModel[] started = {
      NetworkModel.of(linear(new Sgd(falling)), PAIRS), model(graph(new Sgd(falling)))
    };
    NetworkModel[] first = {NetworkModel.of(linear(new Sgd(falling)), PAIRS)};
    for (ScheduledModel model : started) {
      assertThat(model.learningRate()).isEqualTo(0.5f);
      model.train(INPUTS, LOSS);
      assertThat(model.learningRate()).isEqualTo(0.25f);
      model.train(INPUTS, LOSS);
      assertThat(model.learningRate()).isEqualTo(0.125f);
      model.setLearningRate(2);
      model.train(INPUTS, LOSS);
      assertThat(model.learningRate()).isEqualTo(2);
    }
    first[0].train(INPUTS, LOSS);
    byte[] state = first[0].trainingState();
    NetworkModel resumed = NetworkModel.of(linear(new Sgd(falling)), PAIRS);
    resumed.setLearningRate(7);
    resumed.resume(state);
    assertThat(resumed.learningRate()).isEqualTo(0.25f);
    resumed.train(INPUTS, LOSS);
    assertThat(resumed.learningRate()).isEqualTo(0.125f);
  }

  @Test
  void an_updater_without_a_learning_rate_has_none_to_set() {
    for (ScheduledModel model :
        new ScheduledModel[] {
          NetworkModel.of(linear(new AdaDelta()), PAIRS), model(graph(new AdaDelta()))
        }) {
      assertThat(model.learningRate()).isEqualTo(1);
      assertThatThrownBy(() -> model.setLearningRate(0.5f))
          .isInstanceOf(ModelException.class)
          .hasMessage(
              "a learning rate of 0.5 needs an updater that has one, but this network's have none");
    }
  }
}
