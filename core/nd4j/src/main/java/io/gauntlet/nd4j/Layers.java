package io.gauntlet.nd4j;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network of DL4J: one graph for inference, one for training, over the same parameters. */
final class Layers implements Network {
  private final ComputationGraphConfiguration headless;
  private final OpenGraph inference;
  private @Nullable Learning learner;

  private Layers(ComputationGraphConfiguration headless, OpenGraph inference) {
    this.headless = headless;
    this.inference = inference;
  }

  /** The network of {@code user}, which stays as it is. */
  static Layers of(ComputationGraph user) {
    ComputationGraphConfiguration configuration = user.getConfiguration();
    requireOne("input", configuration.getNetworkInputs());
    requireOne("output", configuration.getNetworkOutputs());
    DataType type = configuration.getDataType();
    Refusal.check(
        type == DataType.FLOAT || type == DataType.DOUBLE,
        "a network must compute in FLOAT or DOUBLE, but computes in %s".formatted(type));
    ComputationGraphConfiguration headless = LayerConfigurations.headless(configuration);
    OpenGraph inference =
        OpenGraph.of(LayerConfigurations.inference(headless), user.params().dup());
    for (Layer layer : inference.getLayers()) {
      Refusal.check(
          !(layer instanceof IOutputLayer),
          ("layer %s is a %s, which has no scores to go back from; a network must end with an"
                  + " OutputLayer, a LossLayer or a layer without loss")
              .formatted(
                  layer.conf().getLayer().getLayerName(),
                  layer.conf().getLayer().getClass().getSimpleName()));
    }
    return new Layers(headless, inference);
  }

  private static void requireOne(String what, List<String> names) {
    Refusal.check(
        names.size() == 1, "a network must have one %s, but has %s".formatted(what, names));
  }

  /** All parameters; the network's own. */
  INDArray parameters() {
    return inference.params();
  }

  @Override
  public DataType type() {
    return headless.getDataType();
  }

  /**
   * In DL4J's training mode, of which {@link LayerConfigurations#inference} has left nothing but
   * this: in inference mode activations overwrite the inputs that the way back needs.
   */
  @Override
  public INDArray forward(INDArray inputs) {
    return inference.forward(inputs, true);
  }

  /**
   * What enters the last layer that has parameters, one row for each input; the caller's to close.
   */
  INDArray features(INDArray inputs) {
    INDArray activation = inference.forward(inputs, true, beforeLast());
    return activation.rank() == 2
        ? activation
        : activation.dup('c').reshape('c', activation.size(0), -1);
  }

  private String beforeLast() {
    String last = headless.getNetworkOutputs().get(0);
    String before = inputOf(last);
    while (inference.getVertex(last).numParams() == 0) {
      last = before;
      before = inputOf(last);
    }
    return before;
  }

  private String inputOf(String vertex) {
    List<String> before = headless.getVertexInputs().get(vertex);
    Refusal.check(
        before != null
            && before.size() == 1
            && !headless.getNetworkInputs().contains(before.get(0)),
        "features need one layer before the last, but %s has %s before it"
            .formatted(vertex, before));
    return Objects.requireNonNull(before).get(0);
  }

  @Override
  public INDArray backward(INDArray byLogit) {
    return inference.backward(byLogit);
  }

  @Override
  public void forget() {
    inference.forget();
  }

  @Override
  public Learner learner() {
    Learning made = learner == null ? new Learning() : learner;
    learner = made;
    return made;
  }

  @Override
  public void resume(TrainingState state) {
    state.checkFits(inference.paramTable());
    state.checkArchitecture(architecture().hexadecimal());
    Learning resumed = new Learning();
    resumed.take(state);
    learner = resumed;
  }

  /** A graph in training mode, with updaters of its own. */
  private final class Learning implements Learner {
    private final OpenGraph graph = OpenGraph.of(headless, parameters());
    private final LearningRate rate =
        LearningRate.of(graph.ownUpdaters(), graph.getIterationCount(), graph.getEpochCount());

    @Override
    public INDArray forward(INDArray inputs) {
      inference.forget();
      return graph.forward(inputs, true);
    }

