package io.gauntlet.jmh;

import io.gauntlet.defenses.Guard;
import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.Reply;
import io.gauntlet.defenses.limit.Limits;
import io.gauntlet.defenses.limit.QueryLimiter;
import io.gauntlet.defenses.limit.Window;
import io.gauntlet.defenses.monitor.MarginProfile;
import io.gauntlet.defenses.monitor.NearDuplicateSettings;
import io.gauntlet.defenses.monitor.NearDuplicates;
import io.gauntlet.defenses.monitor.OutOfDistribution;
import io.gauntlet.defenses.monitor.Prada;
import io.gauntlet.defenses.monitor.Sensitivity;
import io.gauntlet.defenses.postprocess.Noise;
import io.gauntlet.defenses.postprocess.NoiseKey;
import io.gauntlet.defenses.postprocess.Rounding;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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

/**
 * A query of one row: through guards to a model that answers at once, and to the CNN without
 * guards. The first divided by the second is what guards add.
 *
 * <p>The client changes its name every 90 queries, because a monitor that has given alarm looks at
 * the client no more.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Thread)
public class GuardBenchmark {
  /** Guards in front of the model. */
  public enum Stack {
    /** None: validation and softmax. */
    NONE,
    /** Two windows, a lifetime, a ceiling over everybody. */
    LIMITS,
    /** Noise that belongs to the input, then rounding. */
    OUTPUT,
    /** Inputs of another kind, margins. */
    PROFILES,
    /** Distances of inputs. */
    PRADA,
    /** Fingerprints of inputs. */
    NEAR_DUPLICATES,
    /** All of them. */
    ALL
  }

  private static final int INPUTS = 512;
  private static final int QUERIES_PER_NAME = 90;

  /** What stands in front. */
  @Param Stack stack = Stack.ALL;

  private GuardedModel guarded;
  private DifferentiableModel cnn;
  private Batch[] rows;
  private int asked;

  /** Builds the guards and checks that a query passes them. */
  @Setup
  public void build() {
    cnn = Net.CNN.build(1);
    Batch inputs = Net.CNN.inputs(INPUTS);
    rows = new Batch[INPUTS];
    for (int i = 0; i < INPUTS; i++) {
      rows[i] = inputs.slice(i, i + 1);
    }
    guarded = GuardedModel.of(new AtOnce(cnn.logits(inputs).row(0))).guardedBy(guards(inputs));
    if (!(guardedQuery() instanceof Reply.Answered)) {
      throw new IllegalStateException("a query must pass the guards");
    }
  }

  private Guard[] guards(Batch inputs) {
    Guard limits =
        QueryLimiter.of(
            Limits.of(
                    new Window(1_000_000_000, Duration.ofSeconds(10)),
                    new Window(1_000_000_000, Duration.ofDays(1)))
                .withLifetime(1_000_000_000)
                .withEverybody(new Window(1_000_000_000_000L, Duration.ofDays(1))));
    byte[] secret = "a benchmark's key".getBytes(StandardCharsets.UTF_8);
    Guard noise = Noise.gaussian(0.05f, NoiseKey.of(secret));
    Guard rounding = Rounding.to(3);
    Guard outside = OutOfDistribution.of(inputs, Sensitivity.standard());
    Reply calibration = GuardedModel.of(cnn).ask("calibration", inputs);
    Guard margins =
        MarginProfile.of(((Reply.Answered) calibration).probabilities(), Sensitivity.standard());
    Guard duplicates = NearDuplicates.of(NearDuplicateSettings.standard(), Seed.of(1));
    Guard prada = Prada.standard();
    return switch (stack) {
      case NONE -> new Guard[0];
      case LIMITS -> new Guard[] {limits};
      case OUTPUT -> new Guard[] {noise, rounding};
      case PROFILES -> new Guard[] {outside, margins};
      case PRADA -> new Guard[] {prada};
      case NEAR_DUPLICATES -> new Guard[] {duplicates};
      case ALL -> new Guard[] {limits, outside, margins, prada, duplicates, noise, rounding};
    };
  }

  /** One row through the guards. */
  @Benchmark
  public Reply guardedQuery() {
    asked++;
    return guarded.ask("client " + asked / QUERIES_PER_NAME, rows[asked % INPUTS]);
  }

  /** One row through the CNN alone. */
  @Benchmark
  public Batch bareCnn() {
    return cnn.logits(rows[asked++ % INPUTS]);
  }

  /** Answers every row alike. */
  private record AtOnce(Batch answer) implements Model {
    AtOnce(float... logits) {
      this(Batch.of(logits));
    }

    @Override
    public Shape inputShape() {
      return Shape.of(1, 28, 28);
    }

    @Override
    public Domain domain() {
      return Domain.UNIT;
    }

    @Override
    public int classes() {
      return answer.width();
    }

    @Override
    public Batch logits(Batch inputs) {
      return answer;
    }
  }
}
