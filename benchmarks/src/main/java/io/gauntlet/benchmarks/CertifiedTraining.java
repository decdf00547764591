package io.gauntlet.benchmarks;

import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.certify.bounds.Certification;
import io.gauntlet.defenses.certify.bounds.CertificationReport;
import io.gauntlet.defenses.certify.bounds.IntervalBounds;
import io.gauntlet.defenses.certify.bounds.Sandwich;
import io.gauntlet.defenses.certify.bounds.Verdict;
import io.gauntlet.defenses.certify.train.Blueprint;
import io.gauntlet.defenses.certify.train.IntervalTraining;
import io.gauntlet.defenses.certify.train.LearningNetwork;
import io.gauntlet.defenses.train.Epoch;
import io.gauntlet.defenses.train.Hardening;
import io.gauntlet.defenses.train.History;
import io.gauntlet.defenses.train.Schedule;
import io.gauntlet.evaluate.Rate;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Trains the small convolutional network of Wong and Kolter for certificates, and writes what of
 * the test images interval bounds certify, and what PGD leaves of the others, as a row of a
 * Markdown table. A training that was killed goes on after its last whole epoch.
 */
@Command(name = "CertifiedTraining", sortOptions = false)
public final class CertifiedTraining implements Callable<Integer> {
  private static final String HEADER =
      """
      | data | epsilon | trained at | kappa, beta | epochs (clean, growing) | batch | learning rate \
      | seed | training images | seconds | test images | clean accuracy \
      | certified by intervals (95 %) | left by PGD-40 (95 %) |
      |---|---|---|---|---|---|---|---|---|---|---|---|---|---|
      """;

  @Option(names = "--data", required = true, description = Images.FOLDER)
  Path data = Path.of("");

  @Option(names = "--epsilon", defaultValue = "0.1", description = "certified, Linf")
  float epsilon;

  @Option(names = "--trained-at", defaultValue = "0.2", description = "epsilon of the training")
  float trainedAt;

  @Option(names = "--kappa", defaultValue = "0.5", description = "weight of the plain loss")
  double kappa;

  @Option(names = "--beta", defaultValue = "0", description = "share of CROWN-IBP at first")
  double beta;

  @Option(names = "--epochs", defaultValue = "20")
  int epochs;

  @Option(names = "--clean-start", defaultValue = "1", description = "epochs at epsilon 0")
  float cleanStart;

  @Option(names = "--warm-up", defaultValue = "8", description = "epochs that epsilon grows over")
  float warmUp;

  @Option(names = "--batch", defaultValue = "96")
  int batch;

  @Option(names = "--learning-rate", defaultValue = "0.001", description = "of Adam, at first")
  float learningRate;

  @Option(names = "--training", defaultValue = "60000", description = "training images used")
  int training;

  @Option(names = "--limit", defaultValue = "10000", description = "test images")
  int limit;

  @Option(names = "--seed", defaultValue = "1")
  long seed;

  @Option(names = "--nets", required = true, description = "folder of trainings to go on with")
  Path nets = Path.of("");

  @Option(names = "--out", required = true, description = "Markdown file to add a row to")
  Path out = Path.of("");

  @Spec CommandSpec spec = CommandSpec.create();

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new CertifiedTraining()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Images.Split images = split();
    LearningNetwork learner = LearningNetwork.of(untrained(images.learnt()), learningRate);
    History history =
        Hardening.against(ThreatModel.linf(trainedAt), new IntervalTraining(kappa, beta))
            .withFit(new Fit(epochs, batch))
            .withWarmUp(cleanStart, warmUp)
            .withSchedule(new Schedule.Stepwise(List.of(0.7, 0.9), 0.1))
            .train(learner, images.learnt(), Seed.of(seed), this::print, checkpoint());
    measure(history, learner.network(), images.test());
    return CommandLine.ExitCode.OK;
  }

  private Images.Split split() {
    try {
      return Images.split(data, training);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private ReluNetwork untrained(Examples images) {
    return Blueprint.of(images.shape(), Domain.UNIT)
        .convolution(16, 4, 2, 1)
        .convolution(32, 4, 2, 1)
        .dense(100)
        .dense(images.classNames().size())
        .draw(Seed.of(seed));
  }

  private Path checkpoint() {
    return nets.resolve(
        String.format(
            Locale.ROOT,
            "%s-%s-%s-%s-%s-%s.training",
            data.getFileName(),
            trainedAt,
            kappa,
            beta,
            epochs,
            seed));
  }

  private void measure(History history, ReluNetwork network, Examples all) throws IOException {
    Examples test = all.first(limit);
    ThreatModel threat = ThreatModel.linf(epsilon);
    CertificationReport certified =
        Certification.of(network, threat).by(IntervalBounds.standard()).certify(test);
    print(certified.toString());
    Examples rest = test.select(certified.uncertifiedRows());
    RobustnessReport attacked =
        Robustness.of(network)
            .under(threat)
            .attackedBy(Pgd.standard())
            .withSeed(seed)
            .evaluate(rest);
    Sandwich sandwich = Sandwich.of(certified, attacked);
    int right = test.count() - certified.count(Verdict.Falsified.class);
    double seconds = history.epochs().stream().mapToDouble(Epoch::seconds).sum();
    write(
        String.format(
            Locale.ROOT,
            "%s%.0f | %d | %s | %s | %s |",
            key(),
            seconds,
            test.count(),
            ResultTable.percent(new Rate(right, test.count())),
            ResultTable.percent(sandwich.certifiedAccuracy()),
            ResultTable.percent(sandwich.attackedAccuracy())));
  }

  /** What tells one row from another. */
  private String key() {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %s, %s | %d (%s, %s) | %d | %s | %d | %d | ",
        data.getFileName(),
        epsilon,
        trainedAt,
        kappa,
        beta,
        epochs,
        cleanStart,
        warmUp,
        batch,
        learningRate,
        seed,
        training);
  }

  private void write(String row) throws IOException {
    new ResultTable(out, HEADER).put(key(), row);
    print(row + "\n");
  }

  private void print(Epoch epoch) {
    print(
        String.format(
            Locale.ROOT,
            "epoch %d of %d: loss %.4f at epsilon %s, %.0f s%n",
            epoch.number(),
            epoch.of(),
            epoch.loss(),
            epoch.epsilon(),
            epoch.seconds()));
  }

  private void print(String text) {
    PrintWriter console = spec.commandLine().getOut();
    console.print(text);
    console.flush();
  }
}
