package io.gauntlet.benchmarks;

import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import io.gauntlet.attacks.poisoning.AdversarialCleanLabel;
import io.gauntlet.attacks.poisoning.Aim;
import io.gauntlet.attacks.poisoning.Backdoor;
import io.gauntlet.attacks.poisoning.CleanLabel;
import io.gauntlet.attacks.poisoning.Poisoned;
import io.gauntlet.attacks.poisoning.trigger.NoiseTrigger;
import io.gauntlet.attacks.poisoning.trigger.PatchTrigger;
import io.gauntlet.attacks.poisoning.trigger.SinusoidTrigger;
import io.gauntlet.attacks.poisoning.trigger.WarpTrigger;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.DataFiles;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.evaluate.BackdoorReport;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Rate;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Range;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Plants backdoors in grey images, trains the same small network on clean and on poisoned data, and
 * writes what each backdoor does as a Markdown table.
 */
@Command(name = "Backdoors", sortOptions = false)
public final class Backdoors implements Callable<Integer> {
  private static final String IMAGES = "t10k-images-idx3-ubyte.gz";
  private static final int TARGET = 0;
  private static final double CONFIDENCE = 0.95;
  private static final String HEADER =
      """
      | attack | data | poisoned | seed | clean accuracy | drop | attack success (95 %) \
      | same inputs, clean model |
      |---|---|---|---|---|---|---|---|
      """;

  /** What is planted. */
  enum Planted {
    BADNETS,
    BADNETS_ALL_TO_ALL,
    BLENDED,
    WANET,
    WANET_STRONG,
    SAMPLE_SPECIFIC,
    NOISE,
    SIG,
    SIG_STRONG,
    CLEAN_LABEL_PLAIN,
    CLEAN_LABEL
  }

  @Option(
      names = "--data",
      required = true,
      description = "folder of " + IMAGES + " and its labels; may be repeated")
  List<Path> data = new ArrayList<>();

  @Option(names = "--attack", description = "${COMPLETION-CANDIDATES}; may be repeated")
  List<Planted> attacks = new ArrayList<>(Arrays.asList(Planted.values()));

  @Option(names = "--seed", description = "may be repeated")
  List<Long> seeds = new ArrayList<>(List.of(1L));

  @Option(names = "--training", defaultValue = "8000", description = "images; the rest are tests")
  int training;

  @Option(names = "--epochs", defaultValue = "10")
  int epochs;

  @Option(names = "--out", required = true, description = "Markdown file to write")
  Path out = Path.of("");

  @Spec CommandSpec spec = CommandSpec.create();

