package io.gauntlet.nd4j;

import io.gauntlet.data.AtomicFile;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ResumableModel;
import io.gauntlet.model.ScheduledModel;
import io.gauntlet.model.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;

/**
 * A network of DL4J as a model, in inference mode: no dropout, no noise on weights, batch norm on
 * its running statistics, whichever way it is gone through.
 *
 * <p>Answers logits: the softmax or sigmoid of the last layer is left out, and its loss with it.
 *
 * <p>The network itself is never touched; its parameters are copied when the model is made, and
 * later changes to them do not show here. What DL4J is known to get wrong is made right or refused
 * by name, the rest must pass {@link Nd4jOptions#selfCheck}; see the package page.
 *
 * <p>Any number of threads may ask; they take turns. A pass that {@link #forward} returned keeps
 * the activations of all layers until it is closed or another call is made; after that going back
 * runs forwards once more.
 */
public final class NetworkModel implements ScheduledModel, ResumableModel, FeatureModel {
  private final Driver driver;
  private final Layers layers;
  private final Model original;

  private NetworkModel(Driver driver, Layers layers, Model original) {
    this.driver = driver;
    this.layers = layers;
    this.original = original;
  }

  /**
   * A model that answers with what {@code network} takes the softmax of.
   *
   * @param network initialised; is left as it is
   * @throws IllegalArgumentException if the network has no parameters yet
   * @throws ModelException if DL4J cannot be trusted with a layer, cannot answer, answers with
   *     another shape than (rows, classes), or does not pass the self-check
   */
  public static NetworkModel of(MultiLayerNetwork network, Nd4jOptions options) {
    requireParameters(network);
    MultiLayerNetwork copy = network.clone();
    return of(copy, copy.toComputationGraph(), options);
  }

  /**
   * As above, for a graph with one input and one output.
   *
   * @throws ModelException as above, or if there are more
   */
  public static NetworkModel of(ComputationGraph network, Nd4jOptions options) {
    requireParameters(network);
    ComputationGraph copy = network.clone();
    return of(copy, copy, options);
  }

  private static void requireParameters(Model network) {
    if (network.params().length() == 0) {
      throw new IllegalArgumentException(
          "a network must have parameters to be a model, but has none: call init() first");
    }
  }

  private static NetworkModel of(Model copy, ComputationGraph graph, Nd4jOptions options) {
    try {
      Layers layers = Layers.of(graph);
      return new NetworkModel(Trust.in(layers, options), layers, copy);
    } catch (RuntimeException e) {
      throw Failure.of("DL4J cannot differentiate the network", e);
    }
  }

  /**
   * A model from a zip that {@code ModelSerializer} or {@code save} of either kind of network
   * wrote. A normaliser in it is not applied: state the inputs' domain as the network sees it.
   *
   * @throws ModelException if there is no such file, it is not whole or not of DL4J, or as {@link
   *     #of(MultiLayerNetwork, Nd4jOptions)}
   */
  public static NetworkModel open(Path file, Nd4jOptions options) {
    Model network = NetworkZip.read(file);
    return network instanceof MultiLayerNetwork stack
        ? of(stack, options)
        : of((ComputationGraph) network, options);
  }

  /**
   * Writes the network with the parameters as they are now, for {@link #open} and for DL4J. The
   * file appears whole or not at all.
   *
   * @throws UncheckedIOException if the file cannot be written
   */
  public void save(Path file) {
    try {
      byte[] zip = driver.inTurn(this::zip);
      AtomicFile.write(file, out -> out.write(zip));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  private byte[] zip() {
    try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      original.setParams(layers.parameters());
      ModelSerializer.writeModel(original, out, false);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Shape inputShape() {
    return driver.inputShape();
  }

  @Override
  public Domain domain() {
    return driver.domain();
  }

  @Override
  public int classes() {
    return driver.classes();
  }

  /** One caller, 64 inputs a call; others wait. */
  @Override
  public Concurrency concurrency() {
    return driver.concurrency();
  }

  /** {@inheritDoc} The SHA-256 is that of all layers and parameters. */
  @Override
  public String fingerprint() {
    return "NetworkModel[%s, sha256=%s]".formatted(kind(), driver.fingerprint());
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the inputs' width is not the input shape's size
   */
  @Override
  public Batch logits(Batch inputs) {
    return driver.logits(inputs);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the inputs' width is not the input shape's size
   */
  @Override
  public ForwardPass forward(Batch inputs) {
    return driver.forward(inputs);
  }

  @Override
  public Gradient gradient(Batch inputs, LogitLoss loss) {
    return driver.gradient(inputs, loss);
  }

  /**
   * {@inheritDoc} The step is that of the network's own configuration: updaters, regularisation,
   * constraints, frozen layers. Dropout draws from ND4J's generator of the calling thread, which
   * each step seeds anew.
   *
   * @param inputs at least one row
   * @throws IllegalArgumentException if there is no row, or its width is not the input shape's size
   */
  @Override
  public double train(Batch inputs, LogitLoss loss) {
    return driver.train(inputs, loss);
  }

  /**
   * {@inheritDoc} One pass each way gives both, in training mode: with batch norm or dropout the
   * gradient is not the one that {@link #gradient} gives. Only where a layer is frozen, at which
   * DL4J stops on its way back, it is a pass of its own in evaluation mode.
   *
   * @param inputs at least one row
   * @throws IllegalArgumentException if there is no row, or its width is not the input shape's size
   */
  @Override
  public Gradient trainAndDifferentiate(Batch inputs, LogitLoss loss) {
    return driver.trainAndDifferentiate(inputs, loss);
  }

  /**
   * {@inheritDoc} It is that of the updaters; where layers differ, the largest; 1 where none has
   * any, as AdaDelta.
   *
   * @throws ModelException if the network cannot be trained
   */
  @Override
  public float learningRate() {
    return driver.learningRate();
  }

  /**
   * {@inheritDoc} Schedules of the updaters' own end here, and layers that differ keep their
   * proportion.
   *
   * @throws ModelException if no updater has a learning rate, as AdaDelta, or the network cannot be
   *     trained
   */
  @Override
  public void setLearningRate(float learningRate) {
    driver.setLearningRate(learningRate);
  }

  /**
   * {@inheritDoc}
   *
   * @return all parameters, with the statistics of batch norm, what the updaters remember, and all
   *     counts
   * @throws ModelException if the network cannot be trained
   */
  @Override
  public byte[] trainingState() {
    return driver.trainingState();
  }

  /**
   * {@inheritDoc} The same layers and updaters are what makes a model the same; dropout goes on
   * with the seed of this one's options.
   */
  @Override
  public void resume(byte[] state) {
    driver.resume(state);
  }

  /**
   * {@inheritDoc} The last layer is the last that has parameters; a layer of several axes is
   * answered as one row. It shares this model's turns and cannot be differentiated.
   *
   * @throws ModelException if there is no layer before the last, or more than one enters it
   */
  @Override
  public io.gauntlet.model.Model features() {
    return LayerFeatures.of(driver, layers);
  }

  @Override
  public String toString() {
    return "NetworkModel[%s, %s -> %s]".formatted(kind(), inputShape(), classes());
  }

  private String kind() {
    return original.getClass().getSimpleName();
  }
}
