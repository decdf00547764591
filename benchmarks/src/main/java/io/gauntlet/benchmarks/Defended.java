package io.gauntlet.benchmarks;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.gradient.Apgd;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.score.Square;
import io.gauntlet.benchmarks.DefendedResults.Detection;
import io.gauntlet.benchmarks.DefendedResults.Row;
import io.gauntlet.benchmarks.DefendedResults.Settings;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.evasion.DetectingModel;
import io.gauntlet.defenses.evasion.Threshold;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Puts defenses in front of the same net and attacks each twice: by attackers who overlook it and
 * by attackers who know it. Writes a table and JSON; what the JSON has already is not measured
 * again, so that one file can hold several data sets and a run that was cut short goes on.
 */
@Command(name = "Defended", sortOptions = false)
public final class Defended implements Callable<Integer> {
  private static final String NONE = "none";

  @Option(names = "--data", required = true, description = Images.FOLDER)
  Path data = Path.of("");

  @Option(names = "--epsilon", required = true, description = "Linf radius, pixels from 0 to 1")
  float epsilon;

  @Option(names = "--defense", split = ",", description = "${COMPLETION-CANDIDATES}")
  List<InputDefense> defenses = new ArrayList<>(Arrays.asList(InputDefense.values()));

  @Option(names = "--training", defaultValue = "8000", description = "images to learn")
  int training;

  @Option(names = "--held-out", defaultValue = "1000", description = "images to calibrate with")
  int heldOut;

  @Option(names = "--examples", defaultValue = "500", description = "images to attack")
  int examples;

  @Option(names = "--epochs", defaultValue = "8")
  int epochs;

  @Option(names = "--seed", defaultValue = "1")
  long seed;

  @Option(names = "--steps", defaultValue = "40", description = "of each run of PGD")
  int steps;

  @Option(names = "--restarts", defaultValue = "4", description = "of PGD, on two losses in turn")
  int restarts;

  @Option(names = "--queries", defaultValue = "300", description = "of Square")
  int queries;

  @Option(names = "--workers", defaultValue = "1")
  int workers;

  @Option(names = "--out", required = true, description = "Markdown to write; JSON goes beside it")
  Path out = Path.of("");

