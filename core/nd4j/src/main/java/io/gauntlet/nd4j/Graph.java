package io.gauntlet.nd4j;

import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private @Nullable Learner learner;

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
  public INDArray forwardToTrain(INDArray inputs) {
    Learner made = learner == null ? Learner.of(this) : learner;
    learner = made;
    latest = inputs;
    return run(made.graph, inputs);
  }

  @Override
  public void learn(INDArray byLogit) {
    INDArray inputs = Objects.requireNonNull(latest, "forward comes first");
    SameDiff trained = Objects.requireNonNull(learner, "forward comes first").graph;
    trained.fit(new MultiDataSet(new INDArray[] {inputs}, new INDArray[] {byLogit}));
    trained.getSessions().clear();
    for (SDVariable variable : variables(home)) {
      INDArray moved = trained.getVariable(variable.name()).getArr();
      variable.getArr().assign(moved);
      inference.getVariable(variable.name()).getArr().assign(moved);
    }
  }

  @Override
  public String digest() {
    Digest digest = new Digest();
    for (SameDiffOp operation : GraphPath.of(home, input, homeScores).operations()) {
      digest.add(
          operation.getOp().opName() + operation.getInputsToOp() + operation.getOutputsOfOp());
    }
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
  private record Learner(SameDiff graph) {
    static Learner of(Graph network) {
      SameDiff graph = network.home.dup();
      for (SameDiffOp operation :
          GraphPath.of(graph, network.input, network.homeScores).operations()) {
        Refusal.check(
            !operation.getOp().opName().equals("dropout_inverted"),
            ("operation %s (dropout_inverted) has no derivative in ND4J: a graph with dropout cannot"
                    + " be trained")
                .formatted(operation.getName()));
      }
      Refusal.check(
          !variables(graph).isEmpty(), "a model needs a variable that may learn to be trained");
      String scores = GraphSurgery.prepare(graph, network.input, network.homeScores, network.shape);
      addLoss(graph, scores, network.type());
      TrainingConfig users = graph.getTrainingConfig();
      TrainingConfig.Builder training =
          new TrainingConfig.Builder()
              .updater(users == null ? new Adam(1e-3) : users.getUpdater())
              .dataSetFeatureMapping(network.input)
              .dataSetLabelMapping(WEIGHTS);
      if (users != null && users.getRegularization() != null) {
        training.regularization(users.getRegularization());
      }
      graph.setTrainingConfig(training.build());
      graph.setLossVariables(LOSS);
      return new Learner(graph);
    }
  }
}
