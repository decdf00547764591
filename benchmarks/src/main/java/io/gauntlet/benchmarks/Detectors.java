package io.gauntlet.benchmarks;

import io.gauntlet.attacks.poisoning.Poisoned;
import io.gauntlet.benchmarks.DetectorResults.Measurement;
import io.gauntlet.benchmarks.DetectorResults.Net;
import io.gauntlet.benchmarks.DetectorResults.Planting;
import io.gauntlet.benchmarks.DetectorResults.Settings;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.Examples;
import io.gauntlet.data.NpzFiles;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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
 * Lets every detector look at the same poisoned and clean data, and writes what each finds and whom
 * it accuses, as Markdown and JSON. What the JSON has already is not measured again.
 */
@Command(name = "Detectors", sortOptions = false)
public final class Detectors implements Callable<Integer> {
  private static final String CLEAN = "clean";

  /** More of the target class than that, and poison under true labels is the class. */
  private static final double MOST_OF_TARGET = 0.75;

  @Option(names = "--data", required = true, description = Images.FOLDER)
  Path data = Path.of("");

  @Option(
      names = "--attack",
      split = ",",
      description = "${COMPLETION-CANDIDATES}; clean data comes with any")
  List<Planted> attacks =
      new ArrayList<>(
          List.of(Planted.BADNETS, Planted.BLENDED, Planted.CLEAN_LABEL, Planted.WANET_STRONG));

  @Option(names = "--rates", split = ",", description = "poisoned shares of the training data")
  List<Double> rates = new ArrayList<>(List.of(0.005, 0.01, 0.05, 0.1));

  @Option(names = "--seeds", split = ",")
  List<Long> seeds = new ArrayList<>(List.of(1L, 2L, 3L, 4L, 5L));

  @Option(names = "--detector", split = ",", description = "${COMPLETION-CANDIDATES}")
  List<Detector> detectors = new ArrayList<>(Arrays.asList(Detector.values()));

  @Option(names = "--training", defaultValue = "1200", description = "images to learn")
  int training;

  @Option(names = "--held-out", defaultValue = "300", description = "images the defender has")
  int heldOut;

  @Option(names = "--epochs", defaultValue = "15")
  int epochs;

  @Option(names = "--out", required = true, description = "Markdown to write; JSON goes beside it")
  Path out = Path.of("");

  @Option(
      names = "--features",
      description = "folder for activations, labels and masks of poison, as .npz")
  @Nullable Path features;

  @Option(names = "--beside", description = "JSON of others to show in the same table")
  @Nullable Path beside;

