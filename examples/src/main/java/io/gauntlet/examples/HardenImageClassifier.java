package io.gauntlet.examples;

import io.gauntlet.attacks.gradient.Apgd;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.train.AdversarialTraining;
import io.gauntlet.defenses.train.FastTraining;
import io.gauntlet.defenses.train.Guard;
import io.gauntlet.defenses.train.Hardening;
import io.gauntlet.defenses.train.History;
import io.gauntlet.defenses.train.Recipe;
import io.gauntlet.defenses.train.Schedule;
import io.gauntlet.defenses.train.StandardTraining;
import io.gauntlet.defenses.train.Validation;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.evaluate.Progress;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.report.CurvePlot;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/**
 * Hardens a classifier of handwritten digits and shows what it gained and what it cost: the same
 * network trained plainly, by PGD adversarial training and by fast adversarial training, each under
 * attack at growing epsilon, as a table and as a plot.
 *
 * <pre>{@code
 * mvn -q compile exec:java -pl examples -am -Dexec.mainClass=io.gauntlet.examples.HardenImageClassifier
 * }</pre>
 */
public final class HardenImageClassifier {
  /** What the hardened networks are trained against. */
  static final float EPSILON = 0.15f;

  private static final int TRAINING = 1197;
  private static final int HELD = 1297;
  private static final int ATTACKED = 200;
  private static final List<Float> EPSILONS = List.of(0.05f, 0.1f, EPSILON, 0.2f);

  private HardenImageClassifier() {}

  /**
   * One way of training and what came of it.
   *
   * @param name of the way
   * @param history of the training
   * @param reports on unseen digits, at growing epsilon
   */
  public record Result(String name, History history, List<RobustnessReport> reports) {
    /** Copies. */
    public Result {
      reports = List.copyOf(reports);
    }
  }

  /** Runs the example; the optional argument is the folder for its files. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "hardening-output");
    List<Result> results = run(folder, ConsoleProgress.onStandardError());
    for (Result result : results) {
      System.out.printf("%n%s%n%s", result.name(), result.history().table());
    }
    System.out.printf("%n%s%nPlot (SVG): %s%n", table(results), folder.toAbsolutePath());
  }

  /**
   * Trains, attacks, and writes {@code hardening.svg} into {@code folder}.
   *
   * @return for each way of training the same numbers: plain, PGD, fast
   * @throws IOException if the file cannot be written
   */
  public static List<Result> run(Path folder, Progress progress) throws IOException {
    List<Result> results = new ArrayList<>();
    Examples digits = Digits.all();
    Validation validation = Validation.on(digits.slice(TRAINING, HELD));
    results.add(result("trained plainly", plan(new StandardTraining(), 10), progress));
    results.add(
        result(
            "PGD training",
            plan(AdversarialTraining.standard(), 20).withValidation(validation),
            progress));
    results.add(
        result(
            "fast training",
            plan(FastTraining.standard(), 20)
                .withValidation(validation)
                .withGuard(Guard.standard().withExamples(100).withChecks(1)),
            progress));
    plot(results).write(folder.resolve("hardening.svg"));
    return results;
  }

  private static Hardening<TrainableModel> plan(Recipe<TrainableModel> recipe, int epochs) {
    return Hardening.against(ThreatModel.linf(EPSILON), recipe)
        .withFit(new Fit(epochs, 32))
        .withSchedule(Schedule.Cyclic.standard())
        .withWarmUp(epochs / 4f);
  }

  private static Result result(
      String name, Hardening<TrainableModel> hardening, Progress progress) {
    Examples digits = Digits.all();
    try (DjlModel model = Digits.untrained(Seed.of(1))) {
      History history = hardening.train(model, digits.first(TRAINING), Seed.of(1));
      Examples unseen = digits.slice(HELD, HELD + ATTACKED);
      List<RobustnessReport> reports = new ArrayList<>();
      for (float epsilon : EPSILONS) {
        reports.add(
            Robustness.of(model)
                .under(ThreatModel.linf(epsilon))
                .attackedBy(Apgd.crossEntropy(), Apgd.targeted().withTargets(2))
                .withSeed(42)
                .withProgress(progress)
                .evaluate(unseen));
      }
      return new Result(name, history, reports);
    }
  }

  private static CurvePlot plot(List<Result> results) {
    CurvePlot plot = CurvePlot.of(results.get(0).name(), points(results.get(0)));
    for (Result result : results.subList(1, results.size())) {
      plot = plot.with(result.name(), points(result));
    }
    return plot;
  }

  private static RobustnessReport[] points(Result result) {
    return result.reports().toArray(RobustnessReport[]::new);
  }

  /** Accuracy without and with an attacker, one line for each way of training. */
  static String table(List<Result> results) {
    Formatter table = new Formatter(Locale.ROOT);
    table.format("%-16s %9s %7s", "", "training", "clean");
    for (float epsilon : EPSILONS) {
      table.format(" %7s", epsilon);
    }
    table.format("%n");
    for (Result result : results) {
      double seconds = result.history().epochs().stream().mapToDouble(e -> e.seconds()).sum();
      double clean = result.reports().get(0).cleanAccuracy();
      table.format("%-16s %7.1f s %5.1f %%", result.name(), seconds, 100 * clean);
      for (RobustnessReport report : result.reports()) {
        table.format(" %5.1f %%", 100 * report.robustAccuracy());
      }
      table.format("%n");
    }
    return table.toString();
  }
}
