package io.gauntlet.jmh;

import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.onnx.OnnxModel;
import io.gauntlet.random.Seed;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The same network from an ONNX file and from a TorchScript file, taking turns within one
 * invocation, and the import. {@code benchmarks/jmh/make_onnx_nets.py} makes the files.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 9)
@Fork(1)
@State(Scope.Thread)
public class OnnxBenchmark {
  private static final Path FOLDER = Path.of("benchmarks/jmh/target/nets");

  /** The network, by the name of its files. */
  @Param({"mlp", "cnn", "resnet20", "vit", "large"})
  String net = "cnn";

  /** Examples per call. */
  @Param("16")
  int batch;

  /** Forward and backward passes of each, per invocation. */
  @Param("20")
  int passes;

  private DjlModel torchScript;
  private OnnxModel onnx;
  private Batch inputs;
  private LogitLoss loss;

  private Path file(String ending) {
    return FOLDER.resolve(net + ending);
  }

  /** Opens both and checks that they are the same network. */
  @Setup
  public void build() {
    onnx = OnnxModel.open(file(".onnx"));
    torchScript = DjlModel.torchScript(file(".pt"), onnx.inputShape());
    RandomGenerator random = Seed.of(2).forExample(0);
    int width = onnx.inputShape().size();
    float[] values = new float[batch * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    inputs = Batch.wrap(width, values);
    loss = new CrossEntropy(Net.answers(torchScript, inputs));
    Batch ours = onnx.logits(inputs);
    Batch theirs = torchScript.logits(inputs);
    for (int i = 0; i < batch; i++) {
      for (int k = 0; k < ours.width(); k++) {
        if (!(Math.abs(ours.get(i, k) - theirs.get(i, k)) < 1e-3)) {
          throw new IllegalStateException("both files must hold one network, but answers differ");
        }
      }
    }
  }

  /** Frees both. */
  @TearDown
  public void close() {
    onnx.close();
    torchScript.close();
  }

  /** Where the time of an invocation went. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Split {
    /** Of the TorchScript file. */
    public long torchScriptMicros;

    /** Of the ONNX file. */
    public long onnxMicros;
  }

  /** A gradient of one, a gradient of the other, and again. */
  @Benchmark
  public void inTurn(Split split, Blackhole hole) {
    for (int pass = 0; pass < passes; pass++) {
      long start = System.nanoTime();
      hole.consume(torchScript.gradient(inputs, loss));
      long middle = System.nanoTime();
      hole.consume(onnx.gradient(inputs, loss));
      long end = System.nanoTime();
      split.torchScriptMicros += (middle - start) / 1000;
      split.onnxMicros += (end - middle) / 1000;
    }
  }

  /** Reads, translates and loads the file, and compares it with ONNX Runtime. */
  @Benchmark
  public void importing(Blackhole hole) {
    try (OnnxModel opened = OnnxModel.open(file(".onnx"))) {
      hole.consume(opened.largestDifference());
    }
  }
}
