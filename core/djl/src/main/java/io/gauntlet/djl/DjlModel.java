package io.gauntlet.djl;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.SymbolBlock;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.djl.Pass.Purpose;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ParametricModel;
import io.gauntlet.model.ResumableModel;
import io.gauntlet.model.ScheduledModel;
import io.gauntlet.model.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A PyTorch network that libtorch runs: a block of DJL's, or a TorchScript file.
 *
 * <p>Scores and input gradients are those of evaluation mode: no dropout, batch norm on its running
 * statistics. Parameters are frozen while the model is open and put back on {@link #close} to how
 * they were found. Any number of threads may ask at the same time; {@link #train}, {@link
 * #loadParameters} and {@link #close} wait for them and keep them out meanwhile.
 *
 * <p>Arithmetic is in 32 bits and libtorch sums in an order that depends on the size of the batch:
 * the same input in another batch may get other last digits, in the same batch never.
 *
 * <p>Passes that {@link #forward} returned hold native memory until they are closed; {@link
 * #train}, {@link #loadParameters} and {@link #close} close those that are still open.
 */
public final class DjlModel
    implements ParametricModel, ScheduledModel, ResumableModel, FeatureModel, AutoCloseable {
  private final DjlOptions options;
  private final NDManager manager;
  private final Network network;
  private final Parameters parameters;
  private final boolean madeParameters;
  private final int classes;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private NDManager passes;
  private boolean closed;
  private @Nullable Training training;
  private volatile @Nullable String digest;

  private DjlModel(
      Block block,
      DjlOptions options,
      NDManager manager,
      boolean madeParameters,
      @Nullable String digest) {
    this.options = options;
    this.manager = manager;
    this.madeParameters = madeParameters;
    this.digest = digest;
    passes = manager.newSubManager();
    network = Network.of(block);
    network.evaluate();
    parameters = Parameters.freeze(block);
    try {
      parameters.checkDevice(options.device());
      classes = probe();
    } catch (RuntimeException e) {
      release();
      throw e;
    }
  }

  /** As {@link #of(Block, DjlOptions)} with {@link DjlOptions#of}. */
  public static DjlModel of(Block block, Shape inputShape) {
    return of(block, DjlOptions.of(inputShape));
  }

  /**
   * A model that runs {@code block}, its parameters as they are.
   *
   * <p>A block without parameters is given them: weights drawn from the seed of {@code options},
   * normal with variance 2 / inputs, unless the block brings initialisers of its own. {@link
   * #close} takes them away again, so that {@link #save} comes first.
   *
   * @param block maps (rows, the input shape) to (rows, classes), at least 2 classes
   * @throws IllegalArgumentException if the block's parameters are on another device than {@code
   *     options} say, or are not PyTorch's
   * @throws ModelException if the block cannot answer, or answers with another shape
   */
  public static DjlModel of(Block block, DjlOptions options) {
    if (block instanceof SymbolBlock && !Libtorch.isTorchScript(block)) {
      throw new IllegalArgumentException(
          "a block must be made of layers or be a PyTorch module, but was a "
              + block.getClass().getName());
    }
    NDManager manager = Libtorch.newManager(options.device());
    boolean makesParameters = !Libtorch.isTorchScript(block) && !block.isInitialized();
    try {
      if (makesParameters) {
        Parameters.initialise(block, manager, options);
      }
      return new DjlModel(block, options, manager, makesParameters, null);
    } catch (RuntimeException e) {
      if (makesParameters) {
        block.clear();
      }
      manager.close();
      throw e;
    }
  }

  /**
   * As {@link #of(Block, DjlOptions)} for the block of a model that DJL has loaded, which stays the
   * caller's to close, later than this one. TorchScript must have been loaded with {@code
   * optOption("trainParam", "true")}, or libtorch refuses to differentiate through it.
   */
  public static DjlModel of(ai.djl.Model model, DjlOptions options) {
    return of(model.getBlock(), options);
  }

  /** As {@link #torchScript(Path, DjlOptions)} with {@link DjlOptions#of}. */
  public static DjlModel torchScript(Path file, Shape inputShape) {
    return torchScript(file, DjlOptions.of(inputShape));
  }

  /**
   * A model from a file that {@code torch.jit.save} wrote.
   *
   * @param file maps (rows, the input shape) to (rows, classes), at least 2 classes
   * @throws ModelException if there is no such file, it is not whole or not TorchScript, or the
   *     network cannot answer or answers with another shape
   */
  public static DjlModel torchScript(Path file, DjlOptions options) {
    String digest = Digest.of(file);
    NDManager manager = Libtorch.newManager(options.device());
    try {
      return new DjlModel(load(manager, file), options, manager, false, digest);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  private static Block load(NDManager manager, Path file) {
    try {
      return Libtorch.load(manager, file);
    } catch (RuntimeException e) {
      throw Failure.of(
          "%s must be a TorchScript archive as torch.jit.save writes it, but libtorch says"
              .formatted(file),
          e);
    }
  }

  private int probe() {
    float[] legal = new float[options.inputShape().size()];
    for (int j = 0; j < legal.length; j++) {
      legal[j] = options.domain().clip(j, 0);
    }
    try (Pass pass = run(Batch.of(legal), Purpose.INPUT_GRADIENT, lock.readLock())) {
      return pass.logits().width();
    }
  }

  @Override
  public Shape inputShape() {
    return options.inputShape();
  }

  @Override
  public Domain domain() {
    return options.domain();
  }

  @Override
  public int classes() {
    return classes;
  }

  /**
   * On the CPU as many callers as there are cores for the {@link DjlOptions#threads} of each, 64
   * inputs a call; on CUDA one caller, 512 inputs a call.
   */
  @Override
  public Concurrency concurrency() {
    if (options.device().isGpu()) {
      return new Concurrency(1, 512);
    }
    int cores = Runtime.getRuntime().availableProcessors();
    return new Concurrency(Math.max(1, cores / options.threads()), 64, true);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the inputs' width is not the input shape's size
   * @throws IllegalStateException if this model is closed
   */
  @Override
  public Batch logits(Batch inputs) {
    if (inputs.rows() == 0) {
      return nothing(inputs).logits();
    }
    Lock shared = shared();
    try (Pass pass = run(inputs, Purpose.SCORES, shared)) {
      return pass.logits();
    } finally {
      shared.unlock();
    }
  }

  /**
   * {@inheritDoc} The pass keeps its graph, so that going back again costs a backward pass only.
   *
   * @throws IllegalArgumentException if the inputs' width is not the input shape's size
   * @throws IllegalStateException if this model is closed
   */
  @Override
  public ForwardPass forward(Batch inputs) {
    if (inputs.rows() == 0) {
      return nothing(inputs);
    }
    Lock shared = shared();
    try {
      return run(inputs, Purpose.INPUT_GRADIENT, shared);
    } finally {
      shared.unlock();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the inputs' width is not the input shape's size
   * @throws IllegalStateException if this model is closed
   */
  @Override
  public Gradient gradient(Batch inputs, LogitLoss loss) {
    if (inputs.rows() == 0) {
      return ParametricModel.super.gradient(inputs, loss);
    }
    Lock shared = shared();
    try (Pass pass = run(inputs, Purpose.INPUT_GRADIENT, shared)) {
      Batch logits = pass.logits();
      Batch byInput = pass.backward(loss.gradient(logits), false);
      return new Gradient(logits, loss.values(logits), byInput);
    } finally {
      shared.unlock();
    }
  }

  /**
   * {@inheritDoc} Parameters that were frozen when this model was made stay as they are. Dropout
   * draws from libtorch's one generator, which each step seeds anew: with dropout, steps repeat
   * exactly only if no other thread draws from it meanwhile.
   *
   * @param inputs at least one row
   * @throws IllegalArgumentException if there is no row, or its width is not the input shape's size
   * @throws ModelException if no parameter may learn, or the network fails
   * @throws IllegalStateException if this model is closed
   */
  @Override
  public double train(Batch inputs, LogitLoss loss) {
    Batch losses =
        step(inputs, Purpose.TRAINING, (steps, pass) -> steps.step(pass, loss, parameters));
    double sum = 0;
    for (int i = 0; i < losses.rows(); i++) {
      sum += losses.get(i, 0);
    }
    return sum / losses.rows();
  }

  /**
   * {@inheritDoc} One pass each way gives both, in training mode: with batch norm or dropout the
   * gradient is not the one that {@link #gradient} gives.
   *
   * @param inputs at least one row
   * @throws IllegalArgumentException if there is no row, or its width is not the input shape's size
   * @throws ModelException if no parameter may learn, or the network fails
   * @throws IllegalStateException if this model is closed
   */
  @Override
  public Gradient trainAndDifferentiate(Batch inputs, LogitLoss loss) {
    return step(
        inputs,
        Purpose.TRAINING_AND_INPUT_GRADIENT,
        (steps, pass) -> {
          Batch losses = steps.step(pass, loss, parameters);
          Batch byInput = pass.byInput().times(inputs.rows()); // the step was down the mean
          return new Gradient(pass.logits(), losses, byInput);
        });
  }

  private <T> T step(Batch inputs, Purpose purpose, BiFunction<Training, Pass, T> work) {
    if (inputs.rows() == 0) {
      throw new IllegalArgumentException("a training step needs at least 1 row, but had 0");
    }
    Lock exclusive = exclusive();
    try {
      Training steps = training();
      forgetOldParameters();
      steps.beginStep();
      parameters.beginStep();
      try (Pass pass = run(inputs, purpose, exclusive)) {
        return work.apply(steps, pass);
      } finally {
        parameters.endStep();
        network.evaluate();
      }
    } finally {
      exclusive.unlock();
    }
  }

  private Training training() {
    Training steps = training == null ? new Training(options, manager) : training;
    training = steps;
    return steps;
  }

  @Override
  public float learningRate() {
    Lock shared = shared();
    try {
      return training == null
          ? options.optimiser().learningRate()
          : training.memory().learningRate();
    } finally {
      shared.unlock();
    }
  }

  @Override
  public void setLearningRate(float learningRate) {
    Check.nonNegative(learningRate, "learningRate");
    Lock exclusive = exclusive();
    try {
      training().memory().setLearningRate(learningRate);
    } finally {
      exclusive.unlock();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @return an NPZ archive of the parameters, under their own names, and the optimiser's moments
   * @throws ModelException if this is TorchScript, which does not show all its buffers
   */
  @Override
  public byte[] trainingState() {
    Lock exclusive = exclusive();
    try {
      return network.state(parameters, training().memory(), manager);
    } finally {
      exclusive.unlock();
    }
  }

  @Override
  public void resume(byte[] state) {
    Lock exclusive = exclusive();
    Training resumed = new Training(options, manager);
    try {
      network.resume(parameters, resumed.memory(), manager, state);
      forgetOldParameters();
      forgetTraining();
      training = resumed;
    } catch (RuntimeException e) {
      resumed.close();
      throw e;
    } finally {
      exclusive.unlock();
    }
  }

  @Override
  public Batch parameters() {
    Lock exclusive = exclusive();
    try {
      return Batch.of(parameters.values());
    } finally {
      exclusive.unlock();
    }
  }

  @Override
  public List<Shape> parameterShapes() {
    Lock shared = shared();
    try {
      return parameters.shapes();
    } finally {
      shared.unlock();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if these are not as many finite numbers as there are
   *     parameters that learn
   */
  @Override
  public void setParameters(Batch values) {
    Lock exclusive = exclusive();
    try {
      parameters.set(values, manager);
      forgetOldParameters();
    } finally {
      exclusive.unlock();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws ModelException if no parameter may learn, or the network fails
   */
  @Override
  public Batch parameterGradient(Batch inputs, LogitLoss loss) {
    if (inputs.rows() == 0) {
      throw new IllegalArgumentException("a gradient needs at least 1 row, but had 0");
    }
    Lock exclusive = exclusive();
    try {
      parameters.beginStep();
      try (Pass pass = run(inputs, Purpose.PARAMETER_GRADIENT, exclusive)) {
        pass.propagate(loss.gradient(pass.logits()).times(1f / inputs.rows()), false);
        return Batch.of(parameters.gradients());
      } finally {
        parameters.endStep();
      }
    } finally {
      exclusive.unlock();
    }
  }

  /**
   * {@inheritDoc} It shares this model's locks and threads, and reads a {@code SequentialBlock}
   * whose last child is the classifier.
   *
   * @throws ModelException if the network is TorchScript or another kind of block: the layer cannot
   *     be told from outside
   */
  @Override
  public DifferentiableModel features() {
    return new Features(this, network.features());
  }

  /** Runs a part of this model's network. */
  Pass with(Network part, Batch inputs, Purpose purpose) {
    Lock shared = shared();
    try {
      return run(part, inputs, purpose, shared);
    } finally {
      shared.unlock();
    }
  }

  /**
   * Writes the parameters: for a block an NPZ file, for {@link #loadParameters} and NumPy; for
   * TorchScript an archive, for {@link #torchScript} and PyTorch. The file appears whole or not at
   * all.
   *
   * @throws UncheckedIOException if the file cannot be written
   */
  public void save(Path file) {
    Lock shared = shared();
    try {
      AtomicFile.write(file, out -> network.write(parameters, out));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    } finally {
      shared.unlock();
    }
  }

  /**
   * Takes over the parameters that {@link #save} wrote for a block of the same layers, all or none;
   * training starts afresh from them.
   *
   * @throws ModelException if there is no such file, it is not whole, or its parameters are not
   *     those of this network; or if this is TorchScript, which {@link #torchScript} loads
   */
  public void loadParameters(Path file) {
    Lock exclusive = exclusive();
    try {
      network.read(parameters, manager, file);
      forgetOldParameters();
      forgetTraining();
    } finally {
      exclusive.unlock();
    }
  }

  /**
   * {@inheritDoc} The SHA-256 is that of the TorchScript file or, for a block and after training,
   * of the parameters.
   */
  @Override
  public String fingerprint() {
    String known = digest;
    if (known == null) {
      Lock shared = shared();
      try {
        known = Digest.of(out -> network.identify(parameters, out));
        digest = known;
      } finally {
        shared.unlock();
      }
    }
    String seenAs =
        options.normalisation().changesNothing() ? "" : ", " + options.normalisation().toString();
    return "DjlModel[" + network.kind() + ", sha256=" + known + seenAs + "]";
  }

  /** Frees all that libtorch holds for this model, and unfreezes what was not frozen before. */
  @Override
  public void close() {
    Lock exclusive = lock.writeLock();
    exclusive.lock();
    try {
      if (!closed) {
        closed = true;
        forgetTraining();
        release();
      }
    } finally {
      exclusive.unlock();
    }
  }

  private void release() {
    parameters.restore();
    if (madeParameters) {
      network.block().clear();
    }
    manager.close();
  }

  private void forgetOldParameters() {
    digest = null;
    passes.close();
    passes = manager.newSubManager();
  }

  private void forgetTraining() {
    if (training != null) {
      training.close();
      training = null;
    }
  }

  @Override
  public String toString() {
    return "DjlModel[%s, %s -> %s, %s]"
        .formatted(network.kind(), inputShape(), classes, options.device());
  }

  private Lock shared() {
    return taken(lock.readLock());
  }

  private Lock exclusive() {
    return taken(lock.writeLock());
  }

  private Lock taken(Lock part) {
    part.lock();
    if (closed) {
      part.unlock();
      throw new IllegalStateException("a model must be open to be used, but was closed");
    }
    return part;
  }

  private EmptyPass nothing(Batch inputs) {
    return new EmptyPass(inputs, classes, inputShape().size());
  }

  private Pass run(Batch inputs, Purpose purpose, Lock held) {
    return run(network, inputs, purpose, held);
  }

  private Pass run(Network part, Batch inputs, Purpose purpose, Lock held) {
    if (inputs.width() != inputShape().size()) {
      throw new IllegalArgumentException(
          "inputs must have %s features like the model's input shape %s, but have %s"
              .formatted(inputShape().size(), inputShape(), inputs.width()));
    }
    return Pass.run(part, passes, options, held, inputs, purpose);
  }
}
