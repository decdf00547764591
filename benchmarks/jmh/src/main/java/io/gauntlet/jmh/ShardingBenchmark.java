package io.gauntlet.jmh;

import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.LogitLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

/**
 * The same gradients of the same micro-batches: one thread for each, or all threads for each, in
 * turn within one invocation.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 15)
@Fork(1)
@State(Scope.Thread)
public class ShardingBenchmark {
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final int ROUNDS = 10;

  /** Network and backend. */
  @Param({"CNN"})
  Net net = Net.CNN;

  /** Examples per call. */
  @Param({"16", "64", "128", "512"})
  int batch;

  private DifferentiableModel oneThreadEach;
  private DifferentiableModel allThreads;
  private List<Batch> shards;
  private LogitLoss loss;
  private ExecutorService workers;
  private ExecutorService oneWorker;

  /** Where the time of an invocation went. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Split {
    /** As many workers as cores, one thread of the engine each. */
    public long shardedMicros;

    /** One worker, as many threads of the engine as cores. */
    public long intraOpMicros;
  }

  /** Builds the networks and one micro-batch for each core. */
  @Setup
  public void build() {
    oneThreadEach = net.build(1);
    allThreads = net.build(CORES);
    Batch inputs = net.inputs(batch * CORES);
    loss = new Goal.Untargeted(Net.answers(oneThreadEach, inputs)).loss(Objective.CROSS_ENTROPY);
    shards =
        IntStream.range(0, CORES).mapToObj(i -> inputs.slice(i * batch, (i + 1) * batch)).toList();
    workers = Executors.newFixedThreadPool(CORES);
    oneWorker = Executors.newFixedThreadPool(1);
  }

  /** Ends the workers. */
  @TearDown
  public void stop() {
    workers.shutdownNow();
    oneWorker.shutdownNow();
  }

  /** Ten gradients of each micro-batch, both ways. */
  @Benchmark
  public float inTurn(Split split) throws Exception {
    long start = System.nanoTime();
    float sum = gradients(workers, oneThreadEach);
    long sharded = System.nanoTime();
    sum += gradients(oneWorker, allThreads);
    long intraOp = System.nanoTime();
    split.shardedMicros += (sharded - start) / 1000;
    split.intraOpMicros += (intraOp - sharded) / 1000;
    return sum;
  }

  private float gradients(ExecutorService pool, DifferentiableModel model) throws Exception {
    List<Callable<Float>> calls = new ArrayList<>();
    for (Batch shard : shards) {
      calls.add(() -> rounds(model, shard));
    }
    float sum = 0;
    for (Future<Float> result : pool.invokeAll(calls)) {
      sum += result.get();
    }
    return sum;
  }

  private float rounds(DifferentiableModel model, Batch shard) {
    float sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
      sum += model.gradient(shard, loss).byInput().get(0, 0);
    }
    return sum;
  }
}