  @Spec CommandSpec spec = CommandSpec.create();

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Defended())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Examples all = Images.in(data);
    if (all.count() < training + heldOut + examples) {
      throw new ParameterException(
          spec.commandLine(),
          "%s images to learn, %s held out and %s to attack are more than the %s in %s"
              .formatted(training, heldOut, examples, all.count(), data));
    }
    int[] order = Seed.of(0).permutation(all.count());
    Examples learnt = part(all, order, 0, training);
    Examples clean = part(all, order, training, training + heldOut);
    Examples test = part(all, order, training + heldOut, training + heldOut + examples);
    Fit fit = Fit.standard().withEpochs(epochs);
    try (DjlModel net = new SmallCnn(all.shape(), fit).trained(learnt, Seed.of(seed))) {
      measure(NONE, () -> undefended(net, test));
      for (InputDefense defense : defenses) {
        measure(
            defense.title(),
            () ->
                row(
                    defense.title(),
                    () -> defense.of(net, learnt, clean, ThreatModel.linf(epsilon), Seed.of(seed)),
                    test));
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private static Examples part(Examples all, int[] order, int from, int to) {
    return all.select(Arrays.stream(order, from, to).sorted().toArray());
  }

  private void measure(String defense, Supplier<Row> measurement) throws IOException {
    Path json =
        out.resolveSibling(String.valueOf(out.getFileName()).replaceFirst("\\.md$", "") + ".json");
    DefendedResults results = DefendedResults.in(json);
    if (!results.has(settings(), defense)) {
      Row row = measurement.get();
      results.rows().add(row);
      spec.commandLine().getOut().println(row);
      spec.commandLine().getOut().flush();
    }
    results.write(json, out);
  }

  private Settings settings() {
    return new Settings(
        String.valueOf(data.getFileName()),
        epsilon,
        training,
        heldOut,
        epochs,
        examples,
        seed,
        attacks().stream().map(String::valueOf).toList());
  }

  private List<Attack<? super DifferentiableModel>> attacks() {
    return List.of(pgd(), Apgd.dlr(), Square.standard().withQueries(queries).withHorizon(queries));
  }

  private Pgd pgd() {
    return Pgd.standard().withSteps(steps).withRestarts(restarts);
  }

  private Row undefended(DjlModel net, Examples test) {
    RobustnessReport report = attacked(Robustness.of((DifferentiableModel) net)).evaluate(test);
    int robust = report.count(Outcome.Survived.class);
    return new Row(settings(), NONE, right(report), robust, robust, robust, null);
  }

  /**
   * @param defended makes the model anew for every attacker, for a random defense draws as it goes
   */
  private Row row(String title, Supplier<DefendedModel> defended, Examples test) {
    RobustnessReport naive = attacked(Robustness.naively(defended.get())).evaluate(test);
    RobustnessReport adaptive = attacked(Robustness.of(defended.get())).evaluate(test);
    int both =
        (int)
            IntStream.range(0, test.count())
                .filter(row -> survived(naive, row) && survived(adaptive, row))
                .count();
    return new Row(
        settings(),
        title,
        right(adaptive),
        naive.count(Outcome.Survived.class),
        adaptive.count(Outcome.Survived.class),
        both,
        defended.get() instanceof DetectingModel detecting ? detection(detecting, test) : null);
  }

  private Robustness<DifferentiableModel> attacked(Robustness.Target<DifferentiableModel> target) {
    return target
        .under(ThreatModel.linf(epsilon))
        .attackedBy(attacks())
        .withSeed(seed)
        .withWorkers(workers);
  }

  private static int right(RobustnessReport report) {
    return report.examples() - report.count(Outcome.Misclassified.class);
  }

  private static boolean survived(RobustnessReport report, int row) {
    return report.outcomes().get(row) instanceof Outcome.Survived;
  }

  private Detection detection(DetectingModel model, Examples test) {
    return new Detection(
        model.refused(test.inputs()).cardinality(),
        test.count(),
        area(model, model.naive(), test),
        area(model, strict(model).adaptive(test.labels()), test));
  }

  /**
   * The detector at the median of clean scores: the area is one over all thresholds, and who passes
   * this one is no more suspicious than most.
   */
  private static DetectingModel strict(DetectingModel model) {
    Threshold threshold = model.threshold();
    float median = threshold.value() - threshold.spread();
    return new DetectingModel(
        model.model(),
        model.detector(),
        new Threshold(median, threshold.spread(), threshold.rank(), threshold.examples()));
  }

  /** How well the detector tells clean images from those that PGD on a view fools the net with. */
  private @Nullable Double area(DetectingModel model, DifferentiableModel view, Examples test) {
    Goal goal = new Goal.Untargeted(test.labels());
    Batch logits = model.logits(test.inputs());
    Batch right = test.inputs().select(logits.rowsWhere(row -> !goal.isReached(logits, row)));
    Batch changed =
        pgd()
            .perturb(
                view, ThreatModel.linf(epsilon).around(right, model.domain()), goal, Seed.of(seed));
    Batch answers = changed.answeredBy(model.logits(changed));
    double[] fooling =
        scores(model, changed.select(answers.rowsWhere(row -> goal.isReached(answers, row))));
    return fooling.length == 0
        ? null
        : Detector.Found.areaUnder(fooling, scores(model, test.inputs()));
  }

  private static double[] scores(DetectingModel model, Batch inputs) {
    Batch scores = model.detector().scores(inputs);
    return IntStream.range(0, inputs.rows()).mapToDouble(row -> scores.get(row, 0)).toArray();
  }
}
