package io.gauntlet.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import io.gauntlet.model.ModelException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Starts ONNX Runtime where it has room. While its library is loaded, version 1.29 matches the
 * command line of the process by a recursion some hundred bytes deep for every character, so that
 * {@code java -cp} with a class path of 5,000 characters, as IDEs write it, ends the JVM on an
 * ordinary stack of one megabyte.
 */
final class DeepStart {
  /** For the longest argument that Linux takes, 131,072 characters; only what is used is paid. */
  private static final long STACK_BYTES = 256L << 20;

  private static @Nullable OrtEnvironment started;

  private DeepStart() {}

  /** The environment of this process. */
  static synchronized OrtEnvironment environment() {
    OrtEnvironment environment = started == null ? start() : started;
    started = environment;
    return environment;
  }

  private static OrtEnvironment start() {
    FutureTask<OrtEnvironment> start =
        new FutureTask<>(
            () -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL));
    Thread thread = new Thread(null, start, "onnxruntime-start", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    try {
      return start.get();
    } catch (ExecutionException e) {
      throw new ModelException("ONNX Runtime could not be loaded: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModelException("interrupted while ONNX Runtime was being loaded", e);
    }
  }
}