    @Override
    public void learn(INDArray byLogit) {
      graph.learn(byLogit);
    }

    @Override
    public boolean goesBackToInputs() {
      return graph.learnsToItsInputs();
    }

    @Override
    public INDArray learnAndDifferentiate(INDArray byLogit) {
      return Objects.requireNonNull(graph.learn(byLogit), "nothing is frozen");
    }

    @Override
    public float learningRate() {
      return rate.at(graph.getIterationCount(), graph.getEpochCount());
    }

    @Override
    public void setLearningRate(float learningRate) {
      rate.set(learningRate);
    }

    @Override
    public TrainingState state(int steps) {
      return new TrainingState(
          architecture().hexadecimal(),
          steps,
          graph.getIterationCount(),
          graph.getEpochCount(),
          rate.chosen(),
          TrainingState.numbers(arrays()));
    }

    /** This is new. */
    void take(TrainingState state) {
      state.into(arrays());
      rate.restore(state.learningRate());
      graph.getConfiguration().setIterationCount(state.iteration());
      graph.getConfiguration().setEpochCount(state.epoch());
    }

    private Map<String, INDArray> arrays() {
      Map<String, INDArray> arrays = new TreeMap<>(graph.paramTable());
      INDArray remembered = graph.getUpdater().getStateViewArray();
      if (remembered != null) { // which it is if no updater remembers anything
        arrays.put("optimiser.state", remembered);
      }
      return arrays;
    }
  }

  @Override
  public String digest() {
    return architecture().add(parameters().dup().data().asDouble()).hexadecimal();
  }

  /** Of the layers and their updaters, whatever they have learnt. */
  private Digest architecture() {
    ComputationGraphConfiguration architecture = headless.clone();
    architecture.setIterationCount(0);
    architecture.setEpochCount(0);
    architecture.getDefaultConfiguration().setSeed(0); // of what was drawn already
    for (GraphVertex vertex : architecture.getVertices().values()) {
      if (vertex instanceof LayerVertex layer) {
        layer.getLayerConf().setSeed(0);
      }
    }
    return new Digest().add(architecture.toJson());
  }

  @Override
  public Stream<Prefix> prefixes() {
    int inputs = headless.getNetworkInputs().size();
    return Arrays.stream(inference.topologicalSortOrder())
        .filter(vertex -> vertex >= inputs)
        .mapToObj(vertex -> inference.getVertices()[vertex].getVertexName())
        .map(name -> new Prefix("layer " + name + kind(name), () -> upTo(name)));
  }

  private String kind(String vertex) {
    GraphVertex found = Objects.requireNonNull(headless.getVertices().get(vertex));
    Object kind = found instanceof LayerVertex layer ? layer.getLayerConf().getLayer() : found;
    return " (" + kind.getClass().getSimpleName() + ")";
  }

  private Layers upTo(String end) {
    ComputationGraphConfiguration cut = headless.clone();
    Set<String> needed = new HashSet<>();
    need(cut, end, needed);
    cut.getVertices().keySet().retainAll(needed);
    cut.getVertexInputs().keySet().retainAll(needed);
    cut.setNetworkOutputs(List.of(end));
    cut.setTopologicalOrder(null);
    cut.setTopologicalOrderStr(null);
    ComputationGraph graph = new ComputationGraph(LayerConfigurations.inference(cut));
    graph.init();
    Map<String, INDArray> parameters = new TreeMap<>(inference.paramTable());
    for (Map.Entry<String, INDArray> own : graph.paramTable().entrySet()) {
      own.getValue().assign(parameters.get(own.getKey()));
    }
    INDArray flat = graph.params();
    return new Layers(cut, OpenGraph.of(LayerConfigurations.inference(cut), flat));
  }

  private static void need(
      ComputationGraphConfiguration configuration, String vertex, Set<String> needed) {
    if (configuration.getVertices().containsKey(vertex) && needed.add(vertex)) {
      for (String before : Objects.requireNonNull(configuration.getVertexInputs().get(vertex))) {
        need(configuration, before, needed);
      }
    }
  }
}
