package io.gauntlet.benchmarks;

import io.gauntlet.data.DataFiles;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.train.Epoch;
import io.gauntlet.defenses.train.Hardening;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Range;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Gauntlet's side of {@code hardening.py} in {@code benchmarks/peers}: prints for every epoch of
 * adversarial training of {@link HardenedNet} the seconds it took and those of all its threads.
 */
@Command(name = "HardeningPace", sortOptions = false)
public final class HardeningPace implements Callable<Integer> {
  @Option(names = "--method", required = true, description = "${COMPLETION-CANDIDATES}")
  Method method = Method.PGD;

  @Option(names = "--images", required = true, description = "IDX file, its labels beside it")
  Path images = Path.of("");

  @Option(names = "--count", required = true, description = "images of an epoch")
  int count;

  @Option(names = "--epochs", required = true)
  int epochs;

  @Option(names = "--batch", required = true)
  int batch;

  @Option(names = "--steps", required = true, description = "of PGD")
  int steps;

  @Option(names = "--step-size", required = true, description = "of PGD, in epsilons")
  float stepSize;

  @Option(names = "--epsilon", required = true, description = "Linf, pixels from 0 to 1")
  float epsilon;

  @Spec CommandSpec spec = CommandSpec.create();

  private Duration before = Duration.ZERO;

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new HardeningPace()).execute(arguments));
  }

  @Override
  public Integer call() {
    Examples examples = DataFiles.read(images, Range.UNIT).first(count);
    Seed seed = Seed.of(1);
    try (DjlModel model =
        new HardenedNet(examples.shape(), 1, FirstWeights.NORMAL).untrained(1e-3f, 1, seed)) {
      Hardening<TrainableModel> hardening =
          Hardening.against(ThreatModel.linf(epsilon), method.recipe(steps, stepSize))
              .withFit(new Fit(epochs, batch));
      hardening.train(model, examples, seed, this::print);
    }
    return CommandLine.ExitCode.OK;
  }

  private void print(Epoch epoch) {
    Duration busy = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    double cpu = busy.minus(before).toMillis() / 1000.0;
    before = busy;
    spec.commandLine()
        .getOut()
        .println(String.format(Locale.ROOT, "%.4f %.4f", epoch.seconds(), cpu));
  }
}
