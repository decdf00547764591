package io.gauntlet.benchmarks;

import io.gauntlet.attacks.AutoAttack;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.data.DataFiles;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.train.Epoch;
import io.gauntlet.defenses.train.Guard;
import io.gauntlet.defenses.train.Hardening;
import io.gauntlet.defenses.train.History;
import io.gauntlet.defenses.train.Schedule;
import io.gauntlet.defenses.train.Validation;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.evaluate.Progress;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Range;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Hardens the small MNIST network of "Fast is better than free" on the training images of an MNIST,
 * of which the last thousand choose the best epoch, and writes what it withstands on the test
 * images as a row of a Markdown table. Whatever was finished when it was killed is not done again.
 */
@Command(name = "Harden", sortOptions = false)
public final class Harden implements Callable<Integer> {
  private static final String TRAINING = "train-images-idx3-ubyte";
  private static final String TEST = "t10k-images-idx3-ubyte";
  private static final double CONFIDENCE = 0.95;

  /** From 128 images on libtorch's convolutions take half the time for each. */
  private static final int AT_ONCE = 128;

  private static final String HEADER =
      """
      | data | epsilon | filters | training | seed | test images | epochs (kept) | seconds \
      | clean accuracy | under PGD-50 (95 %) | under AutoAttack (95 %) |
      |---|---|---|---|---|---|---|---|---|---|---|
      """;

  @Option(
      names = "--data",
      required = true,
      description = "folder of " + TRAINING + ", " + TEST + " and their labels, plain or .gz")
  Path data = Path.of("");

  @Option(names = "--name", required = true, description = "what the table calls the data")
  String name = "";

  @Option(names = "--method", defaultValue = "PGD", description = "${COMPLETION-CANDIDATES}")
  Method method = Method.PGD;

  @Option(names = "--epsilon", defaultValue = "0.3", description = "Linf, pixels from 0 to 1")
  float epsilon;

  @Option(names = "--epochs", defaultValue = "20")
  int epochs;

  @Option(names = "--batch", defaultValue = "128")
  int batch;

  @Option(names = "--steps", defaultValue = "10", description = "of PGD")
  int steps;

  @Option(names = "--step-size", defaultValue = "0.2", description = "of PGD, in epsilons")
  float stepSize;

  @Option(names = "--learning-rate", defaultValue = "0.002", description = "largest, of Adam")
  float learningRate;

  @Option(names = "--warm-up", defaultValue = "4", description = "epochs that epsilon grows over")
  float warmUp;

  @Option(names = "--width", defaultValue = "1", description = "filters, of 16 and 32")
  int width;

  @Option(
      names = "--weights",
      defaultValue = "NORMAL",
      description = "what training starts from: ${COMPLETION-CANDIDATES}")
  FirstWeights weights = FirstWeights.NORMAL;

  @Option(names = "--training", defaultValue = "60000", description = "training images used")
  int training;

  @Option(names = "--held-out", defaultValue = "1000", description = "of them, to choose by")
  int heldOut;

  @Option(names = "--limit", defaultValue = "10000", description = "test images attacked")
  int limit;

  @Option(names = "--autoattack", negatable = true, defaultValue = "true", fallbackValue = "true")
  boolean autoAttack;

  @Option(names = "--seed", defaultValue = "1")
  long seed;

  @Option(names = "--threads", defaultValue = "1", description = "of libtorch, in training")
  int threads;

  @Option(names = "--nets", required = true, description = "folder of nets and checkpoints")
  Path nets = Path.of("");

  @Option(names = "--out", required = true, description = "Markdown file to add a row to")
  Path out = Path.of("");

