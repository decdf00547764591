package io.gauntlet.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.gauntlet.model.Batch;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.ModelException;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.concurrent.locks.Lock;

/** One run through the network; its arrays live in a manager of its own until it is closed. */
final class Pass implements ForwardPass {
  /** What a pass is for. */
  enum Purpose {
    SCORES,
    INPUT_GRADIENT,
    PARAMETER_GRADIENT,
    TRAINING,
    TRAINING_AND_INPUT_GRADIENT;

    boolean trains() {
      return this == TRAINING || this == TRAINING_AND_INPUT_GRADIENT;
    }

    boolean differentiatesByInput() {
      return this == INPUT_GRADIENT || this == TRAINING_AND_INPUT_GRADIENT;
    }
  }

  private final DjlOptions options;
  private final Lock lock;
  private final Batch inputs;
  private final NDManager scope;
  private final Optional<Stem> stem;
  private final NDArray leaf;
  private final NDArray output;
  private final Batch logits;
  private boolean hasGradient;

  private Pass(
      DjlOptions options,
      Lock lock,
      Batch inputs,
      NDManager scope,
      Optional<Stem> stem,
      NDArray leaf,
      NDArray output,
      Batch logits) {
    this.options = options;
    this.lock = lock;
    this.inputs = inputs;
    this.scope = scope;
    this.stem = stem;
    this.leaf = leaf;
    this.output = output;
    this.logits = logits;
  }

  /**
   * Runs the network.
   *
   * @param lock held while the pass goes back; the caller holds it now
   * @param inputs at least one row
   */
  static Pass run(
      Network network,
      NDManager owner,
      DjlOptions options,
      Lock lock,
      Batch inputs,
      Purpose purpose) {
    NDManager scope = owner.newSubManager();
    boolean recorded = Libtorch.record(purpose != Purpose.SCORES);
    try {
      Libtorch.prepareThread(options.threads());
      NDArray input = Libtorch.array(scope, values(inputs, options), shape(inputs, options));
      Optional<Stem> stem =
          purpose == Purpose.INPUT_GRADIENT && !options.device().isGpu()
              ? network.stem()
              : Optional.empty();
      NDArray leaf = stem.map(layer -> layer.forward(input)).orElse(input);
      if (purpose.differentiatesByInput()) {
        leaf.setRequiresGradient(true);
      }
      Network rest = stem.map(Stem::rest).orElse(network);
      NDArray output = scores(rest.forward(leaf, purpose.trains()), inputs.rows());
      int classes = Math.toIntExact(output.getShape().get(1));
      Batch logits = inputs.withValues(classes, Libtorch.floats(output));
      return new Pass(options, lock, inputs, scope, stem, leaf, output, logits);
    } catch (RuntimeException e) {
      scope.close();
      throw Failure.of(
          "the network failed on %s inputs of %s".formatted(inputs.rows(), options.inputShape()),
          e);
    } finally {
      Libtorch.record(recorded);
    }
  }

  private static Shape shape(Batch inputs, DjlOptions options) {
    return Libtorch.shape(inputs.rows(), options.inputShape());
  }

  private static FloatBuffer values(Batch inputs, DjlOptions options) {
    if (options.normalisation().changesNothing()) {
      return inputs.buffer();
    }
    float[] values = new float[inputs.rows() * inputs.width()];
    inputs.buffer().get(values);
    options.normalisation().apply(values, options.inputShape());
    return FloatBuffer.wrap(values);
  }

  private static NDArray scores(NDList answer, int rows) {
    if (answer.size() != 1) {
      throw new ModelException(
          "a network must answer with one array of shape (rows, classes), but answered with %s"
              .formatted(answer.size()));
    }
    NDArray output = answer.get(0);
    Shape shape = output.getShape();
    if (shape.dimension() != 2 || shape.get(0) != rows || shape.get(1) < 2) {
      throw new ModelException(
          "a network must answer %s rows with shape (%s, classes) and at least 2 classes, but "
                  .formatted(rows, rows)
              + "answered with shape "
              + shape);
    }
    if (output.getDataType() != DataType.FLOAT32) {
      throw new ModelException(
          "a network must answer with 32-bit floats, but answered with " + output.getDataType());
    }
    return output;
  }

  @Override
  public Batch logits() {
    return logits;
  }

  @Override
  public Batch backward(Batch byLogit) {
    return backward(byLogit, true);
  }

  /** As above; without {@code keepGraph} this is the last time. */
  Batch backward(Batch byLogit, boolean keepGraph) {
    lock.lock();
    try {
      if (!scope.isOpen()) {
        throw new IllegalStateException("a pass must be open to go back, but was closed");
      }
      if (hasGradient) {
        Libtorch.zeroGradient(leaf); // libtorch adds up
      }
      propagate(byLogit, keepGraph);
      hasGradient = true;
      return byInput();
    } finally {
      lock.unlock();
    }
  }

  /** What {@link #propagate} has brought to the input. */
  Batch byInput() {
    try (NDArray gradient = leaf.getGradient()) {
      float[] values =
          stem.map(layer -> layer.backward(gradient, shape(inputs, options)))
              .orElseGet(() -> Libtorch.floats(gradient));
      options.normalisation().applyToGradient(values, options.inputShape());
      return inputs.withValues(inputs.width(), values);
    }
  }

  /** Goes back once, to whatever the pass has recorded. */
  void propagate(Batch byLogit, boolean keepGraph) {
    if (byLogit.rows() != logits.rows() || byLogit.width() != logits.width()) {
      throw new IllegalArgumentException(
          "weights of the logits must be %s like the logits, but were %s"
              .formatted(logits, byLogit));
    }
    try {
      Libtorch.prepareThread(options.threads());
      try (NDArray weights = Libtorch.array(scope, byLogit.buffer(), output.getShape())) {
        Libtorch.backward(output, weights, keepGraph);
      }
    } catch (RuntimeException e) {
      throw Failure.of("the network could not be differentiated", e);
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      scope.close();
    } finally {
      lock.unlock();
    }
  }
}
