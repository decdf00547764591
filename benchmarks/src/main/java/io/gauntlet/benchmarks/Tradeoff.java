package io.gauntlet.benchmarks;

import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.train.Hardening;
import io.gauntlet.defenses.train.Schedule;
import io.gauntlet.defenses.train.Trades;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Rate;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Trains the same network by TRADES with more and more weight on the attacked examples, and writes
 * as a Markdown table what that gains under attack and costs without.
 */
@Command(name = "Tradeoff", sortOptions = false)
public final class Tradeoff implements Callable<Integer> {
  private static final String HEADER =
      """
      | data | epsilon | beta | seed | clean accuracy (95 %) | under PGD-40 (95 %) |
      |---|---|---|---|---|---|
      """;

  @Option(names = "--data", required = true, description = Images.FOLDER)
  Path data = Path.of("");

  @Option(names = "--beta", description = "0 for plain training; may be repeated")
  List<Float> betas = new ArrayList<>(List.of(0f, 1f, 3f, 6f));

  @Option(names = "--seed", description = "may be repeated")
  List<Long> seeds = new ArrayList<>(List.of(1L, 2L, 3L));

  @Option(names = "--epsilon", defaultValue = "0.1", description = "Linf, pixels from 0 to 1")
  float epsilon;

  @Option(names = "--training", defaultValue = "1000", description = "images")
  int training;

  @Option(names = "--limit", defaultValue = "10000", description = "test images attacked")
  int limit;

  @Option(names = "--epochs", defaultValue = "80")
  int epochs;

  @Option(names = "--batch", defaultValue = "64")
  int batch;

  @Option(names = "--warm-up", defaultValue = "5", description = "epochs that epsilon grows over")
  float warmUp;

  @Option(names = "--learning-rate", defaultValue = "0.002", description = "largest, of Adam")
  float learningRate;

  @Option(names = "--out", required = true, description = "Markdown file to write")
  Path out = Path.of("");

  @Spec CommandSpec spec = CommandSpec.create();

  /** What the trainings came to, one row each. */
  final List<Row> rows = new ArrayList<>();

  /**
   * One training.
   *
   * @param clean test images that the network gets right
   * @param robust test images that it gets right under attack
   */
  record Row(String data, float epsilon, float beta, long seed, Rate clean, Rate robust) {
    @Override
    public String toString() {
      return "| %s | %s | %s | %s | %s | %s |"
          .formatted(
              data, epsilon, beta, seed, ResultTable.percent(clean), ResultTable.percent(robust));
    }
  }

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Tradeoff()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Images.Split images = split();
    for (long seed : seeds) {
      for (float beta : betas) {
        rows.add(measured(images, beta, seed));
        write();
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private Images.Split split() {
    try {
      return Images.split(data, training);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private Row measured(Images.Split images, float beta, long seed) {
    Seed root = Seed.of(seed);
    ThreatModel threat = ThreatModel.linf(epsilon);
    HardenedNet net = new HardenedNet(images.learnt().shape(), 1, FirstWeights.NORMAL);
    try (DjlModel model = net.untrained(learningRate, 1, root)) {
      Hardening.against(threat, Trades.standard().withBeta(beta))
          .withFit(new Fit(epochs, batch))
          .withSchedule(Schedule.Cyclic.standard())
          .withWarmUp(warmUp)
          .train(model, images.learnt(), root);
      Examples test = images.test().first(Math.min(limit, images.test().count()));
      RobustnessReport report =
          Robustness.of(model)
              .under(threat)
              .attackedBy(Pgd.standard())
              .withSeed(seed)
              .withWorkers(1)
              .evaluate(test);
      int all = report.examples();
      return new Row(
          String.valueOf(data.getFileName()),
          epsilon,
          beta,
          seed,
          new Rate(all - report.count(Outcome.Misclassified.class), all),
          new Rate(report.count(Outcome.Survived.class), all));
    }
  }

  private void write() throws IOException {
    String table = rows.stream().map(row -> row + "\n").collect(Collectors.joining("", HEADER, ""));
    AtomicFile.write(out, file -> file.write(table.getBytes(StandardCharsets.UTF_8)));
    PrintWriter console = spec.commandLine().getOut();
    console.println(rows.get(rows.size() - 1));
    console.flush();
  }
}