  @Spec CommandSpec spec = CommandSpec.create();

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Harden()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Examples all = read(TRAINING).first(training);
    if (all.count() <= heldOut) {
      throw new ParameterException(
          spec.commandLine(),
          "of %s training images in %s, %s held out leave none"
              .formatted(all.count(), data, heldOut));
    }
    Examples test = read(TEST).first(limit);
    Seed root = Seed.of(seed);
    HardenedNet net = new HardenedNet(all.shape(), width, weights);
    try (DjlModel model = net.untrained(learningRate, threads, root)) {
      History history = harden(model, all, root);
      model.save(nets.resolve(title() + ".npz"));
      print(history.table());
      RobustnessReport pgd = attack(model, test, "pgd", Pgd.standard().withSteps(50));
      write(row(history, pgd, Optional.empty()));
      if (autoAttack) {
        write(row(history, pgd, Optional.of(autoAttack(model, test))));
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private Examples read(String images) {
    Path plain = data.resolve(images);
    return DataFiles.read(Files.exists(plain) ? plain : data.resolve(images + ".gz"), Range.UNIT);
  }

  private History harden(DjlModel model, Examples all, Seed root) {
    int learnt = all.count() - heldOut;
    Validation validation = Validation.on(all.slice(learnt, all.count()));
    Hardening<TrainableModel> plain =
        Hardening.against(ThreatModel.linf(epsilon), method.recipe(steps, stepSize))
            .withFit(new Fit(epochs, batch))
            .withSchedule(Schedule.Cyclic.standard())
            .withWarmUp(warmUp)
            .withValidation(validation);
    Hardening<TrainableModel> hardening =
        method == Method.FAST ? plain.withGuard(Guard.standard()) : plain;
    return hardening.train(
        model, all.first(learnt), root, this::print, nets.resolve(title() + ".training"));
  }

  private RobustnessReport attack(DjlModel model, Examples test, String attack, Pgd pgd) {
    return evaluation(model, attack).attackedBy(pgd).evaluate(test);
  }

  private RobustnessReport autoAttack(DjlModel model, Examples test) {
    return evaluation(model, "autoattack").attackedBy(AutoAttack.standard()).evaluate(test);
  }

  private Robustness<DifferentiableModel> evaluation(DjlModel model, String attack) {
    return Robustness.of(model)
        .under(ThreatModel.linf(epsilon))
        .withSeed(seed)
        .withBatch(AT_ONCE)
        .withCheckpoint(nets.resolve(title() + "." + attack))
        .withProgress(this::print);
  }

  private String title() {
    String from = weights == FirstWeights.UNIFORM ? "-uniform" : "";
    return String.format(Locale.ROOT, "%s-%s-%s-%s%s", name, method, epochs, seed, from)
        .toLowerCase(Locale.ROOT);
  }

  private String row(History history, RobustnessReport pgd, Optional<RobustnessReport> auto) {
    double seconds = history.epochs().stream().mapToDouble(Epoch::seconds).sum();
    return String.format(
        Locale.ROOT,
        "%s%d (%d) | %.0f | %.2f | %s | %s |",
        key(),
        epochs,
        history.kept(),
        seconds,
        100 * pgd.cleanAccuracy(),
        percent(pgd),
        auto.map(Harden::percent).orElse("-"));
  }

  /** What tells one row from another. */
  private String key() {
    String filters = 16 * width + " and " + 32 * width;
    String how =
        (method == Method.PGD
                ? "PGD, " + steps + " steps of " + stepSize
                : method.name().toLowerCase(Locale.ROOT))
            + (weights == FirstWeights.UNIFORM ? ", uniform first weights" : "");
    return "| %s | %s | %s | %s | %s | %s | ".formatted(name, epsilon, filters, how, seed, limit);
  }

  private static String percent(RobustnessReport report) {
    return ResultTable.percent(report.robustAccuracy(), report.robustAccuracyInterval(CONFIDENCE));
  }

  private void write(String row) throws IOException {
    new ResultTable(out, HEADER).put(key(), row);
    print(row + "\n");
  }

  private void print(Epoch epoch) {
    print(
        new History(List.of(epoch), 0).table().lines().skip(1).collect(Collectors.joining("\n"))
            + "\n");
  }

  private void print(Progress.Step step) {
    if (step.done() == step.total()) {
      print(
          String.format(
              Locale.ROOT,
              "%s: %d of %d still standing after %.0f s%n",
              step.title(),
              step.standing(),
              limit,
              step.seconds()));
    }
  }

  private void print(String text) {
    PrintWriter console = spec.commandLine().getOut();
    console.print(text);
    console.flush();
  }
}
