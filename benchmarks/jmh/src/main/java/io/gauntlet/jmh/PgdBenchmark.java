package io.gauntlet.jmh;

import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.attacks.gradient.Effort;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.util.concurrent.TimeUnit;
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
 * What PGD-40 adds to its forty passes, and what letting go of fooled examples saves. The three
 * take turns within one invocation: run apart, they differ by more than what is to be measured.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 5)
@Fork(1)
@State(Scope.Thread)
public class PgdBenchmark {
  private static final int STEPS = 40;

  /** Network and backend. */
  @Param({"CNN"})
  Net net = Net.CNN;

  /** Examples per call. */
  @Param({"128", "512"})
  int batch;

  private DifferentiableModel model;
  private Batch inputs;
  private LogitLoss loss;
  private Neighbourhood allowed;
  private Goal goal;

  /** Builds an undefended network: PGD fools all its examples, or the comparison means nothing. */
  @Setup
  public void build() {
    model = net.build(1);
    inputs = net.inputs(batch);
    goal = new Goal.Untargeted(Net.answers(model, inputs));
    loss = goal.loss(Objective.CROSS_ENTROPY);
    allowed = ThreatModel.linf(0.1f).around(inputs, model.domain());
    Batch logits = model.logits(pgd(Effort.UNTIL_FOOLED));
    for (int i = 0; i < batch; i++) {
      if (!goal.isReached(logits, i)) {
        throw new IllegalStateException("PGD must fool the undefended net, but not example " + i);
      }
    }
  }

  /** Where the time of an invocation went. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Split {
    /** Bare passes, as many as PGD-40 makes: forty there and back, and one more there. */
    public long passesMicros;

    /** PGD-40, every step of it. */
    public long allStepsMicros;

    /** PGD-40 until each example is fooled. */
    public long untilFooledMicros;
  }

  /** All three, one after the other. */
  @Benchmark
  public void inTurn(Split split, Blackhole hole) {
    long start = System.nanoTime();
    for (int step = 0; step < STEPS; step++) {
      hole.consume(model.gradient(inputs, loss));
    }
    hole.consume(model.logits(inputs));
    long passes = System.nanoTime();
    hole.consume(pgd(Effort.ALL_STEPS));
    long allSteps = System.nanoTime();
    hole.consume(pgd(Effort.UNTIL_FOOLED));
    long untilFooled = System.nanoTime();
    split.passesMicros += (passes - start) / 1000;
    split.allStepsMicros += (allSteps - passes) / 1000;
    split.untilFooledMicros += (untilFooled - allSteps) / 1000;
  }

  private Batch pgd(Effort effort) {
    return Pgd.standard()
        .withSteps(STEPS)
        .withRestarts(1)
        .withEffort(effort)
        .perturb(model, allowed, goal, Seed.of(3));
  }
}
