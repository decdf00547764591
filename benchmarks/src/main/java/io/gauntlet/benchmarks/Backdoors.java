package io.gauntlet.benchmarks;

import io.gauntlet.attacks.poisoning.Poisoned;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.Examples;
import io.gauntlet.data.NpzFiles;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.evaluate.BackdoorReport;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Rate;
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
import org.jspecify.annotations.Nullable;
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
  private static final double CONFIDENCE = 0.95;
  private static final String HEADER =
      """
      | attack | data | poisoned | seed | clean accuracy | drop | attack success (95 %) \
      | same inputs, clean model |
      |---|---|---|---|---|---|---|---|
      """;

  @Option(names = "--data", required = true, description = Images.FOLDER + "; may be repeated")
  List<Path> data = new ArrayList<>();

  @Option(names = "--attack", description = "${COMPLETION-CANDIDATES}; may be repeated")
  List<Planted> attacks = new ArrayList<>(Arrays.asList(Planted.values()));

  @Option(names = "--seed", description = "may be repeated")
  List<Long> seeds = new ArrayList<>(List.of(1L));

  @Option(names = "--training", defaultValue = "8000", description = "images")
  int training;

  @Option(names = "--epochs", defaultValue = "10")
  int epochs;

  @Option(names = "--out", required = true, description = "Markdown file to write")
  Path out = Path.of("");

  @Option(
      names = "--export",
      description = "folder for what is learnt and asked, as .npz, for other tools to train on")
  @Nullable Path export;

  @Option(
      names = "--proxy",
      description =
          "TorchScript file of the net that clean-label images are moved on; trained here if not"
              + " given")
  @Nullable Path proxy;

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
      Images.Split images = split(folder);
      for (long seed : seeds) {
        measure(
            String.valueOf(folder.getFileName()), images.learnt(), images.test(), Seed.of(seed));
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private Images.Split split(Path folder) {
    try {
      return Images.split(folder, training);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void measure(String name, Examples learnt, Examples test, Seed seed) throws IOException {
    SmallCnn net = new SmallCnn(learnt.shape(), Fit.standard().withEpochs(epochs));
    export("clean", seed, learnt, test);
    try (DjlModel reference = net.trained(learnt, seed)) {
      for (Planted attack : attacks) {
        Planted.Case planted =
            attack.plant(learnt, test, () -> proxy(net, learnt, seed.derive(1)), seed);
        export(attack.title(), seed, planted.training().data(), planted.triggered());
        try (DjlModel suspect = net.trained(planted.training().data(), seed)) {
          BackdoorReport report =
              BackdoorReport.measure(suspect, reference, test, planted.triggered());
          rows.add(Row.of(attack, name, planted.training(), report));
          write();
        }
      }
    }
  }

  private DjlModel proxy(SmallCnn net, Examples learnt, Seed seed) {
    return proxy == null ? net.trained(learnt, seed) : DjlModel.torchScript(proxy, learnt.shape());
  }

  private void export(String name, Seed seed, Examples learnt, Examples asked) {
    if (export != null) {
      String prefix = "%s,%s,".formatted(name.replace(' ', '_'), seed.root());
      NpzFiles.write(export.resolve(prefix + "learnt.npz"), learnt);
      NpzFiles.write(export.resolve(prefix + "asked.npz"), asked);
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
          attack.title(),
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
