package io.gauntlet.jmh;

import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.attacks.gradient.Effort;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.util.concurrent.TimeUnit;
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

/** One pass, and one step, of one thread. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Thread)
public class PassBenchmark {
  /** Network and backend. */
  @Param Net net = Net.CNN;

  /** Examples per call. */
  @Param({"1", "16", "128", "512"})
  int batch;

  private DifferentiableModel model;
  private Batch inputs;
  private LogitLoss loss;
  private Neighbourhood allowed;
  private Goal goal;
  private final Pgd oneStep =
      Pgd.standard().withSteps(1).withRestarts(1).withEffort(Effort.ALL_STEPS);

  /** Builds the network and checks that it answers. */
  @Setup
  public void build() {
    model = net.build(1);
    inputs = net.inputs(batch);
    goal = new Goal.Untargeted(Net.answers(model, inputs));
    loss = goal.loss(Objective.CROSS_ENTROPY);
    allowed = ThreatModel.linf(0.1f).around(inputs, model.domain());
    float[] gradient = model.gradient(inputs, loss).byInput().row(0);
    double size = 0;
    for (float g : gradient) {
      size += Math.abs(g);
    }
    if (!(size > 0)) {
      throw new IllegalStateException("the gradient must not vanish, but its size was " + size);
    }
  }

  /** Scores only. */
  @Benchmark
  public Batch forward() {
    return model.logits(inputs);
  }

  /** Scores and input gradient. */
  @Benchmark
  public Gradient forwardBackward() {
    return model.gradient(inputs, loss);
  }

  /** One PGD step and the check of where it ended: one pass there and back, and one there. */
  @Benchmark
  public Batch pgdStep() {
    return oneStep.perturb(model, allowed, goal, Seed.of(3));
  }
}
