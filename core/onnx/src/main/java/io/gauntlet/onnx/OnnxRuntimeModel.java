package io.gauntlet.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Any ONNX file, run by ONNX Runtime: scores without gradients, for black-box attacks.
 *
 * <p>Any number of threads may ask at the same time; {@link #close} waits for them. A file that
 * fixes the size of the batch is asked as often as it takes. The file's own arithmetic is not
 * watched while it runs: a hostile one can exhaust time and memory, or end the process.
 */
public final class OnnxRuntimeModel implements Model, AutoCloseable {
  private final OnnxFile file;
  private final OnnxOptions options;
  private final Ends ends;
  private final OrtSession session;
  private final int classes;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  private OnnxRuntimeModel(OnnxFile file, OnnxOptions options, Ends ends, OrtSession session)
      throws OrtException {
    this.file = file;
    this.options = options;
    this.ends = ends;
    this.session = session;
    float[] legal = new float[inputShape().size()];
    for (int j = 0; j < legal.length; j++) {
      legal[j] = domain().clip(j, 0);
    }
    classes = run(Batch.of(legal)).width();
  }

  /** As {@link #open(Path, OnnxOptions)} with {@link OnnxOptions#standard}. */
  public static OnnxRuntimeModel open(Path file) {
    return open(file, OnnxOptions.standard());
  }

  /**
   * A model from a file.
   *
   * @param file maps one input (rows, shape), of floats or whole numbers, to (rows, classes), at
   *     least 2 classes; a map from labels to probabilities, as skl2onnx ends with, is read in the
   *     order of its columns
   * @throws ModelException if there is no such file, it is not whole, refers to places outside its
   *     folder, or ONNX Runtime cannot run it
   */
  public static OnnxRuntimeModel open(Path file, OnnxOptions options) {
    OnnxFile read = OnnxFile.read(file);
    return open(read, Ends.of(read, options), options);
  }

  static OnnxRuntimeModel open(OnnxFile file, Ends ends, OnnxOptions options) {
    options.torch(ends.inputShape());
    OrtEnvironment environment = DeepStart.environment();
    try (SessionOptions how = new SessionOptions()) {
      environment.setTelemetry(false);
      how.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      how.setIntraOpNumThreads(options.threads());
      how.setInterOpNumThreads(1);
      how.addConfigEntry(
          "session.model_external_initializers_file_folder_path", file.folder().toString());
      OrtSession session = environment.createSession(file.withOutput(ends.output()), how);
      try {
        return new OnnxRuntimeModel(file, options, ends, session);
      } catch (OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new ModelException(
          "%s must be a model that ONNX Runtime can run, but it says: %s"
              .formatted(file.path(), e.getMessage()),
          e);
    }
  }

  @Override
  public Shape inputShape() {
    return ends.inputShape();
  }

  @Override
  public Domain domain() {
    return options.domain();
  }

  @Override
  public int classes() {
    return classes;
  }

  /** As many callers as there are cores for the threads of each, 64 inputs a call. */
  @Override
  public Concurrency concurrency() {
    int cores = Runtime.getRuntime().availableProcessors();
    return new Concurrency(Math.max(1, cores / options.threads()), 64, true);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the inputs' width is not the input shape's size, or one is
   *     not whole where the file takes whole numbers
   * @throws IllegalStateException if this model is closed
   */
  @Override
  public Batch logits(Batch inputs) {
    if (inputs.width() != inputShape().size()) {
      throw new IllegalArgumentException(
          "inputs must have %s features like the model's input shape %s, but have %s"
              .formatted(inputShape().size(), inputShape(), inputs.width()));
    }
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("a model must be open to be used, but was closed");
      }
      return inputs.rows() == 0 ? inputs.withValues(classes, new float[0]) : run(inputs);
    } catch (OrtException e) {
      throw new ModelException(
          "ONNX Runtime failed on %s inputs of %s: %s"
              .formatted(inputs.rows(), inputShape(), e.getMessage()),
          e);
    } finally {
      lock.readLock().unlock();
    }
  }

  private Batch run(Batch inputs) throws OrtException {
    int width = inputShape().size();
    int rows = inputs.rows();
    int step = ends.fixedRows() == 0 ? rows : (int) Math.min(Integer.MAX_VALUE, ends.fixedRows());
    float[] seen = options.seen(inputs, inputShape());
    float[] scores = {};
    for (int from = 0; from < rows; from += step) {
      float[] part = Arrays.copyOfRange(seen, from * width, Math.multiplyExact(from + step, width));
      float[] answer = run(part, step);
      int each = answer.length / step;
      scores = from == 0 ? new float[rows * each] : scores;
      System.arraycopy(answer, 0, scores, from * each, Math.min(step, rows - from) * each);
    }
    return inputs.withValues(scores.length / rows, scores);
  }

  private float[] run(float[] values, int rows) throws OrtException {
    try (OnnxTensor input = tensor(values, rows);
        OrtSession.Result result =
            session.run(Map.of(ends.input().name(), input), Set.of(ends.output()))) {
      if (result.get(0) instanceof OnnxTensor scores) {
        return scores(scores, rows);
      }
      throw new ModelException(
          "%s must answer with a tensor, but '%s' is %s"
              .formatted(file.path(), ends.output(), result.get(0).getType()));
    }
  }

  private OnnxTensor tensor(float[] values, int rows) throws OrtException {
    OrtEnvironment environment = DeepStart.environment();
    long[] sizes = ends.batchOf(rows);
    ElementType type = ends.input().type().orElse(ElementType.FLOAT);
    return switch (type) {
      case FLOAT -> OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), sizes);
      case DOUBLE -> {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        yield OnnxTensor.createTensor(environment, DoubleBuffer.wrap(wide), sizes);
      }
      case INT64 -> {
        long[] whole = new long[values.length];
        Arrays.setAll(whole, i -> whole(values[i]));
        yield OnnxTensor.createTensor(environment, LongBuffer.wrap(whole), sizes);
      }
      case INT32 -> {
        int[] whole = new int[values.length];
        Arrays.setAll(whole, i -> whole(values[i]));
        yield OnnxTensor.createTensor(environment, IntBuffer.wrap(whole), sizes);
      }
      default ->
          throw new ModelException(
              "%s must take floats or whole numbers, but has %s"
                  .formatted(file.path(), ends.input()));
    };
  }

  private int whole(float value) {
    if (value == (int) value) {
      return (int) value;
    }
    throw new IllegalArgumentException(
        "inputs must be whole numbers for %s, but one was %s".formatted(ends.input(), value));
  }

  private float[] scores(OnnxTensor answer, int rows) throws OrtException {
    TensorInfo info = answer.getInfo();
    long[] sizes = info.getShape();
    boolean dropsBatch = rows == 1 && sizes.length == 1;
    long columns = sizes.length == 0 ? 0 : sizes[sizes.length - 1];
    if (!(dropsBatch || (sizes.length == 2 && sizes[0] == rows))
        || columns < 2
        || columns > Ends.MOST_CLASSES) {
      throw new ModelException(
          "%s must answer %s rows with shape (%s, classes), 2 to %s classes, but answers with "
                  .formatted(file.path(), rows, rows, Ends.MOST_CLASSES)
              + Arrays.toString(sizes));
    }
    float[] scores = new float[Math.toIntExact(rows * columns)];
    switch (info.type) {
      case FLOAT, FLOAT16, BFLOAT16 -> answer.getFloatBuffer().get(scores);
      case DOUBLE -> {
        DoubleBuffer wide = answer.getDoubleBuffer();
        for (int i = 0; i < scores.length; i++) {
          scores[i] = (float) wide.get(i);
        }
      }
      default ->
          throw new ModelException(
              "%s must answer with floats, but answers with %s".formatted(file.path(), info.type));
    }
    return scores;
  }

  /** {@inheritDoc} The SHA-256 is that of the file and of all files that it refers to. */
  @Override
  public String fingerprint() {
    return "OnnxRuntimeModel[%s, sha256=%s%s]"
        .formatted(ends.output(), file.digest(), options.normalised());
  }

  /** Frees all that ONNX Runtime holds for this model. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        session.close();
      }
    } catch (OrtException e) {
      throw new ModelException("%s could not be closed: %s".formatted(file.path(), e), e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public String toString() {
    return "OnnxRuntimeModel[%s, %s -> %s]".formatted(file.path(), inputShape(), classes);
  }
}
