package io.gauntlet.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ResumableModel;
import io.gauntlet.model.ScheduledModel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

class ResumedTrainingTest {
  /** Something that can be put aside, made again and again in the same way. */
  private interface Learning extends Supplier<ResumableModel> {}

  private static final Nd4jOptions IMAGES = Fixtures.IMAGES.withoutSelfCheck();
  private static final Nd4jOptions ROWS = Fixtures.ROWS.withoutSelfCheck();

  static Stream<Named<Learning>> models() {
    MultiLayerNetwork stack = Fixtures.smoothStack(DataType.FLOAT);
    MultiLayerNetwork doubles = Fixtures.smoothStack(DataType.DOUBLE);
    ComputationGraph graph = Fixtures.smoothGraph();
    MultiLayerNetwork noisy = noisy();
    return Stream.of(
        named("stack", () -> NetworkModel.of(stack, IMAGES)),
        named("stack of doubles", () -> NetworkModel.of(doubles, IMAGES)),
        named("graph", () -> NetworkModel.of(graph, IMAGES)),
        named("stack with noise and a frozen layer", () -> NetworkModel.of(noisy, ROWS)),
        named("SameDiff", () -> sameDiff(Fixtures.sameDiff())),
        named("SameDiff that was trained before", trainedBefore()));
  }

  private static Named<Learning> named(String name, Learning model) {
    return Named.of(name, model);
  }

