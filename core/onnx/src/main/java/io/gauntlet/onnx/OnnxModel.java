package io.gauntlet.onnx;

import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A network from an ONNX file, with gradients: its graph is rewritten as TorchScript, which
 * libtorch runs and differentiates.
 *
 * <p>Every import is checked against ONNX Runtime on inputs drawn from the domain; {@link
 * #largestDifference} is what was found. Threads, precision and passes are as {@link DjlModel}
 * says.
 */
public final class OnnxModel implements DifferentiableModel, AutoCloseable {
  private final String fingerprint;
  private final Batching batching;
  private final Optional<String> batchingReason;
  private final DjlModel engine;
  private final DifferentiableModel model;
  private final double largestDifference;

  private OnnxModel(
      String fingerprint,
      Batching batching,
      Optional<String> batchingReason,
      DjlModel engine,
      DifferentiableModel model,
      double largestDifference) {
    this.fingerprint = fingerprint;
    this.batching = batching;
    this.batchingReason = batchingReason;
    this.engine = engine;
    this.model = model;
    this.largestDifference = largestDifference;
  }

  /** As {@link #open(Path, OnnxOptions)} with {@link OnnxOptions#standard}. */
  public static OnnxModel open(Path file) {
    return open(file, OnnxOptions.standard());
  }

  /**
   * A model from a file.
   *
   * @param file opset 7 to 21; maps one input of 32-bit floats (rows, shape) to (rows, classes), at
   *     least 2 classes
   * @throws UnsupportedOperatorException if the graph needs an operator that is not translated
   * @throws ModelException if there is no such file, it is not whole, refers to places outside its
   *     folder, has another input or output than it must, or is not answered as by ONNX Runtime
   */
  public static OnnxModel open(Path file, OnnxOptions options) {
    OnnxFile read = OnnxFile.read(file);
    Ends ends = Ends.of(read, options);
    ends.checkDifferentiable(read);
    Batching batched = ends.fixedRows() == 0 ? Batching.FREE : Batching.WIDENED;
    try {
      return open(read, ends, options, batched, Optional.empty());
    } catch (ModelException e) {
      if (ends.fixedRows() > 1) {
        throw e;
      }
      return open(read, ends, options, Batching.ONE_BY_ONE, Optional.ofNullable(e.getMessage()));
    }
  }

  private static OnnxModel open(
      OnnxFile file,
      Ends ends,
      OnnxOptions options,
      Batching batching,
      Optional<String> batchingReason) {
    TorchScriptArchive archive = Translation.of(file, ends, batching);
    DjlModel engine = archive.load(options.torch(ends.inputShape()));
    try (OnnxRuntimeModel reference = OnnxRuntimeModel.open(file, ends, options)) {
      DifferentiableModel model = batching == Batching.ONE_BY_ONE ? new OneByOne(engine) : engine;
      double difference =
          SelfCheck.largestDifference(file.path(), model, reference, options.tolerance());
      String fingerprint =
          "OnnxModel[%s, sha256=%s%s]"
              .formatted(ends.output(), file.digest(), options.normalised());
      return new OnnxModel(fingerprint, batching, batchingReason, engine, model, difference);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  /**
   * The largest difference between a score of this model and of ONNX Runtime that the import found,
   * relative to the largest score where that exceeds 1; never above {@link OnnxOptions#tolerance}.
   */
  public double largestDifference() {
    return largestDifference;
  }

  /** How the model takes several inputs at once. */
  public Batching batching() {
    return batching;
  }

  /** Why inputs run {@link Batching#ONE_BY_ONE}; empty where they do not. */
  public Optional<String> batchingReason() {
    return batchingReason;
  }

  @Override
  public Shape inputShape() {
    return model.inputShape();
  }

  @Override
  public Domain domain() {
    return model.domain();
  }

  @Override
  public int classes() {
    return model.classes();
  }

  /** As that of a {@link DjlModel} on the CPU. */
  @Override
  public Concurrency concurrency() {
    return model.concurrency();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the inputs' width is not the input shape's size
   * @throws IllegalStateException if this model is closed
   */
  @Override
  public Batch logits(Batch inputs) {
    return model.logits(inputs);
  }

  /**
   * {@inheritDoc} The pass keeps its graph, so that going back again costs a backward pass only.
   *
   * @throws IllegalArgumentException if the inputs' width is not the input shape's size
   * @throws IllegalStateException if this model is closed
   */
  @Override
  public ForwardPass forward(Batch inputs) {
    return model.forward(inputs);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the inputs' width is not the input shape's size
   * @throws IllegalStateException if this model is closed
   */
  @Override
  public Gradient gradient(Batch inputs, LogitLoss loss) {
    return model.gradient(inputs, loss);
  }

  /** {@inheritDoc} The SHA-256 is that of the ONNX file and of all files that it refers to. */
  @Override
  public String fingerprint() {
    return fingerprint;
  }

  /** Frees all that libtorch holds for this model. */
  @Override
  public void close() {
    engine.close();
  }

  @Override
  public String toString() {
    return "OnnxModel[%s -> %s, %s]".formatted(inputShape(), classes(), batching);
  }
}
