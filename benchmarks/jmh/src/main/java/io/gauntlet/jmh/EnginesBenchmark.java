package io.gauntlet.jmh;

import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.LogitLoss;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
 * ND4J beside libtorch: the same weights, the same inputs, one thread each, in turn within one
 * invocation.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 15)
@Fork(1)
@State(Scope.Thread)
public class EnginesBenchmark {
  private static final int ROUNDS = 10;
  private static final float TOLERANCE = 1e-3f;

  /** Network. */
  @Param({"MLP", "CNN"})
  Net net = Net.CNN;

  /** Examples per call. */
  @Param({"1", "64"})
  int batch;

  private DifferentiableModel libtorch;
  private DifferentiableModel sameDiff;
  private DifferentiableModel dl4j;
  private Batch inputs;
  private LogitLoss loss;

  /** Where the time of an invocation went. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Split {
    /** PyTorch through DJL. */
    public long libtorchMicros;

    /** A SameDiff graph. */
    public long sameDiffMicros;

    /** A MultiLayerNetwork. */
    public long dl4jMicros;
  }

  /** Builds the three, and checks that they are one network. */
  @Setup
  public void build() {
    libtorch = Engine.LIBTORCH.build(net);
    sameDiff = Engine.SAMEDIFF.build(net);
    dl4j = Engine.DL4J.build(net);
    inputs = net.inputs(batch);
    loss = new Goal.Untargeted(Net.answers(libtorch, inputs)).loss(Objective.CROSS_ENTROPY);
    requireAgreement(sameDiff);
    requireAgreement(dl4j);
  }

  private void requireAgreement(DifferentiableModel model) {
    Batch expected = libtorch.gradient(inputs, loss).byInput();
    Batch found = model.gradient(inputs, loss).byInput();
    for (int i = 0; i < batch; i++) {
      float largest = 0;
      float difference = 0;
      for (int j = 0; j < inputs.width(); j++) {
        largest = Math.max(largest, Math.abs(expected.get(i, j)));
        difference = Math.max(difference, Math.abs(expected.get(i, j) - found.get(i, j)));
      }
      if (!(difference <= TOLERANCE * largest)) {
        throw new IllegalStateException(
            "%s must have libtorch's gradient, but row %s differs by %s of %s"
                .formatted(model, i, difference, largest));
      }
    }
  }

  /** Ten times the scores. */
  @Benchmark
  public void forward(Split split, Blackhole hole) {
    inTurn(split, hole, model -> model.logits(inputs));
  }

  /** Ten times the scores and the input gradient. */
  @Benchmark
  public void forwardBackward(Split split, Blackhole hole) {
    inTurn(split, hole, model -> model.gradient(inputs, loss));
  }

  private void inTurn(Split split, Blackhole hole, Function<DifferentiableModel, Object> call) {
    split.libtorchMicros += micros(libtorch, hole, call);
    split.sameDiffMicros += micros(sameDiff, hole, call);
    split.dl4jMicros += micros(dl4j, hole, call);
  }

  private static long micros(
      DifferentiableModel model, Blackhole hole, Function<DifferentiableModel, Object> call) {
    long start = System.nanoTime();
    for (int round = 0; round < ROUNDS; round++) {
      hole.consume(call.apply(model));
    }
    return (System.nanoTime() - start) / 1000;
  }
}
