package io.gauntlet.benchmarks;

import io.gauntlet.attacks.poisoning.Bases;
import io.gauntlet.attacks.poisoning.Descent;
import io.gauntlet.attacks.poisoning.GradientMatching;
import io.gauntlet.attacks.poisoning.Target;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.Normalisation;
import io.gauntlet.evaluate.BackdoorReport;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Rate;
import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Poisons training data for one random test image after the other by gradient matching, trains
 * victims from scratch on it, and writes as a Markdown table how many take that image for the
 * intended class.
 */
@Command(name = "Targeted", sortOptions = false)
public final class Targeted implements Callable<Integer> {
  private static final double CONFIDENCE = 0.95;
  private static final String HEADER =
      """
      | poisons | bases | data | number | epsilon | largest change | test image | class | intended \
      | cosine | victim | fooled | same victim, clean data | accuracy | drop |
      |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
      """;

  @Option(names = "--data", required = true, description = Images.FOLDER)
  Path data = Path.of("");

  @Option(names = "--poison", description = "${COMPLETION-CANDIDATES}; may be repeated")
  List<Craft> crafts = new ArrayList<>(Arrays.asList(Craft.values()));

  @Option(names = "--training", defaultValue = "50000", description = "images")
  int training;

  @Option(names = "--targets", defaultValue = "5", description = "random test images")
  int targets;

  @Option(names = "--victims", defaultValue = "2", description = "networks for each target")
  int victims;

  @Option(names = "--budget", defaultValue = "0.01", description = "share of the training images")
  double budget;

  @Option(
      names = "--epsilon",
      split = ",",
      defaultValue = "0.0627451",
      description = "Linf, one or more; default 16/255")
  List<Float> epsilons = new ArrayList<>();

  @Option(names = "--bases", defaultValue = "random", description = "${COMPLETION-CANDIDATES}")
  Bases bases = Bases.RANDOM;

  @Option(names = "--surrogates", defaultValue = "2", description = "networks of the attacker")
  int surrogates;

  @Option(names = "--steps", defaultValue = "250", description = "of a restart")
  int steps;

  @Option(names = "--restarts", defaultValue = "8")
  int restarts;

  @Option(
      names = "--net",
      defaultValue = "mlp",
      description = "of attacker and victims: ${COMPLETION-CANDIDATES}")
  Net net = Net.MLP;

  @Option(names = "--hidden", defaultValue = "100", description = "units of every MLP")
  int hidden;

  @Option(names = "--epochs", defaultValue = "10", description = "of every network")
  int epochs;

  @Option(
      names = "--raw",
      description = "show networks pixels from 0 to 1, instead of mean 0 and deviation 1")
  boolean raw;

  @Option(names = "--seed", defaultValue = "1")
  long seed;

  @Option(names = "--out", required = true, description = "Markdown file to write")
  Path out = Path.of("");

  @Spec CommandSpec spec = CommandSpec.create();

