package io.gauntlet.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.gauntlet.model.ModelException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/**
 * Everything that DJL's public interface does not offer, in one place.
 *
 * <p>DJL differentiates through a collector of which one may be open in the whole JVM, switches a
 * TorchScript module between training and evaluation behind the caller's back, and hands out arrays
 * whose memory waits for the garbage collector. The calls below are the ones underneath, which do
 * none of that; DJL does not promise to keep them, and {@code LibtorchTest} notices.
 */
final class Libtorch {
  private static final String[] NO_EXTRA_FILES = {};
  private static final ThreadLocal<Integer> THREADS = ThreadLocal.withInitial(() -> 0);

  static {
    setUnlessSet("ai.djl.offline", "DJL_OFFLINE");
    setUnlessSet("OPT_OUT_TRACKING", "OPT_OUT_TRACKING");
  }

  private Libtorch() {}

  private static void setUnlessSet(String property, String variable) {
    if (System.getProperty(property) == null && System.getenv(variable) == null) {
      System.setProperty(property, "true");
    }
  }

  /** A manager of its own, under no other. */
  static NDManager newManager(Device device) {
    Engine engine = Engine.getEngine(PtEngine.ENGINE_NAME);
    if (device.isGpu() && !engine.hasCapability(StandardCapabilities.CUDA)) {
      throw new ModelException(
          "device %s needs a libtorch that was built for CUDA, but %s was not"
              .formatted(device, engine.getVersion()));
    }
    return engine.newBaseManager(device);
  }

  /** Gives the calling thread its number of libtorch threads. */
  static void prepareThread(int threads) {
    if (THREADS.get() != threads) {
      JniUtils.getNumThreads(); // makes libtorch's own start-up of the thread happen before
      JniUtils.setNumThreads(threads);
      JniUtils.setGraphExecutorOptimize(false);
      THREADS.set(threads);
    }
  }

  /** Switches the recording of graphs on or off for the calling thread; gives what it was. */
  static boolean record(boolean on) {
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(on);
    return before;
  }

  /** The shape of {@code rows} examples. */
  static Shape shape(int rows, io.gauntlet.model.Shape example) {
    long[] sizes = example.sizes().stream().mapToLong(Integer::longValue).toArray();
    return new Shape(rows).addAll(new Shape(sizes));
  }

  /** A new array on the manager's device; a leaf of whatever graph it becomes part of. */
  static NDArray array(NDManager manager, FloatBuffer values, Shape shape) {
    if (manager.getDevice().isGpu()) {
      return manager.create(values, shape, DataType.FLOAT32);
    }
    // written into libtorch's own memory: a direct buffer of Java's waits for the garbage collector
    NDArray array = manager.create(shape, DataType.FLOAT32);
    array.toByteBuffer(true).asFloatBuffer().put(values);
    return array;
  }

  /** A copy of an array's values. */
  static float[] floats(NDArray array) {
    float[] values = new float[Math.toIntExact(array.size())];
    array.toByteBuffer(true).asFloatBuffer().get(values);
    return values;
  }

  /**
   * Loads a TorchScript file, in evaluation mode, its parameters such that one can differentiate.
   */
  static Block load(NDManager manager, Path file) {
    return JniUtils.loadModule(
        (PtNDManager) manager, file, true, NO_EXTRA_FILES, NO_EXTRA_FILES, true);
  }

  static boolean isTorchScript(Block block) {
    return block instanceof PtSymbolBlock;
  }

  /** Runs a TorchScript module in the mode it is in; records a graph if the thread does. */
  static NDList forward(Block torchScript, NDArray input) {
    return IValueUtils.forward((PtSymbolBlock) torchScript, new NDList(input), true);
  }

  static void setTraining(Block torchScript, boolean training) {
    if (training) {
      JniUtils.enableTrainingMode((PtSymbolBlock) torchScript);
    } else {
      JniUtils.enableInferenceMode((PtSymbolBlock) torchScript);
    }
  }

  static void write(Block torchScript, OutputStream out) {
    JniUtils.writeModule((PtSymbolBlock) torchScript, out, false);
  }

  /** Adds {@code byOutput} times the derivative of {@code output} to every leaf's gradient. */
  static void backward(NDArray output, NDArray byOutput, boolean keepGraph) {
    JniUtils.backward((PtNDArray) output, (PtNDArray) byOutput, keepGraph, false);
  }

  static void zeroGradient(NDArray leaf) {
    JniUtils.zeroGrad((PtNDArray) leaf);
  }

  /** Seeds the one generator that all of libtorch draws from. */
  static void seed(long seed) {
    JniUtils.setSeed(seed);
  }
}
