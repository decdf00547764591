package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.train.AdversarialTraining;
import io.gauntlet.defenses.train.Epoch;
import io.gauntlet.defenses.train.Hardening;
import io.gauntlet.defenses.train.History;
import io.gauntlet.defenses.train.ProjectedAscent;
import io.gauntlet.defenses.train.Schedule;
import io.gauntlet.defenses.train.StandardTraining;
import io.gauntlet.defenses.train.Validation;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.ScheduledModel;
import io.gauntlet.model.Shape;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.nd4j.Nd4jOptions;
import io.gauntlet.nd4j.NetworkModel;
import io.gauntlet.nd4j.SameDiffModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Trainings that are killed, on every engine that trains. */
class ResumedHardeningTest {
  private static final Shape PAIR = Shape.of(2);
  private static final Seed SEED = Seed.of(3);
  private static final Examples POINTS = points(80, 1);
  private static final Hardening<TrainableModel> PLAN =
      Hardening.against(
              ThreatModel.linf(0.05f), AdversarialTraining.against(new ProjectedAscent(2, 0.5f)))
          .withFit(new Fit(4, 40))
          .withSchedule(Schedule.Cyclic.standard())
          .withWarmUp(1)
          .withValidation(Validation.on(points(20, 2)).withAttack(new ProjectedAscent(2, 0.5f)));

  @TempDir Path folder;

  static Stream<Named<Supplier<TrainableModel>>> models() {
    return Stream.of(
        named("libtorch", ResumedHardeningTest::libtorch),
        named("DL4J", () -> dl4j(new Adam(0.02))),
        named("SameDiff", ResumedHardeningTest::sameDiff));
  }

  private static Named<Supplier<TrainableModel>> named(
      String name, Supplier<TrainableModel> model) {
    return Named.of(name, model);
  }

  private static TrainableModel libtorch() {
    Block net =
        new SequentialBlock()
            .add(Linear.builder().setUnits(8).build())
            .add(BatchNorm.builder().build())
            .add(Activation::relu)
            .add(Dropout.builder().optRate(0.2f).build())
            .add(Linear.builder().setUnits(2).build());
    return DjlModel.of(net, DjlOptions.of(PAIR).withOptimiser(new Optimiser.Adam(0.02f)));
  }

  private static NetworkModel dl4j(IUpdater updater) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(5)
                .updater(updater)
                .list()
                .layer(
                    new DenseLayer.Builder()
                        .nOut(8)
                        .activation(org.nd4j.linalg.activations.Activation.TANH)
                        .build())
                .layer(new BatchNormalization())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(2)
                        .dropOut(0.8)
                        .activation(org.nd4j.linalg.activations.Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(2))
                .build());
    net.init();
    return NetworkModel.of(net, Nd4jOptions.of(PAIR));
  }

  private static TrainableModel sameDiff() {
    Nd4j.getRandom().setSeed(5);
    SameDiff net = SameDiff.create();
    SDVariable x = net.placeHolder("input", DataType.FLOAT, -1, 2);
    SDVariable first = net.var("first", Nd4j.randn(DataType.FLOAT, 2, 8));
    SDVariable bias = net.var("bias", Nd4j.zeros(DataType.FLOAT, 8));
    SDVariable hidden = net.math().tanh(net.nn().linear(x, first, bias));
    net.mmul("logits", hidden, net.var("last", Nd4j.randn(DataType.FLOAT, 8, 2)));
    return SameDiffModel.of(net, "input", "logits", Nd4jOptions.of(PAIR));
  }

  /** Stands for a kill, right after the checkpoint of an epoch. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @ParameterizedTest
  @MethodSource("models")
  void a_training_that_was_killed_ends_with_the_weights_of_one_that_was_not(
      Supplier<TrainableModel> made) throws Exception {
    Path file = folder.resolve("training");
    List<History> histories = new ArrayList<>();
    String through = fingerprint(made, model -> histories.add(PLAN.train(model, POINTS, SEED)));

    fingerprint(
        made,
        model ->
            assertThatThrownBy(
                    () -> PLAN.train(model, POINTS, SEED, ResumedHardeningTest::kill, file))
                .isInstanceOf(Killed.class));
    List<Integer> left = new ArrayList<>();
    String resumed =
        fingerprint(
            made,
            model ->
                histories.add(
                    PLAN.train(model, POINTS, SEED, epoch -> left.add(epoch.number()), file)));

    assertThat(resumed).isEqualTo(through);
    assertThat(left).containsExactly(3, 4);
    assertThat(histories.get(1).epochs())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("seconds")
        .isEqualTo(histories.get(0).epochs());
    assertThat(histories.get(0).epochs().get(3).loss())
        .isLessThan(histories.get(0).epochs().get(0).loss());
  }

  private static void kill(Epoch epoch) {
    if (epoch.number() == 2) {
      throw new Killed();
    }
  }

  /** Of a new model that something has been done to. */
  private static String fingerprint(Supplier<TrainableModel> made, Consumer<TrainableModel> work)
      throws Exception {
    TrainableModel model = made.get();
    try {
      work.accept(model);
      return model.fingerprint();
    } finally {
      if (model instanceof AutoCloseable closed) {
        closed.close();
      }
    }
  }

  @Test
  void without_a_schedule_the_optimisers_own_goes_on() {
    MapSchedule own = new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.5, 8, 0.25, 9, 0.125));
    ScheduledModel model = dl4j(new Sgd(own));
    Hardening<TrainableModel> plain =
        Hardening.against(ThreatModel.linf(0.05f), new StandardTraining()).withFit(new Fit(2, 20));
    plain.train(model, POINTS, SEED); // of 8 steps
    assertThat(model.learningRate()).isEqualTo(0.25f);
    model.train(POINTS.inputs(), new CrossEntropy(POINTS.labels()));
    assertThat(model.learningRate()).isEqualTo(0.125f);

    NetworkModel without = dl4j(new AdaDelta());
    assertThat(plain.train(without, POINTS, SEED).epochs()).hasSize(2);
  }

  /** Points of the square, told apart by their first number with a gap between. */
  private static Examples points(int count, long seed) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    float[][] points = new float[count][];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 2;
      points[i] = new float[] {0.6f * labels[i] + 0.4f * random.nextFloat(), random.nextFloat()};
    }
    return Examples.of(Batch.of(points), labels);
  }
}
