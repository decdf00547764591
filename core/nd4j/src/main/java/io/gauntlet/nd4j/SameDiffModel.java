package io.gauntlet.nd4j;

import io.gauntlet.data.AtomicFile;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ResumableModel;
import io.gauntlet.model.ScheduledModel;
import io.gauntlet.model.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;

/**
 * A SameDiff graph as a model, in inference mode: dropout left out, batch norm on the statistics it
 * is given.
 *
 * <p>The graph itself is never touched; what it is made of is copied when the model is made, and
 * later changes to it do not show here. What ND4J is known to get wrong is refused by name, the
 * rest must pass {@link Nd4jOptions#selfCheck}; see the package page.
 *
 * <p>Any number of threads may ask; they take turns. SameDiff keeps no tape: a gradient costs two
 * runs forwards and one back, and every further way back of one {@link #forward} a run of each.
 */
public final class SameDiffModel implements ScheduledModel, ResumableModel {
  private final Driver driver;
  private final Graph graph;
  private final String description;

  private SameDiffModel(Driver driver, Graph graph, String description) {
    this.driver = driver;
    this.graph = graph;
    this.description = description;
  }

  /**
   * A model that answers with the variable {@code scores}, or with what a softmax was taken of if
   * {@code scores} is one.
   *
   * @param graph is left as it is
   * @param input name of the placeholder that takes (rows, the input shape)
   * @param scores name of a variable of shape (rows, classes), at least 2 classes
   * @throws IllegalArgumentException if the graph has no such placeholder or variable
   * @throws ModelException if ND4J cannot be trusted with an operation between the two, cannot
   *     answer, answers with another shape, or does not pass the self-check
   */
  public static SameDiffModel of(SameDiff graph, String input, String scores, Nd4jOptions options) {
    requirePlaceholder(graph, input);
    if (!graph.hasVariable(scores)) {
      throw new IllegalArgumentException(
          "the scores must be a variable of the graph, but there is no %s".formatted(scores));
    }
    try {
      String uncovered = GraphSurgery.uncovered(graph, scores);
      Graph network = Graph.of(graph, input, uncovered, options.inputShape());
      Driver driver = Trust.in(network, options);
      return new SameDiffModel(driver, network, "%s -> %s".formatted(input, uncovered));
    } catch (RuntimeException e) {
      throw Failure.of("ND4J cannot differentiate %s by %s".formatted(scores, input), e);
    }
  }

  private static void requirePlaceholder(SameDiff graph, String input) {
    if (!graph.inputs().contains(input)) {
      throw new IllegalArgumentException(
          "the input must be a placeholder of the graph, one of %s, but was %s"
              .formatted(graph.inputs(), input));
    }
  }

  /**
   * A model from a file that {@code SameDiff.save} or {@code asFlatFile} wrote.
   *
   * @param input name of the placeholder that takes (rows, the input shape)
   * @param scores name of a variable of shape (rows, classes), at least 2 classes
   * @throws ModelException if there is no such file, it is not whole or not of SameDiff, or as
   *     {@link #of}
   */
  public static SameDiffModel open(Path file, String input, String scores, Nd4jOptions options) {
    return of(FlatFile.read(file), input, scores, options);
  }

  /**
   * As above, for a file that leaves no choice: one variable that nothing reads depends on one
   * placeholder. A loss that needs labels as well is not among them.
   */
  public static SameDiffModel open(Path file, Nd4jOptions options) {
    SameDiff graph = FlatFile.read(file);
    List<String> ends =
        GraphPath.ends(graph).stream().filter(end -> placeholders(graph, end).size() == 1).toList();
    Refusal.check(
        ends.size() == 1,
        "%s must end with one variable of one placeholder, or its scores be named, but ends with %s"
            .formatted(file, ends));
    return of(graph, placeholders(graph, ends.get(0)).get(0), ends.get(0), options);
  }

  private static List<String> placeholders(SameDiff graph, String scores) {
    return GraphPath.of(graph, "", scores).needed().stream()
        .filter(name -> graph.getVariable(name).getVariableType() == VariableType.PLACEHOLDER)
        .toList();
  }

  /**
   * Writes the graph with the parameters as they are now, for {@link #open} and for SameDiff. The
   * file appears whole or not at all.
   *
   * @throws UncheckedIOException if the file cannot be written
   */
  public void save(Path file) {
    try {
      ByteBuffer bytes = driver.inTurn(graph::flatBuffers);
      AtomicFile.write(file, out -> Channels.newChannel(out).write(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
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

  /** {@inheritDoc} The SHA-256 is that of the operations and of all variables and constants. */
  @Override
  public String fingerprint() {
    return "SameDiffModel[%s, sha256=%s]".formatted(description, driver.fingerprint());
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
   * {@inheritDoc} The graph runs again for every way back.
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
   * {@inheritDoc} The step is that of the graph's own training configuration, its updater and
   * regularisation, or of Adam with a learning rate of 0.001 if it has none. Batch norm keeps its
   * statistics, for SameDiff knows no others.
   *
   * @param inputs at least one row
   * @throws IllegalArgumentException if there is no row, or its width is not the input shape's size
   * @throws ModelException if no variable may learn, or there is dropout, which ND4J cannot
   *     differentiate
   */
  @Override
  public double train(Batch inputs, LogitLoss loss) {
    return driver.train(inputs, loss);
  }

  /**
   * {@inheritDoc} SameDiff's step keeps the derivative by its inputs to itself, so that this is a
   * pass of its own, in evaluation mode, and then a step.
   *
   * @param inputs at least one row
   */
  @Override
  public Gradient trainAndDifferentiate(Batch inputs, LogitLoss loss) {
    return driver.trainAndDifferentiate(inputs, loss);
  }

  /**
   * {@inheritDoc} It is that of the updater; 1 where it has none, as AdaDelta.
   *
   * @throws ModelException if the graph cannot be trained
   */
  @Override
  public float learningRate() {
    return driver.learningRate();
  }

  /**
   * {@inheritDoc} A schedule of the updater's own ends here.
   *
   * @throws ModelException if the updater has no learning rate, as AdaDelta, or the graph cannot be
   *     trained
   */
  @Override
  public void setLearningRate(float learningRate) {
    driver.setLearningRate(learningRate);
  }

  /**
   * {@inheritDoc}
   *
   * @return all variables, what the updater remembers, and all counts
   * @throws ModelException if the graph cannot be trained
   */
  @Override
  public byte[] trainingState() {
    return driver.trainingState();
  }

  /**
   * {@inheritDoc} The same operations and training configuration are what makes a model the same.
   */
  @Override
  public void resume(byte[] state) {
    driver.resume(state);
  }

  @Override
  public String toString() {
    return "SameDiffModel[%s, %s -> %s]".formatted(description, inputShape(), classes());
  }
}
