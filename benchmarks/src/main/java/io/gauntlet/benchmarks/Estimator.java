package io.gauntlet.benchmarks;

import com.google.gson.Gson;
import io.gauntlet.data.Examples;
import io.gauntlet.data.NpzFiles;
import io.gauntlet.defenses.certify.clever.Clever;
import io.gauntlet.defenses.certify.clever.CleverEstimate;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Range;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** CLEVER scores of images, for {@code clever.py} of {@code benchmarks/peers}. */
@Command(name = "Estimator", sortOptions = false)
public final class Estimator implements Callable<Integer> {
  private enum Ball {
    LINF,
    L2,
    L1;

    Norm norm() {
      return switch (this) {
        case LINF -> Norm.linf();
        case L2 -> Norm.l2();
        case L1 -> Norm.l1();
      };
    }
  }

  @Option(names = "--net", required = true, description = "TorchScript file; answers logits")
  Path net = Path.of("");

  @Option(names = "--data", required = true, description = ".npz: x in [0, 1] and y")
  Path data = Path.of("");

  @Option(names = "--norm", required = true, description = "${COMPLETION-CANDIDATES}")
  private Ball ball = Ball.L2;

  @Option(names = "--radius", required = true, description = "of the ball, in pixels")
  float radius;

  @Option(names = "--batches", required = true, description = "maxima to fit to")
  int batches;

  @Option(names = "--samples", required = true, description = "points of a batch")
  int samples;

  @Option(names = "--seed", required = true)
  long seed;

  @Option(names = "--report", required = true, description = "JSON to write")
  Path report = Path.of("");

  private record Row(double score, List<CleverEstimate.Rival> rivals) {}

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Estimator())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Examples images = NpzFiles.read(data, new Range(0, 1));
    Clever clever = new Clever(ball.norm(), radius, batches, samples);
    try (DjlModel model = DjlModel.torchScript(net, images.shape())) {
      List<Row> rows =
          clever.estimate(model, images.inputs(), Seed.of(seed)).stream()
              .map(estimate -> new Row(estimate.score(), estimate.rivals()))
              .toList();
      Files.writeString(report, new Gson().toJson(rows));
    }
    return CommandLine.ExitCode.OK;
  }
}
