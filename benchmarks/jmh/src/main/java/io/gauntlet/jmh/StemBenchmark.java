package io.gauntlet.jmh;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.random.Seed;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The way back through a first convolution: ours, and libtorch's, which a network falls back to
 * that hides its convolution in a block of its own. In turn within one invocation.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 40)
@Measurement(iterations = 15)
@Fork(1)
@State(Scope.Thread)
public class StemBenchmark {
  private static final int ROUNDS = 10;
  private static final float TOLERANCE = 1e-3f;

  /** Channels x side of the image, filters x side, stride. */
  @Param({"1x28 16x4 2", "1x28 16x3 1", "1x28 32x5 1", "3x32 32x3 1", "3x32 64x3 1", "3x32 32x4 2"})
  String sizes;

  /** Examples per call. */
  @Param({"1", "64"})
  int batch;

  private DjlModel open;
  private DjlModel hidden;
  private Batch inputs;
  private LogitLoss loss;

  /** Where the time of an invocation went. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Split {
    /** The convolution hidden. */
    public long libtorchMicros;

    /** The convolution open to see. */
    public long stemMicros;
  }

  /** Builds both, and checks that they are one network. */
  @Setup
  public void build() {
    String[] parts = sizes.split("[x ]");
    int channels = Integer.parseInt(parts[0]);
    int side = Integer.parseInt(parts[1]);
    io.gauntlet.model.Shape image = io.gauntlet.model.Shape.of(channels, side, side);
    open = network(convolution(parts), image);
    hidden = network(new SequentialBlock().add(convolution(parts)), image);
    RandomGenerator random = Seed.of(2).forExample(0);
    float[] values = new float[batch * image.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    inputs = Batch.wrap(image.size(), values);
    loss = new CrossEntropy(Labels.of(new int[batch]));
    Batch difference =
        open.gradient(inputs, loss).byInput().minus(hidden.gradient(inputs, loss).byInput());
    float largest = 0;
    for (int i = 0; i < batch; i++) {
      for (float apart : difference.row(i)) {
        largest = Math.max(largest, Math.abs(apart));
      }
    }
    if (!(largest <= TOLERANCE)) {
      throw new IllegalStateException("gradients must agree, but differ by " + largest);
    }
  }

  private static Block convolution(String... parts) {
    int side = Integer.parseInt(parts[3]);
    int stride = Integer.parseInt(parts[4]);
    return Conv2d.builder()
        .setKernelShape(new Shape(side, side))
        .optStride(new Shape(stride, stride))
        .optPadding(new Shape((side - 1) / 2, (side - 1) / 2))
        .setFilters(Integer.parseInt(parts[2]))
        .build();
  }

  private static DjlModel network(Block first, io.gauntlet.model.Shape image) {
    return DjlModel.of(
        new SequentialBlock()
            .add(first)
            .add(Activation::relu)
            .add(Blocks.batchFlattenBlock())
            .add(Linear.builder().setUnits(10).build()),
        DjlOptions.of(image).withThreads(1).withSeed(Seed.of(1)));
  }

  /** Ten times the scores and the input gradient. */
  @Benchmark
  public void forwardBackward(Split split, Blackhole hole) {
    split.libtorchMicros += micros(hidden, hole);
    split.stemMicros += micros(open, hole);
  }

  private long micros(DifferentiableModel model, Blackhole hole) {
    long start = System.nanoTime();
    for (int round = 0; round < ROUNDS; round++) {
      hole.consume(model.gradient(inputs, loss));
    }
    return (System.nanoTime() - start) / 1000;
  }
}
