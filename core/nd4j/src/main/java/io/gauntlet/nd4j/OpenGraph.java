package io.gauntlet.nd4j;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.FrozenVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A graph that is entered at its scores and left at its inputs. DL4J has both ways, but keeps the
 * derivative by the inputs to itself and its subclasses.
 */
final class OpenGraph extends ComputationGraph {
  private static final long serialVersionUID = 1L;

  private transient Collection<INDArray> kept = List.of();

  private OpenGraph(ComputationGraphConfiguration configuration) {
    super(configuration);
  }

  /** Runs on {@code parameters} themselves, not on a copy. */
  static OpenGraph of(ComputationGraphConfiguration headless, INDArray parameters) {
    OpenGraph graph = new OpenGraph(headless);
    graph.init(parameters, false);
    return graph;
  }

  INDArray forward(INDArray inputs, boolean training) {
    return forward(inputs, training, getConfiguration().getNetworkOutputs().get(0));
  }

  /** Answers the activation of {@code end}, a vertex, instead of the scores. */
  INDArray forward(INDArray inputs, boolean training, String end) {
    forget();
    Map<String, INDArray> activations = feedForward(new INDArray[] {inputs}, training, false);
    kept = new ArrayList<>(activations.values());
    kept.add(inputs);
    return Objects.requireNonNull(activations.get(end)).dup();
  }

  INDArray backward(INDArray byLogit) {
    calcBackpropGradients(false, false, byLogit);
    String input = getConfiguration().getNetworkInputs().get(0);
    return getVertex(input).getEpsilon();
  }

  /**
   * What the steps are made by, one updater for each block of parameters. They are copies: DL4J
   * shares updaters between a configuration and its clones.
   */
  List<IUpdater> ownUpdaters() {
    List<IUpdater> updaters = new ArrayList<>();
    for (UpdaterBlock block : getUpdater().getUpdaterBlocks()) {
      IUpdater own = block.getGradientUpdater().getConfig().clone();
      block.setGradientUpdater(own.instantiate(block.getUpdaterView(), false));
      updaters.add(own);
    }
    return updaters;
  }

  /** Whether {@link #learn} comes to the inputs: DL4J stops at what is frozen. */
  boolean learnsToItsInputs() {
    for (GraphVertex vertex : getVertices()) {
      boolean frozenLayer =
          vertex.hasLayer()
              && (vertex.getLayer() instanceof FrozenLayer
                  || vertex.getLayer() instanceof FrozenLayerWithBackprop);
      if (frozenLayer || vertex instanceof FrozenVertex) {
        return false;
      }
    }
    return true;
  }

  /**
   * One step of the configured updaters; DL4J's own training does the same, for its own losses.
   *
   * @return the derivative by the inputs, or by those that DL4J came to
   */
  @Nullable INDArray learn(INDArray byLogit) {
    calcBackpropGradients(false, false, byLogit);
    INDArray byInput = getVertex(getConfiguration().getNetworkInputs().get(0)).getEpsilon();
    Gradient gradient = gradient();
    int iteration = getIterationCount();
    getUpdater().update(gradient, iteration, getEpochCount(), 1, LayerWorkspaceMgr.noWorkspaces());
    params().subi(gradient.gradient().reshape(params().shape()));
    applyConstraints(iteration, getEpochCount());
    getConfiguration().setIterationCount(iteration + 1);
    forget();
    return byInput;
  }

  /** Frees what a forward run left, which would otherwise wait for the garbage collector. */
  void forget() {
    for (GraphVertex vertex : getVertices()) {
      vertex.clear();
    }
    for (INDArray array : kept) {
      if (array.closeable()) {
        array.close();
      }
    }
    kept = List.of();
  }
}