  @Spec CommandSpec spec = CommandSpec.create();

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Detectors())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Examples all = Images.in(data);
    if (all.count() <= training + heldOut) {
      throw new ParameterException(
          spec.commandLine(),
          "of %s images in %s, %s for training and %s held out leave no test"
              .formatted(all.count(), data, training, heldOut));
    }
    Settings settings = new Settings(String.valueOf(data.getFileName()), training, heldOut, epochs);
    DetectorResults results = DetectorResults.in(json(), settings);
    for (long seed : seeds) {
      measure(new Planting(CLEAN, 0, seed), Optional.empty(), all, results);
      for (Planted attack : attacks) {
        for (double rate : rates) {
          measure(new Planting(attack.title(), rate, seed), Optional.of(attack), all, results);
        }
      }
    }
    write(results);
    return CommandLine.ExitCode.OK;
  }

  private Path json() {
    return out.resolveSibling(
        String.valueOf(out.getFileName()).replaceFirst("\\.md$", "") + ".json");
  }

  private void measure(
      Planting planting, Optional<Planted> attack, Examples all, DetectorResults results)
      throws IOException {
    List<Detector> missing =
        detectors.stream().filter(detector -> !results.has(planting, detector)).toList();
    if (missing.isEmpty() && !wantsFeatures(planting)) {
      return;
    }
    Seed seed = Seed.of(planting.seed());
    int[] order = seed.permutation(all.count());
    Examples learnt = part(all, order, 0, training);
    if (attack.isPresent()
        && attack.get().keepsLabels()
        && Planted.rateOfTarget(planting.rate(), learnt) > MOST_OF_TARGET) {
      say(planting + ": more than the target class can hold");
      return;
    }
    Examples test = part(all, order, training + heldOut, order.length);
    SmallCnn net = new SmallCnn(all.shape(), Fit.standard().withEpochs(epochs).withBatch(32));
    Optional<Planted.Case> planted =
        attack.map(
            kind ->
                kind.plant(planting.rate(), learnt, test, () -> net.trained(learnt, seed), seed));
    Examples suspect = planted.map(Planted.Case::training).map(Poisoned::data).orElse(learnt);
    try (DjlModel model = net.trained(suspect, seed)) {
      Scene scene =
          new Scene(
              model,
              net,
              suspect,
              planted.map(Detectors::poisonedRows).orElse(Set.of()),
              part(all, order, training, training + heldOut),
              test,
              planted.map(Planted.Case::triggered).orElse(test.select()),
              seed.derive(1));
      results.add(net(planting, scene));
      if (features != null) {
        writeFeatures(activations(features, planting), scene);
      }
      for (Detector detector : missing) {
        Measurement measured = new Measurement(planting, detector.title(), detector.judge(scene));
        results.add(measured);
        results.write(json());
        say(measured.toString());
      }
    }
  }

  private static Examples part(Examples all, int[] order, int from, int to) {
    return all.select(Arrays.stream(order, from, to).sorted().toArray());
  }

  private static Set<Integer> poisonedRows(Planted.Case planted) {
    Batch inputs = planted.training().data().inputs();
    return planted.training().poisoned().stream().map(inputs::rowOf).collect(Collectors.toSet());
  }

  private static Net net(Planting planting, Scene scene) {
    if (scene.triggered().count() == 0) {
      return new Net(planting, share(scene.model(), scene.test()), null);
    }
    return new Net(
        planting, share(scene.model(), scene.test()), share(scene.model(), scene.triggered()));
  }

  /** Of images that are answered as labelled. */
  private static double share(DjlModel model, Examples images) {
    Batch logits = model.logits(images.inputs());
    int[] right = logits.rowsWhere(row -> logits.argmax(row) == images.labels().atRow(row));
    return (double) right.length / images.count();
  }

  private boolean wantsFeatures(Planting planting) {
    return features != null && !Files.exists(activations(features, planting));
  }

  private static Path activations(Path folder, Planting planting) {
    return folder.resolve(
        String.format(
            Locale.ROOT,
            "%s,%s,%d.npz",
            planting.attack().replace(' ', '_'),
            planting.rate(),
            planting.seed()));
  }

  /**
   * Two files for NumPy: x are the activations in one, and 1 for each poisoned row in the other.
   */
  private static void writeFeatures(Path file, Scene scene) {
    Examples rows = scene.training();
    Batch activations = rows.inputs().answeredBy(scene.model().features().logits(rows.inputs()));
    float[] mask = new float[rows.count()];
    scene.poisoned().forEach(row -> mask[row] = 1);
    Batch poisoned = rows.inputs().withValues(1, mask);
    NpzFiles.write(
        file.resolveSibling("poisoned," + file.getFileName()),
        new Examples(Shape.of(1), poisoned, rows.labels()));
    NpzFiles.write(file, new Examples(Shape.of(activations.width()), activations, rows.labels()));
  }

  private void write(DetectorResults results) throws IOException {
    List<Measurement> shown = new ArrayList<>(results.measurements());
    if (beside != null) {
      shown.addAll(DetectorResults.read(beside).measurements());
    }
    byte[] table =
        new DetectorTable(results.nets(), shown).markdown().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(out, file -> file.write(table));
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }
}
