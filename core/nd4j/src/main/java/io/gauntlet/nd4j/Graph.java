package io.gauntlet.nd4j;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;

/** A SameDiff graph that can be gone back through from any derivative of its scores. */
final class Graph implements Network {
  private static final String WEIGHTS = "gauntlet_weights";
  private static final String LOSS = "gauntlet_loss";

  private final SameDiff home;
  private final String input;
  private final String homeScores;
  private final Shape shape;
  private final SameDiff inference;
  private final String scores;
  private @Nullable INDArray latest;
  private @Nullable Learning learner;

  private Graph(
      SameDiff home,
      String input,
      String homeScores,
      Shape shape,
      SameDiff inference,
      String scores) {
    this.home = home;
    this.input = input;
    this.homeScores = homeScores;
    this.shape = shape;
    this.inference = inference;
    this.scores = scores;
  }

  /** The network of {@code user}, which stays as it is: a copy without its derivatives is taken. */
  static Graph of(SameDiff user, String input, String scores, Shape shape) {
    DataType type = user.getVariable(input).dataType();
    Refusal.check(
        type == DataType.FLOAT || type == DataType.DOUBLE,
        "a network must compute in FLOAT or DOUBLE, but placeholder %s is %s"
            .formatted(input, type));
    GraphPath path = GraphPath.of(user, input, scores);
    for (String needed : path.needed()) {
      Refusal.check(
          needed.equals(input)
              || user.getVariable(needed).getVariableType() != VariableType.PLACEHOLDER,
          "the scores must depend on one placeholder, %s, but need %s too"
              .formatted(input, needed));
    }
    GraphSurgery.refuse(path);
    SameDiff home = user.dup();
    SameDiff inference = home.dup();
    inference.convertToConstants(variables(inference)); // their derivatives are not asked for
    String prepared = GraphSurgery.prepare(inference, input, scores, shape);
    addLoss(inference, prepared, type);
    inference.createGradFunction(input);
    return new Graph(home, input, scores, shape, inference, prepared);
  }

  private static List<SDVariable> variables(SameDiff graph) {
    List<SDVariable> variables = new ArrayList<>();
    for (SDVariable variable : graph.variables()) {
      if (variable.getVariableType() == VariableType.VARIABLE) {
        variables.add(variable);
      }
    }
    return variables;
  }

  /** The scores' sum, each weighted by what a placeholder brings: its derivative is any other. */
  private static void addLoss(SameDiff graph, String scores, DataType type) {
    SDVariable weights = graph.placeHolder(WEIGHTS, type);
    graph.getVariable(scores).mul(weights).sum(LOSS);
    graph.setLossVariables(LOSS);
  }

  /** The user's graph, with the parameters as they are now. */
  ByteBuffer flatBuffers() {
    return home.asFlatBuffers(false);
  }

  @Override
  public DataType type() {
    return inference.getVariable(input).dataType();
  }

  @Override
  public INDArray forward(INDArray inputs) {
    forget();
    latest = inputs;
    return run(inference, inputs);
  }

  private INDArray run(SameDiff graph, INDArray inputs) {
    try {
      return graph.outputSingle(Map.of(input, inputs), scores).dup();
    } finally {
      graph.getSessions().clear(); // one for each thread, which would grow for ever
    }
  }

  /** Runs forwards once more: SameDiff keeps no tape. */
  @Override
  public INDArray backward(INDArray byLogit) {
    INDArray inputs = Objects.requireNonNull(latest, "forward comes first");
    try {
      Map<String, INDArray> given = Map.of(input, inputs, WEIGHTS, byLogit);
      INDArray byInput = inference.calculateGradients(given, input).get(input);
      if (byInput == null) {
        throw new ModelException("the scores do not depend on " + input);
      }
      return byInput;
    } finally {
      inference.getFunction("grad").getSessions().clear();
    }
  }

  @Override
  public void forget() {
    if (latest != null) {
      latest.close();
      latest = null;
    }
  }

  @Override
  public Learner learner() {
    Learning made = learner == null ? new Learning() : learner;
    learner = made;
    return made;
  }

  @Override
  public void resume(TrainingState state) {
    state.checkFits(parameters(home));
    state.checkArchitecture(architecture());
    Learning resumed = new Learning();
    resumed.take(state);
    learner = resumed;
  }

  /** All that a training can move, under their names. */
  private static Map<String, INDArray> parameters(SameDiff graph) {
    Map<String, INDArray> parameters = new TreeMap<>();
    for (SDVariable variable : variables(graph)) {
      if (variable.dataType().isFPType()) {
        parameters.put(variable.name(), variable.getArr());
      }
    }
    return parameters;
  }

  private String architecture() {
    TrainingConfig users = home.getTrainingConfig();
    return operations().add(users == null ? "" : users.toJson()).hexadecimal();
  }

  private Digest operations() {
    Digest digest = new Digest();
    for (SameDiffOp operation : GraphPath.of(home, input, homeScores).operations()) {
      digest.add(
          operation.getOp().opName() + operation.getInputsToOp() + operation.getOutputsOfOp());
    }
    return digest;
  }

