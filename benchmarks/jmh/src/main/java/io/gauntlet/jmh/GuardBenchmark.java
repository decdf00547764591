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
import io.gauntlet.defenses.monitor.PradaSettings;
import io.gauntlet.defenses.monitor.Sensitivity;
import io.gauntlet.defenses.postprocess.Argmax;
import io.gauntlet.defenses.postprocess.GradientKernel;
import io.gauntlet.defenses.postprocess.MadPoisoning;
import io.gauntlet.defenses.postprocess.Noise;
import io.gauntlet.defenses.postprocess.NoiseKey;
import io.gauntlet.defenses.postprocess.Rounding;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
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
 * <p>Thresholds are out of reach, because a monitor that has given alarm looks at the client no
 * more. The client changes its name every thousand queries.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
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
    /** The same without the windows that many inputs share. */
    NEAR_DUPLICATES_CALIBRATED,
    /** Answers that mislead a linear thief. */
    POISONING,
    /** Answers that mislead a thief with the model's own architecture. */
    POISONING_BY_CNN,
    /** Limits, profiles, PRADA, near-duplicates, noise and rounding. */
    ALL
  }

  private static final int INPUTS = 512;
  private static final int QUERIES_PER_NAME = 1000;

  /** The CNN, and rows to ask it about. */
  @State(Scope.Thread)
  public static class Cnn {
    private DifferentiableModel model;
    private Batch inputs;
    private Batch[] rows;
    private int asked;

    /** Builds it. */
    @Setup
    public void build() {
      model = Net.CNN.build(1);
      inputs = Net.CNN.inputs(INPUTS);
      rows = new Batch[INPUTS];
      for (int i = 0; i < INPUTS; i++) {
        rows[i] = inputs.slice(i, i + 1);
      }
    }

    Batch row() {
      return rows[asked++ % INPUTS];
    }
  }

  /** Guards in front of a model that answers at once. */
  @State(Scope.Thread)
  public static class Guarded {
    /** What stands in front. */
    @Param Stack stack = Stack.ALL;

    private GuardedModel guarded;

    /** Builds the guards and checks that a query passes them. */
    @Setup
    public void build(Cnn cnn) {
      Model atOnce = new AtOnce(cnn.model.logits(cnn.inputs).row(0));
      guarded = GuardedModel.of(atOnce).guardedBy(guards(stack, cnn));
      if (!(ask(cnn) instanceof Reply.Answered)) {
        throw new IllegalStateException("a query must pass the guards");
      }
    }

    Reply ask(Cnn cnn) {
      return guarded.ask("client " + cnn.asked / QUERIES_PER_NAME, cnn.row());
    }
  }

  private static Guard[] guards(Stack stack, Cnn cnn) {
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
    Sensitivity never = new Sensitivity(1e-300, 100, 10_000);
    Guard outside = OutOfDistribution.of(cnn.inputs, never);
    Reply calibration = GuardedModel.of(cnn.model).ask("calibration", cnn.inputs);
    Guard margins = MarginProfile.of(((Reply.Answered) calibration).probabilities(), never);
    NearDuplicateSettings settings =
        NearDuplicateSettings.standard().withTolerated(Integer.MAX_VALUE);
    Guard duplicates = NearDuplicates.of(settings, Seed.of(1));
    Guard prada = Prada.of(PradaSettings.standard().withNormality(Double.MIN_VALUE));
    return switch (stack) {
      case NONE -> new Guard[0];
      case LIMITS -> new Guard[] {limits};
      case OUTPUT -> new Guard[] {noise, rounding};
      case PROFILES -> new Guard[] {outside, margins};
      case PRADA -> new Guard[] {prada};
      case NEAR_DUPLICATES -> new Guard[] {duplicates};
      case NEAR_DUPLICATES_CALIBRATED ->
          new Guard[] {
            NearDuplicates.calibrated(settings.withAnchored(true), Seed.of(1), cnn.inputs, never)
          };
      case POISONING -> new Guard[] {poisoning(linear())};
      case POISONING_BY_CNN -> new Guard[] {poisoning(cnn.model)};
      case ALL -> new Guard[] {limits, outside, margins, prada, duplicates, noise, rounding};
    };
  }

  private static Guard poisoning(Model guess) {
    return new MadPoisoning(1, Argmax.KEPT, GradientKernel.lastLayer(guess));
  }

  private static Model linear() {
    RandomGenerator random = Seed.of(3).forExample(0);
    float[][] weights = new float[10][Net.CNN.shape().size()];
    for (float[] row : weights) {
      for (int j = 0; j < row.length; j++) {
        row[j] = (float) random.nextGaussian() / 28;
      }
    }
    return Mlp.linear(Domain.UNIT, weights, new float[10]);
  }

  /** One row through the guards. */
  @Benchmark
  public Reply guardedQuery(Guarded guarded, Cnn cnn) {
    return guarded.ask(cnn);
  }

  /** One row through the CNN alone. */
  @Benchmark
  public Batch bareCnn(Cnn cnn) {
    return cnn.model.logits(cnn.row());
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
