package io.gauntlet.examples;

import io.gauntlet.attacks.poisoning.Aim;
import io.gauntlet.attacks.poisoning.Backdoor;
import io.gauntlet.attacks.poisoning.Poisoned;
import io.gauntlet.attacks.poisoning.trigger.Corner;
import io.gauntlet.attacks.poisoning.trigger.PatchTrigger;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.backdoor.InputDetector;
import io.gauntlet.defenses.backdoor.Inspection;
import io.gauntlet.defenses.backdoor.NeuralCleanse;
import io.gauntlet.defenses.backdoor.ReconstructedTrigger;
import io.gauntlet.defenses.backdoor.Strip;
import io.gauntlet.defenses.detect.ActivationClustering;
import io.gauntlet.defenses.detect.PoisonDetector;
import io.gauntlet.defenses.detect.SpectralSignatures;
import io.gauntlet.defenses.detect.Suspicion;
import io.gauntlet.defenses.repair.FilteredRetraining;
import io.gauntlet.defenses.repair.Repair;
import io.gauntlet.defenses.repair.Trial;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.evaluate.BackdoorReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import io.gauntlet.report.ImageGrid;
import io.gauntlet.train.Fit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A patch in the corner of one handwritten digit in twenty, and a false label on each: a network
 * learns the patch, which is looked for in the rows, in the inputs and in the network, and removed.
 *
 * <pre>{@code
 * mvn -q compile exec:java -pl examples -am \
 *     -Dexec.mainClass=io.gauntlet.examples.BadNetsOnImages
 * }</pre>
 */
public final class BadNetsOnImages {
  /** Class that the patch leads to. */
  static final int TARGET = 0;

  /** Four white pixels; the paper's nine would be a seventh of these small images. */
  private static final PatchTrigger PATCH =
      PatchTrigger.standard()
          .withSide(2)
          .withFill(PatchTrigger.Fill.SOLID)
          .at(Corner.BOTTOM_RIGHT, 0, 0);

  private static final int COLUMNS = 8;

  private BadNetsOnImages() {}

  /**
   * How much is done.
   *
   * @param training digits that are trained on, poisoned or not
   * @param heldOut clean digits that the defender has besides; the others are tested on
   * @param rate poisoned share of the training digits
   * @param fit how networks are trained
   * @param strip digits of each kind that STRIP is asked about
   * @param cleanse how a trigger is reconstructed
   * @param inspected clean digits that it is reconstructed with
   */
  public record Extent(
      int training,
      int heldOut,
      double rate,
      Fit fit,
      int strip,
      NeuralCleanse cleanse,
      int inspected) {
    /** A minute or two. */
    public static Extent whole() {
      return new Extent(
          1100, 300, 0.05, new Fit(15, 32), 200, NeuralCleanse.standard().withRestarts(2), 100);
    }

    /** The same with less searching; some seconds. */
    public static Extent small() {
      return new Extent(
          1100,
          300,
          0.05,
          new Fit(10, 32),
          60,
          NeuralCleanse.standard().withRestarts(1).withSteps(20),
          50);
    }
  }

  /**
   * What came of it.
   *
   * @param backdoor the poisoned network beside one that was never poisoned
   * @param detectors how well detectors of poisoned rows did
   * @param flagged rows that one of them flagged
   * @param stripAuroc chance that STRIP suspects a triggered digit more than a clean one
   * @param inspection what Neural Cleanse reconstructed for each class
   * @param repaired a network trained without the flagged rows, likewise beside the never poisoned
   */
  public record Result(
      BackdoorReport backdoor,
      Map<String, Suspicion.Accuracy> detectors,
      int flagged,
      double stripAuroc,
      Inspection inspection,
      BackdoorReport repaired) {
    /** Copies. */
    public Result {
      detectors = new LinkedHashMap<>(detectors);
    }
  }