  @Override
  public String digest() {
    Digest digest = operations();
    for (SDVariable variable : home.variables()) {
      if (variable.getVariableType() == VariableType.VARIABLE
          || variable.getVariableType() == VariableType.CONSTANT) {
        digest.add(variable.name()).add(variable.getArr().dup('c').data().asDouble());
      }
    }
    return digest.hexadecimal();
  }

  @Override
  public Stream<Prefix> prefixes() {
    return GraphPath.of(home, input, homeScores).operations().stream()
        .filter(operation -> scored(operation).dataType().isFPType())
        .map(
            operation ->
                new Prefix(
                    "operation " + operation.getName() + " (" + operation.getOp().opName() + ")",
                    () -> Graph.of(home, input, scored(operation).name(), shape)));
  }

  private SDVariable scored(SameDiffOp operation) {
    return home.getVariable(operation.getOutputsOfOp().get(0));
  }

  /** The graph that learns: the variables are variables still. */
  private final class Learning implements Learner {
    private final SameDiff graph = home.dup();
    private final TrainingConfig training;
    private final LearningRate rate;

    Learning() {
      refuseDropout();
      Refusal.check(
          !variables(graph).isEmpty(), "a model needs a variable that may learn to be trained");
      addLoss(graph, GraphSurgery.prepare(graph, input, homeScores, shape), type());
      training = training(graph.getTrainingConfig());
      graph.setTrainingConfig(training);
      graph.setLossVariables(LOSS);
      rate = LearningRate.of(List.of(training.getUpdater()), 0, 0);
    }

    private void refuseDropout() {
      for (SameDiffOp operation : GraphPath.of(graph, input, homeScores).operations()) {
        Refusal.check(
            !operation.getOp().opName().equals("dropout_inverted"),
            ("operation %s (dropout_inverted) has no derivative in ND4J: a graph with dropout cannot"
                    + " be trained")
                .formatted(operation.getName()));
      }
    }

    private TrainingConfig training(@Nullable TrainingConfig users) {
      TrainingConfig.Builder building =
          new TrainingConfig.Builder()
              .updater(users == null ? new Adam(1e-3) : users.getUpdater())
              .dataSetFeatureMapping(input)
              .dataSetLabelMapping(WEIGHTS);
      if (users != null && users.getRegularization() != null) {
        building.regularization(users.getRegularization());
      }
      return building.build();
    }

    @Override
    public INDArray forward(INDArray inputs) {
      forget();
      latest = inputs;
      return run(graph, inputs);
    }

    @Override
    public void learn(INDArray byLogit) {
      step(Objects.requireNonNull(latest, "forward comes first"), byLogit);
      show();
    }

    /** One row is learnt as two, half of each: ND4J fails to sum one up, as a bias asks for. */
    private void step(INDArray inputs, INDArray byLogit) {
      if (inputs.size(0) == 1) {
        step(Nd4j.concat(0, inputs, inputs), Nd4j.concat(0, byLogit, byLogit).muli(0.5));
        return;
      }
      graph.fit(new MultiDataSet(new INDArray[] {inputs}, new INDArray[] {byLogit}));
      graph.getSessions().clear();
    }

    /** Lets those that answer see what was learnt. */
    private void show() {
      parameters(graph)
          .forEach(
              (name, moved) -> {
                home.getVariable(name).getArr().assign(moved);
                inference.getVariable(name).getArr().assign(moved);
              });
    }

    /** SameDiff's step keeps to itself what it finds there. */
    @Override
    public boolean goesBackToInputs() {
      return false;
    }

    @Override
    public INDArray learnAndDifferentiate(INDArray byLogit) {
      throw new UnsupportedOperationException("a step of SameDiff shows no derivative by inputs");
    }

    @Override
    public float learningRate() {
      return rate.at(training.getIterationCount(), training.getEpochCount());
    }

    @Override
    public void setLearningRate(float learningRate) {
      rate.set(learningRate);
    }

    @Override
    public TrainingState state(int steps) {
      return new TrainingState(
          architecture(),
          steps,
          training.getIterationCount(),
          training.getEpochCount(),
          rate.chosen(),
          TrainingState.numbers(arrays()));
    }

    /** This is new. */
    void take(TrainingState state) {
      if (state.iteration() > 0 && !graph.isInitializedTraining()) {
        remember();
      }
      state.into(arrays());
      rate.restore(state.learningRate());
      training.setIterationCount(state.iteration());
      training.setEpochCount(state.epoch());
      show();
    }

    /** Makes a step, whatever it does: only then SameDiff has what updaters remember. */
    private void remember() {
      INDArray zeros = Rows.of(Batch.of(new float[shape.size()]), shape, type());
      step(zeros, run(graph, zeros).muli(0));
    }

    private Map<String, INDArray> arrays() {
      Map<String, INDArray> arrays = parameters(graph);
      if (graph.isInitializedTraining()) {
        graph
            .getUpdaterMap()
            .forEach(
                (variable, updater) ->
                    remembered(updater)
                        .forEach(
                            (moment, array) ->
                                arrays.put("optimiser.%s.%s".formatted(variable, moment), array)));
      }
      return arrays;
    }

    private static Map<String, INDArray> remembered(GradientUpdater<?> updater) {
      Map<String, INDArray> state = updater.getState();
      return state == null ? Map.of() : state;
    }
  }
}