  final List<Row> rows = new ArrayList<>();

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Targeted())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    poisons(); // refuses before anything takes long
    Images.Split images = split();
    Learner learner = learner(images.learnt());
    Seed root = Seed.of(seed);
    List<DjlModel> own = trained(learner, images.learnt(), surrogates, root.derive(0));
    List<DjlModel> spared = trained(learner, images.learnt(), victims, root.derive(1));
    try {
      for (int number = 0; number < targets; number++) {
        Seed drawn = root.derive(2 + number);
        Choice choice = Choice.among(images.test(), own.get(0).classes(), drawn);
        for (float epsilon : epsilons) {
          for (Craft craft : crafts) {
            Examples poisoned =
                poisoned(craft, epsilon, own, images.learnt(), choice.target(), drawn);
            Poison poison = poison(craft, epsilon, own, images.learnt(), poisoned, choice.target());
            for (int victim = 0; victim < victims; victim++) {
              try (DjlModel suspect = learner.trained(poisoned, root.derive(1).derive(victim))) {
                BackdoorReport report =
                    BackdoorReport.measure(
                        suspect, spared.get(victim), images.test(), choice.wanted());
                rows.add(new Row(choice, poison, victim, report));
                write();
              }
            }
          }
        }
      }
    } finally {
      own.forEach(DjlModel::close);
      spared.forEach(DjlModel::close);
    }
    return CommandLine.ExitCode.OK;
  }

  private int poisons() {
    long poisons = Math.round(budget * training);
    if (poisons < 1 || poisons > training) {
      throw new ParameterException(
          spec.commandLine(),
          "the budget must leave 1 image or more to poison, but was %s of %s images"
              .formatted(budget, training));
    }
    return (int) poisons;
  }

  private Images.Split split() {
    try {
      return Images.split(data, training);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Learner learner(Examples learnt) {
    Normalisation normalisation = raw ? Normalisation.NONE : Images.standardising(learnt);
    Fit fit = new Fit(epochs, 256);
    return switch (net) {
      case MLP -> new SmallMlp(normalisation, learnt.shape(), hidden, fit)::trained;
      case CNN -> new SmallCnn(learnt.shape(), fit).withNormalisation(normalisation)::trained;
    };
  }

  private static List<DjlModel> trained(Learner learner, Examples examples, int count, Seed seed) {
    return IntStream.range(0, count)
        .mapToObj(number -> learner.trained(examples, seed.derive(number)))
        .toList();
  }

  private Examples poisoned(
      Craft craft, float epsilon, List<DjlModel> own, Examples learnt, Target target, Seed drawn) {
    ThreatModel threat = ThreatModel.linf(epsilon);
    GradientMatching standard = GradientMatching.standard();
    return switch (craft) {
      case BLEND -> new Blend(threat).poison(learnt, own.get(0).domain(), target, poisons());
      case MATCHING ->
          standard
              .withThreat(threat)
              .withDescent(new Descent(steps, standard.descent().travel()))
              .withRestarts(restarts)
              .withBases(bases)
              .poison(own, learnt, target, poisons(), drawn)
              .data();
    };
  }

  private static Poison poison(
      Craft craft,
      float epsilon,
      List<DjlModel> own,
      Examples learnt,
      Examples poisoned,
      Target target) {
    Batch moved = poisoned.inputs().minus(learnt.inputs());
    double[] changes = new double[moved.rows()];
    Arrays.setAll(changes, row -> Norm.linf().of(moved.row(row)));
    int[] changed = IntStream.range(0, changes.length).filter(row -> changes[row] > 0).toArray();
    return new Poison(
        craft,
        epsilon,
        Arrays.stream(changes).max().orElse(0),
        GradientMatching.cosine(own, poisoned.select(changed), target));
  }

  /** After every row, because a run takes long and may be cut short. */
  private void write() throws IOException {
    String table =
        "`%s`\n\n".formatted(settings())
            + HEADER
            + rows.stream().map(this::markdown).collect(Collectors.joining())
            + totals();
    AtomicFile.write(out, file -> file.write(table.getBytes(StandardCharsets.UTF_8)));
    spec.commandLine().getOut().print(markdown(rows.get(rows.size() - 1)));
    spec.commandLine().getOut().flush();
  }

  /** What was given on the command line, but for the files' places. */
  private String settings() {
    return spec.commandLine().getParseResult().matchedOptions().stream()
        .filter(option -> !option.longestName().equals("--out"))
        .map(
            option ->
                option.longestName()
                    + " "
                    + (option.longestName().equals("--data")
                        ? data.getFileName()
                        : String.join(",", option.originalStringValues())))
        .collect(Collectors.joining(" "));
  }

  private String totals() {
    return epsilons.stream()
        .flatMap(epsilon -> crafts.stream().map(craft -> total(craft, epsilon)))
        .collect(Collectors.joining());
  }

  private String total(Craft craft, float epsilon) {
    List<Row> made =
        rows.stream()
            .filter(row -> row.poison().craft() == craft && row.poison().epsilon() == epsilon)
            .toList();
    if (made.isEmpty()) {
      return "";
    }
    Rate fooled = sum(made, BackdoorReport::success);
    Interval interval = fooled.interval(CONFIDENCE);
    return String.format(
        Locale.ROOT,
        "\n%s, epsilon %.4f: %s fooled (%.1f %%; 95 %%: %.1f to %.1f), trained on clean data %s.\n",
        craft.title(),
        epsilon,
        fooled,
        100 * fooled.value(),
        100 * interval.lower(),
        100 * interval.upper(),
        sum(made, BackdoorReport::referenceSuccess));
  }

  private static Rate sum(List<Row> rows, Function<BackdoorReport, Rate> rate) {
    return new Rate(
        rows.stream().map(Row::report).map(rate).mapToInt(Rate::count).sum(), rows.size());
  }

  /** Which network all have. */
  enum Net {
    /** {@link SmallMlp}. */
    MLP,
    /** {@link SmallCnn}. */
    CNN
  }

  /** Trains a network from scratch. */
  private interface Learner {
    DjlModel trained(Examples examples, Seed seed);
  }

  /** How poisons are made. */
  enum Craft {
    /** {@link GradientMatching}. */
    MATCHING,
    /** {@link Blend}, beside which matching must show that it is worth its while. */
    BLEND;

    String title() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A test image, and what it is to be taken for.
   *
   * @param image one example under its true label
   * @param intended another class
   */
  record Choice(Examples image, int intended) {
    static Choice among(Examples test, int classes, Seed seed) {
      RandomGenerator random = seed.forExample(0);
      Examples image = test.select(random.nextInt(test.count()));
      int truth = image.labels().atRow(0);
      return new Choice(image, (truth + 1 + random.nextInt(classes - 1)) % classes);
    }

    Target target() {
      return new Target(image.inputs(), intended);
    }

    Examples wanted() {
      return image.withLabels(image.labels().relabelled((row, label) -> intended));
    }
  }

  /**
   * The poisons for one target.
   *
   * @param change the largest of any pixel
   * @param cosine of their gradient and the target's on the attacker's networks
   */
  record Poison(Craft craft, float epsilon, double change, double cosine) {}

  /**
   * One line of the table.
   *
   * @param victim its number; those of one number start alike
   */
  record Row(Choice choice, Poison poison, int victim, BackdoorReport report) {}

  private String markdown(Row row) {
    Poison poison = row.poison();
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %d of %d | %.4f | %.4f | %d | %d | %d | %.3f | %d | %s | %s | %.2f | %.2f"
            + " |\n",
        poison.craft().title(),
        poison.craft() == Craft.MATCHING ? bases.name().toLowerCase(Locale.ROOT) : "nearest",
        data.getFileName(),
        poisons(),
        training,
        poison.epsilon(),
        poison.change(),
        row.choice().image().inputs().example(0),
        row.choice().image().labels().atRow(0),
        row.choice().intended(),
        poison.cosine(),
        row.victim(),
        yesIfAll(row.report().success()),
        yesIfAll(row.report().referenceSuccess()),
        100 * row.report().accuracy().value(),
        100 * row.report().accuracyDrop());
  }

  private static String yesIfAll(Rate rate) {
    return rate.count() == rate.total() ? "yes" : "no";
  }
}