  private static MultiLayerNetwork noisy() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            Fixtures.configuration()
                .weightNoise(new DropConnect(0.5))
                .l2(0.01)
                .list()
                .layer(new FrozenLayer(hidden(12)))
                .layer(hidden(8))
                .layer(Fixtures.softmax().nIn(8).build())
                .build());
    network.init();
    return network;
  }

  private static DenseLayer hidden(int inputs) {
    return new DenseLayer.Builder().nIn(inputs).nOut(8).activation(Activation.TANH).build();
  }

  private static SameDiffModel sameDiff(SameDiff graph) {
    return SameDiffModel.of(graph, "input", "logits", ROWS);
  }

  private static Learning trainedBefore() {
    SameDiff graph = Fixtures.sameDiff();
    SDVariable labels = graph.placeHolder("labels", DataType.FLOAT, -1, 3);
    graph.loss().softmaxCrossEntropy("loss", labels, graph.getVariable("logits"), null);
    graph.setLossVariables("loss");
    graph.setTrainingConfig(
        new TrainingConfig.Builder()
            .updater(new Nesterovs(0.1, 0.9))
            .l2(0.01)
            .dataSetFeatureMapping("input")
            .dataSetLabelMapping("labels")
            .build());
    INDArray inputs = Nd4j.ones(DataType.FLOAT, 2, 12);
    graph.fit(new DataSet(inputs, Nd4j.ones(DataType.FLOAT, 2, 3)));
    return () -> sameDiff(graph);
  }

  private static void train(ResumableModel model, int from, int to) {
    for (int step = from; step < to; step++) {
      Fixtures.train(model, step);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void resumed_training_ends_with_the_same_weights_moments_dropout_and_batch_norm(Learning made) {
    ResumableModel whole = made.get();
    ((ScheduledModel) whole).setLearningRate(5e-3f);
    train(whole, 0, 6);
    byte[] state = whole.trainingState();
    train(whole, 6, 12);

    ResumableModel resumed = made.get();
    resumed.resume(state);
    assertThat(((ScheduledModel) resumed).learningRate()).isEqualTo(5e-3f);
    assertThat(resumed.trainingState()).isEqualTo(state);
    train(resumed, 6, 12);
    assertThat(resumed.fingerprint()).isEqualTo(whole.fingerprint());
    assertThat(resumed.trainingState()).isEqualTo(whole.trainingState());

    whole.resume(state); // back in time, too
    train(whole, 6, 12);
    assertThat(whole.fingerprint()).isEqualTo(resumed.fingerprint());
  }

  @ParameterizedTest
  @MethodSource("models")
  void a_training_can_be_put_aside_before_its_first_step(Learning made) {
    ResumableModel whole = made.get();
    byte[] state = whole.trainingState();
    train(whole, 0, 3);

    ResumableModel resumed = made.get();
    train(resumed, 5, 7);
    resumed.resume(state);
    train(resumed, 0, 3);

    assertThat(resumed.fingerprint()).isEqualTo(whole.fingerprint());
  }

  static Stream<IUpdater> updaters() {
    return Stream.of(
        new Adam(1e-2),
        new AdaDelta(),
        new AdaGrad(1e-1),
        new AdaMax(1e-2),
        new AMSGrad(1e-2),
        new Nadam(1e-2),
        new Nesterovs(1e-1, 0.9),
        new RmsProp(1e-2),
        new Sgd(1e-1));
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void whatever_an_updater_remembers_is_kept(IUpdater updater) {
    SameDiff graph = Fixtures.sameDiff();
    graph.setTrainingConfig(
        new TrainingConfig.Builder()
            .updater(updater)
            .dataSetFeatureMapping("input")
            .dataSetLabelMapping("none")
            .build());
    MultiLayerNetwork stack = stack(updater);
    for (Learning made :
        new Learning[] {() -> sameDiff(graph), () -> NetworkModel.of(stack, ROWS)}) {
      ResumableModel whole = made.get();
      String before = whole.fingerprint();
      train(whole, 0, 3);
      byte[] state = whole.trainingState();
      train(whole, 3, 6);
      ResumableModel resumed = made.get();
      resumed.resume(state);
      train(resumed, 3, 6);
      assertThat(resumed.fingerprint()).isEqualTo(whole.fingerprint()).isNotEqualTo(before);
    }
  }

  private static MultiLayerNetwork stack(IUpdater updater) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            Fixtures.configuration()
                .updater(updater)
                .list()
                .layer(hidden(12))
                .layer(Fixtures.softmax().nIn(8).build())
                .build());
    network.init();
    return network;
  }

  @ParameterizedTest
  @MethodSource("models")
  void what_is_no_whole_state_is_refused_and_changes_nothing(Learning made) {
    ResumableModel model = made.get();
    train(model, 0, 2);
    byte[] state = model.trainingState();
    String before = model.fingerprint();
    for (int length = 0; length < state.length; length += 1 + length / 50) {
      byte[] cut = Arrays.copyOf(state, length);
      assertThatThrownBy(() -> model.resume(cut))
          .isInstanceOf(ModelException.class)
          .hasMessageStartingWith(
              "a training state must be whole, but %s bytes are not", cut.length);
    }
    byte[] longer = Arrays.copyOf(state, state.length + 3);
    assertThatThrownBy(() -> model.resume(longer))
        .isInstanceOf(ModelException.class)
        .hasMessage("a training state must end with its last array, but has 3 bytes more");
    assertThat(model.fingerprint()).isEqualTo(before);
    assertThat(model.trainingState()).isEqualTo(state);

    train(model, 2, 4);
    String after = model.fingerprint();
    model.resume(state);
    train(model, 2, 4);
    assertThat(model.fingerprint()).isEqualTo(after);
  }

  @Test
  void something_else_is_no_state() {
    ResumableModel model = sameDiff(Fixtures.sameDiff());
    byte[] words = "\0\7a piece".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> model.resume(words))
        .isInstanceOf(ModelException.class)
        .hasMessage("a training state must start with \"gauntlet nd4j training 1\", but does not");
  }

  @Test
  void a_state_of_another_network_is_refused_and_changes_nothing() {
    ResumableModel model = NetworkModel.of(stack(new Adam(1e-2)), ROWS);
    train(model, 0, 1);
    byte[] state = model.trainingState();

    assertRefused(
        model,
        NetworkModel.of(Fixtures.stack(), ROWS),
        "a training state must hold 0_W of FLOAT[12, 8], but holds FLOAT[12, 16]");
    assertRefused(
        model,
        sameDiff(Fixtures.sameDiff()),
        "a training state must hold 0_W of FLOAT[12, 8], but holds none");
    assertRefused(
        model,
        NetworkModel.of(stack(new Nadam(1e-2)), ROWS),
        "a training state must be that of a network with the same layers and updaters, of SHA-256");
    assertRefused(
        sameDiff(Fixtures.sameDiff()),
        model,
        "a training state must hold b0 of FLOAT[16], but holds none");

    assertThat(model.trainingState()).isEqualTo(state);
  }

  private static void assertRefused(ResumableModel model, ResumableModel other, String message) {
    byte[] foreign = other.trainingState();
    assertThatThrownBy(() -> model.resume(foreign))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void a_pass_from_before_is_refused_rather_than_wrong() {
    ResumableModel model = sameDiff(Fixtures.sameDiff());
    Batch inputs = Fixtures.toy(Fixtures.FEATURES, 3, 1);
    try (ForwardPass pass = model.forward(inputs)) {
      model.resume(model.trainingState());
      assertThatThrownBy(() -> pass.backward(pass.logits()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageEndingWith("but was closed by a change of the parameters");
    }
  }

  @Test
  void a_graph_with_dropout_has_no_training_to_put_aside() {
    ResumableModel model = SameDiffModel.of(Fixtures.smoothSameDiff(), "input", "logits", IMAGES);
    assertThatThrownBy(model::trainingState)
        .isInstanceOf(ModelException.class)
        .hasMessageEndingWith("a graph with dropout cannot be trained");
  }
}