  final List<Row> rows = new ArrayList<>();

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Backdoors())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    for (Path folder : data) {
      Examples all = DataFiles.read(folder.resolve(IMAGES), Range.UNIT);
      if (all.count() <= training) {
        throw new ParameterException(
            spec.commandLine(),
            "of %s images in %s, %s for training leave no test"
                .formatted(all.count(), folder, training));
      }
      for (long seed : seeds) {
        measure(String.valueOf(folder.getFileName()), all, Seed.of(seed));
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private void measure(String name, Examples all, Seed seed) throws IOException {
    int[] order = Seed.of(0).permutation(all.count());
    Examples learnt = all.select(Arrays.stream(order, 0, training).sorted().toArray());
    Examples test = all.select(Arrays.stream(order, training, order.length).sorted().toArray());
    try (DjlModel reference = trained(learnt, seed)) {
      for (Planted attack : attacks) {
        Case planted = plant(attack, learnt, test, seed);
        try (DjlModel suspect = trained(planted.training().data(), seed)) {
          BackdoorReport report =
              BackdoorReport.measure(suspect, reference, test, planted.triggered());
          rows.add(Row.of(attack, name, planted.training(), report));
          write();
        }
      }
    }
  }

  /** After every row, because a run takes long and may be cut short. */
  private void write() throws IOException {
    String table = HEADER + rows.stream().map(Row::markdown).collect(Collectors.joining());
    AtomicFile.write(out, file -> file.write(table.getBytes(StandardCharsets.UTF_8)));
    spec.commandLine().getOut().print(rows.get(rows.size() - 1).markdown());
    spec.commandLine().getOut().flush();
  }

  /**
   * One attack on one data set.
   *
   * @param training what to learn from
   * @param triggered what to ask
   */
  private record Case(Poisoned<Examples> training, Examples triggered) {}

  private Case plant(Planted attack, Examples learnt, Examples test, Seed seed) {
    Aim aim = Aim.at(TARGET);
    return switch (attack) {
      case BADNETS -> dirty(Backdoor.badNets(aim), learnt, test, seed);
      case BADNETS_ALL_TO_ALL -> dirty(Backdoor.badNets(Aim.nextClass(10)), learnt, test, seed);
      case BLENDED -> dirty(Backdoor.blended(aim), learnt, test, seed);
      case WANET -> dirty(Backdoor.waNet(aim), learnt, test, seed);
      case WANET_STRONG ->
          dirty(
              Backdoor.waNet(aim).withTrigger(WarpTrigger.standard().withStrength(2)),
              learnt,
              test,
              seed);
      case SAMPLE_SPECIFIC -> dirty(Backdoor.sampleSpecific(aim), learnt, test, seed);
      case NOISE ->
          dirty(Backdoor.blended(aim).withTrigger(NoiseTrigger.standard()), learnt, test, seed);
      case SIG -> stripes(20, 0.3, 40, learnt, test, seed);
      case SIG_STRONG -> stripes(40, 0.8, 60, learnt, test, seed);
      case CLEAN_LABEL_PLAIN -> {
        CleanLabel plain = new CleanLabel(PatchTrigger.standard().atAllCorners(), TARGET, 0.33);
        yield new Case(plain.poison(learnt, Domain.UNIT, seed), plain.triggered(test, Domain.UNIT));
      }
      case CLEAN_LABEL -> {
        AdversarialCleanLabel turner = AdversarialCleanLabel.standard(TARGET);
        try (DjlModel proxy = trained(learnt, seed.derive(1))) {
          yield new Case(turner.poison(learnt, proxy, seed), turner.triggered(test, Domain.UNIT));
        }
      }
    };
  }

  /** SIG, planted at so many of 255 grey levels and shown at as many or more. */
  private static Case stripes(
      int planted, double rate, int shown, Examples learnt, Examples test, Seed seed) {
    SinusoidTrigger wave = SinusoidTrigger.standard();
    CleanLabel sig =
        CleanLabel.sig(TARGET).withTrigger(wave.withAmplitude(planted / 255f)).withRate(rate);
    return new Case(
        sig.poison(learnt, Domain.UNIT, seed),
        sig.withTrigger(wave.withAmplitude(shown / 255f)).triggered(test, Domain.UNIT));
  }

  private static Case dirty(Backdoor attack, Examples learnt, Examples test, Seed seed) {
    return new Case(attack.poison(learnt, Domain.UNIT, seed), attack.triggered(test, Domain.UNIT));
  }

  private DjlModel trained(Examples examples, Seed seed) {
    DjlOptions options =
        DjlOptions.of(examples.shape()).withOptimiser(new Optimiser.Adam(1e-3f)).withSeed(seed);
    DjlModel model = DjlModel.of(network(), options);
    Fit.standard().withEpochs(epochs).train(model, examples, seed);
    return model;
  }

  private static Block network() {
    return new SequentialBlock()
        .add(convolution(16))
        .add(Activation::relu)
        .add(halved())
        .add(convolution(32))
        .add(Activation::relu)
        .add(halved())
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(64).build())
        .add(Activation::relu)
        .add(Linear.builder().setUnits(10).build());
  }

  private static Block convolution(int filters) {
    return Conv2d.builder()
        .setKernelShape(new ai.djl.ndarray.types.Shape(3, 3))
        .optPadding(new ai.djl.ndarray.types.Shape(1, 1))
        .setFilters(filters)
        .build();
  }

  private static Block halved() {
    ai.djl.ndarray.types.Shape two = new ai.djl.ndarray.types.Shape(2, 2);
    return Pool.maxPool2dBlock(two, two);
  }

  /**
   * One line of the table.
   *
   * @param poisoned how many training examples were
   * @param decoys how many others were changed under their own label
   * @param training how many there were
   */
  record Row(
      Planted attack,
      String data,
      int poisoned,
      int decoys,
      int training,
      Seed seed,
      BackdoorReport report) {
    static Row of(Planted attack, String data, Poisoned<Examples> training, BackdoorReport report) {
      return new Row(
          attack,
          data,
          training.poisoned().size(),
          training.decoys().size(),
          training.originals().count(),
          training.seed(),
          report);
    }

    String markdown() {
      Interval interval = report.success().interval(CONFIDENCE);
      return String.format(
          Locale.ROOT,
          "| %s | %s | %d of %d | %d | %s | %.2f | %s (%.1f to %.1f) | %s |\n",
          attack.name().toLowerCase(Locale.ROOT).replace('_', ' '),
          data,
          poisoned,
          training,
          seed.root(),
          percent(report.accuracy()),
          100 * report.accuracyDrop(),
          percent(report.success()),
          100 * interval.lower(),
          100 * interval.upper(),
          percent(report.referenceSuccess()));
    }

    private static String percent(Rate rate) {
      return String.format(Locale.ROOT, "%.2f", 100 * rate.value());
    }
  }
}
