package io.gauntlet.benchmarks;

import io.gauntlet.defenses.backdoor.InputDetector;
import io.gauntlet.defenses.backdoor.Inspection;
import io.gauntlet.defenses.backdoor.NeuralCleanse;
import io.gauntlet.defenses.backdoor.ReconstructedTrigger;
import io.gauntlet.defenses.backdoor.ScaleUp;
import io.gauntlet.defenses.backdoor.Strip;
import io.gauntlet.defenses.detect.ActivationClustering;
import io.gauntlet.defenses.detect.Beatrix;
import io.gauntlet.defenses.detect.DeepKnn;
import io.gauntlet.defenses.detect.PoisonDetector;
import io.gauntlet.defenses.detect.ProvenanceFilter;
import io.gauntlet.defenses.detect.Roni;
import io.gauntlet.defenses.detect.SpectralSignatures;
import io.gauntlet.defenses.detect.Suspicion;
import io.gauntlet.model.Batch;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Every detector of backdoors with its standard settings. */
enum Detector {
  SPECTRAL_SIGNATURES,
  ACTIVATION_CLUSTERING,
  DEEP_KNN,
  BEATRIX,
  STRIP,
  SCALE_UP,
  NEURAL_CLEANSE,
  RONI,
  PROVENANCE;

  /** Clean images that Neural Cleanse looks for triggers on. */
  private static final int CLEANSED = 100;

  /**
   * What came of it, counted in rows of the training data, in arriving images (STRIP, SCALE-UP) or
   * in classes (Neural Cleanse).
   *
   * @param poisoned those that are
   * @param clean those that are not
   * @param found poisoned ones that are flagged
   * @param accused clean ones that are flagged
   * @param auroc chance that a poisoned one scores above a clean one; null without poison
   * @param index of Neural Cleanse: the target's anomaly, or without poison the largest
   */
  record Found(
      int poisoned,
      int clean,
      int found,
      int accused,
      @Nullable Double auroc,
      @Nullable Double index) {
    static Found of(double[] bad, double[] good, int found, int accused) {
      Double auroc = bad.length == 0 || good.length == 0 ? null : areaUnder(bad, good);
      return new Found(bad.length, good.length, found, accused, auroc, null);
    }

    /** The chance that a bad one scores above a good one; ties count half. */
    static double areaUnder(double[] bad, double[] good) {
      double won = 0;
      for (double b : bad) {
        for (double g : good) {
          won += b > g ? 1 : b == g ? 0.5 : 0;
        }
      }
      return won / bad.length / good.length;
    }

    Found withIndex(double newIndex) {
      return new Found(poisoned, clean, found, accused, auroc, newIndex);
    }
  }

  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  Found judge(Scene scene) {
    return switch (this) {
      case SPECTRAL_SIGNATURES -> rows(SpectralSignatures.standard().on(scene.model()), scene);
      case ACTIVATION_CLUSTERING -> rows(ActivationClustering.standard().on(scene.model()), scene);
      case DEEP_KNN -> rows(DeepKnn.standard().on(scene.model()), scene);
      case BEATRIX -> rows(Beatrix.standard(scene.model(), scene.heldOut()), scene);
      case STRIP ->
          images(
              Strip.standard().calibrate(scene.model(), scene.heldOut().inputs(), scene.seed()),
              scene);
      case SCALE_UP ->
          images(
              ScaleUp.standard().calibrate(scene.model(), scene.heldOut().inputs(), scene.seed()),
              scene);
      case NEURAL_CLEANSE -> classes(NeuralCleanse.standard(), scene);
      case RONI ->
          rows(
              Roni.standard(
                      () -> scene.architecture().untrained(scene.seed()),
                      scene.sources(),
                      scene.heldOut())
                  .withFit(scene.architecture().fit()),
              scene);
      case PROVENANCE ->
          rows(
              ProvenanceFilter.trusting(
                      scene.heldOut(),
                      () -> scene.architecture().untrained(scene.seed()),
                      scene.sources())
                  .withFit(scene.architecture().fit()),
              scene);
    };
  }

  private static Found rows(PoisonDetector detector, Scene scene) {
    Suspicion suspicion = detector.detect(scene.training(), scene.seed());
    int[] judged = IntStream.range(0, suspicion.rows()).filter(suspicion::isJudged).toArray();
    int[] bad = Arrays.stream(judged).filter(scene.poisoned()::contains).toArray();
    int[] good = Arrays.stream(judged).filter(row -> !scene.poisoned().contains(row)).toArray();
    return Found.of(
        Arrays.stream(bad).mapToDouble(suspicion::score).toArray(),
        Arrays.stream(good).mapToDouble(suspicion::score).toArray(),
        (int) Arrays.stream(bad).filter(suspicion::isFlagged).count(),
        (int) Arrays.stream(good).filter(suspicion::isFlagged).count());
  }

  private static Found images(InputDetector detector, Scene scene) {
    Batch triggered = scene.triggered().inputs();
    Batch clean = scene.test().inputs();
    return Found.of(
        triggered.rows() == 0 ? new double[0] : column(detector.scores(triggered)),
        column(detector.scores(clean)),
        triggered.rows() == 0 ? 0 : detector.suspects(triggered).length,
        detector.suspects(clean).length);
  }

  private static double[] column(Batch scores) {
    return IntStream.range(0, scores.rows()).mapToDouble(row -> scores.get(row, 0)).toArray();
  }

  private static Found classes(NeuralCleanse cleanse, Scene scene) {
    Inspection inspection =
        cleanse.inspect(scene.model(), scene.heldOut().first(CLEANSED).inputs(), scene.seed());
    boolean planted = !scene.poisoned().isEmpty();
    double[] index =
        IntStream.range(0, scene.model().classes()).mapToDouble(inspection::anomalyIndex).toArray();
    int[] accused = inspection.accused().stream().mapToInt(ReconstructedTrigger::target).toArray();
    int found =
        planted && Arrays.stream(accused).anyMatch(target -> target == Planted.TARGET) ? 1 : 0;
    double[] bad = planted ? new double[] {index[Planted.TARGET]} : new double[0];
    double[] good =
        IntStream.range(0, index.length)
            .filter(target -> !planted || target != Planted.TARGET)
            .mapToDouble(target -> index[target])
            .toArray();
    return Found.of(bad, good, found, accused.length - found)
        .withIndex(planted ? bad[0] : Arrays.stream(good).max().orElseThrow());
  }
}
