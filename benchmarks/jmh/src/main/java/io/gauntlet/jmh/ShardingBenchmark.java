package io.gauntlet.jmh;

import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.LogitLoss;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The same gradients of the same micro-batches: one thread each, or all threads for each. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(2)
@State(Scope.Benchmark)
public class ShardingBenchmark {
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final int ROUNDS = 10;

  /** Network and backend. */
  @Param({"CNN"})
  Net net = Net.CNN;

  /** Examples per call. */
  @Param({"16", "64", "128", "512"})
  int batch;

  /** Workers of one thread each, or one worker of all threads. */
  @Param({"SHARDED", "INTRA_OP"})
  Drive drive = Drive.SHARDED;

  /** How the cores are used. */
  public enum Drive {
    /** As many workers as cores, one thread of the engine each. */
    SHARDED,
    /** One worker, as many threads of the engine as cores. */
    INTRA_OP
  }

  private DifferentiableModel model;
  private List<Batch> shards;
  private LogitLoss loss;
  private ExecutorService pool;

  /** Builds the network and one micro-batch for each core. */
  @Setup
  public void build() {
    model = net.build(drive == Drive.SHARDED ? 1 : CORES);
    Batch inputs = net.inputs(batch * CORES);
    loss = new Goal.Untargeted(Net.answers(model, inputs)).loss(Objective.CROSS_ENTROPY);
    shards =
        IntStream.range(0, CORES).mapToObj(i -> inputs.slice(i * batch, (i + 1) * batch)).toList();
    pool = Executors.newFixedThreadPool(drive == Drive.SHARDED ? CORES : 1);
  }

  /** Ends the workers. */
  @TearDown
  public void stop() {
    pool.shutdownNow();
  }

  /** Ten gradients of each micro-batch. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public float gradients() throws Exception {
    List<Future<Float>> results =
        pool.invokeAll(
            shards.stream()
                .map(shard -> (java.util.concurrent.Callable<Float>) () -> rounds(shard))
                .toList());
    float sum = 0;
    for (Future<Float> result : results) {
      sum += result.get();
    }
    return sum;
  }

  private float rounds(Batch shard) {
    float sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
      sum += model.gradient(shard, loss).byInput().get(0, 0);
    }
    return sum;
  }
}