  /** Prints the table and writes the pictures; the folder may be named as argument. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "badnets-output");
    Result result = run(folder, Extent.whole(), System.out::println);
    System.out.println();
    System.out.print(BadNetsTable.of(result));
    System.out.println();
    System.out.println("Pictures: " + folder.toAbsolutePath());
  }

  /**
   * Poisons, trains, searches, repairs, and writes {@code triggered.png} and {@code
   * reconstructed.png} into {@code folder}: clean digits, the same with the attacker's trigger or
   * with the one that Neural Cleanse reconstructed for the target, and what is different.
   *
   * @param progress told what is going on
   * @throws IOException if a file cannot be written
   */
  public static Result run(Path folder, Extent extent, Consumer<String> progress)
      throws IOException {
    Examples all = Digits.all();
    Examples training = all.first(extent.training());
    Examples heldOut = all.slice(extent.training(), extent.training() + extent.heldOut());
    Examples test = all.slice(extent.training() + extent.heldOut(), all.count());
    Backdoor attack = Backdoor.badNets(Aim.at(TARGET)).withTrigger(PATCH).withRate(extent.rate());
    Poisoned<Examples> poisoned = attack.poison(training, Domain.UNIT, Seed.of(1));
    Examples triggered = attack.triggered(test, Domain.UNIT);
    ImageGrid.writeTriggered(
        test, triggered, Domain.UNIT, COLUMNS, folder.resolve("triggered.png"));
    try (DjlModel reference = trained(training, extent);
        DjlModel suspect = trained(poisoned.data(), extent)) {
      progress.accept("Looking at the training digits ...");
      Map<String, Suspicion> suspicions = new LinkedHashMap<>();
      detectors(suspect)
          .forEach(
              (name, detector) ->
                  suspicions.put(name, detector.detect(poisoned.data(), Seed.of(3))));
      Set<Long> planted = new HashSet<>(poisoned.poisoned());
      Map<String, Suspicion.Accuracy> accuracies = new LinkedHashMap<>();
      suspicions.forEach(
          (name, suspicion) ->
              accuracies.put(
                  name,
                  suspicion.against(row -> planted.contains(training.inputs().example(row)))));
      progress.accept("Looking at inputs ...");
      double auroc = strip(suspect, heldOut, test, triggered, extent.strip());
      progress.accept("Looking into the network ...");
      Inspection inspection =
          extent.cleanse().inspect(suspect, heldOut.first(extent.inspected()).inputs(), Seed.of(5));
      writeReconstructed(inspection.triggers().get(TARGET), test, folder);
      progress.accept("Repairing ...");
      Set<Long> flagged =
          suspicions.values().stream()
              .flatMapToInt(suspicion -> Arrays.stream(suspicion.flagged()))
              .mapToObj(row -> training.inputs().example(row))
              .collect(Collectors.toSet());
      Repair<DjlModel> repair =
          FilteredRetraining.standard()
              .withFit(extent.fit())
              .repair(
                  suspect,
                  () -> Digits.untrained(Seed.of(2)),
                  poisoned.data(),
                  flagged,
                  new Trial(test, triggered),
                  Seed.of(2));
      try (DjlModel repaired = repair.model()) {
        return new Result(
            BackdoorReport.measure(suspect, reference, test, triggered),
            accuracies,
            flagged.size(),
            auroc,
            inspection,
            BackdoorReport.measure(repaired, reference, test, triggered));
      }
    }
  }

  private static DjlModel trained(Examples examples, Extent extent) {
    DjlModel model = Digits.untrained(Seed.of(2));
    extent.fit().train(model, examples, Seed.of(2));
    return model;
  }

  private static Map<String, PoisonDetector> detectors(DjlModel suspect) {
    Map<String, PoisonDetector> detectors = new LinkedHashMap<>();
    detectors.put("activation clustering", ActivationClustering.standard().on(suspect));
    detectors.put("spectral signatures", SpectralSignatures.standard().on(suspect));
    return detectors;
  }

  private static double strip(
      DjlModel suspect, Examples heldOut, Examples test, Examples triggered, int digits) {
    InputDetector strip = Strip.standard().calibrate(suspect, heldOut.inputs(), Seed.of(4));
    return auroc(
        strip.scores(triggered.first(digits).inputs()), strip.scores(test.first(digits).inputs()));
  }

  /** Share of pairs in which the triggered digit scores higher, ties counted half. */
  private static double auroc(Batch triggered, Batch clean) {
    double wins = 0;
    for (int i = 0; i < triggered.rows(); i++) {
      for (int j = 0; j < clean.rows(); j++) {
        int order = Float.compare(triggered.get(i, 0), clean.get(j, 0));
        wins += order > 0 ? 1 : order == 0 ? 0.5 : 0;
      }
    }
    return wins / triggered.rows() / clean.rows();
  }

  private static void writeReconstructed(ReconstructedTrigger trigger, Examples test, Path folder)
      throws IOException {
    Examples few = test.first(COLUMNS);
    int[] target = new int[few.count()];
    Arrays.fill(target, trigger.target());
    Batch stamped = trigger.stamp(few.inputs());
    Examples triggered =
        new Examples(few.shape(), stamped, Labels.of(stamped, target), few.classNames());
    ImageGrid.writeTriggered(
        few, triggered, Domain.UNIT, COLUMNS, folder.resolve("reconstructed.png"));
  }

  /** Classes that Neural Cleanse accuses, smallest trigger first. */
  static List<Integer> accused(Result result) {
    return result.inspection().accused().stream().map(ReconstructedTrigger::target).toList();
  }
}
