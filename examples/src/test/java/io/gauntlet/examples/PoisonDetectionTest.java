package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.detect.ActivationClustering;
import io.gauntlet.defenses.detect.Beatrix;
import io.gauntlet.defenses.detect.PoisonDetector;
import io.gauntlet.defenses.detect.SpectralSignatures;
import io.gauntlet.defenses.detect.Suspicion;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the detectors find in the penultimate layer of a network that was trained on digits, some of
 * which carry three bright pixels in a corner and a false label.
 */
class PoisonDetectionTest {
  private static final int TRAINING = 1200;
  private static final int EPOCHS = 8;
  private static final Examples ALL = Digits.all();
  private static final Examples TEST = ALL.slice(TRAINING, 1500);
  private static final Examples TRUSTED = ALL.slice(1500, ALL.count());

  private record Poisoned(Examples training, BitSet rows) {}

  private static Poisoned poisoned(double rate, int target, Seed seed) {
    Examples clean = ALL.first(TRAINING);
    int[] labels = new int[TRAINING];
    for (int row = 0; row < TRAINING; row++) {
      labels[row] = clean.labels().atRow(row);
    }
    BitSet rows = new BitSet();
    for (int row : seed.permutation(TRAINING)) {
      if (rows.cardinality() < Math.round(rate * TRAINING) && labels[row] != target) {
        rows.set(row);
        labels[row] = target;
      }
    }
    Batch inputs = clean.inputs().editRows((row, pixels) -> stamp(pixels, rows.get(row)));
    return new Poisoned(new Examples(Digits.SHAPE, inputs, Labels.of(inputs, labels)), rows);
  }

  private static void stamp(float[] pixels, boolean wanted) {
    if (wanted) {
      pixels[63] = 1;
      pixels[62] = 1;
      pixels[55] = 1;
      pixels[54] = 0;
    }
  }

  private static double attackSuccess(DjlModel model, int target) {
    Batch logits = model.logits(TEST.inputs().editRows((row, pixels) -> stamp(pixels, true)));
    int[] others = logits.rowsWhere(row -> TEST.labels().atRow(row) != target);
    int fooled = logits.rowsWhere(row -> logits.argmax(row) == target).length;
    int already = TEST.inputs().rows() - others.length;
    return (fooled - already) / (double) others.length;
  }

  /** The false in the last column is a miss of activation clustering, which stays known by it. */
  @ParameterizedTest
  @CsvSource({"0.05, 0, 1, true", "0.05, 7, 2, false", "0.05, 8, 21, true", "0.1, 3, 3, true"})
  void a_patch_is_found_among_the_rows_of_its_class(
      double rate, int target, long number, boolean clusters) {
    Seed seed = Seed.of(number);
    Poisoned data = poisoned(rate, target, seed);
    try (DjlModel model = Digits.trained(data.training, EPOCHS, seed)) {
      assertThat(attackSuccess(model, target)).isGreaterThan(0.8);
      requireFound(SpectralSignatures.standard().on(model), data, seed);
      if (clusters) {
        requireFound(ActivationClustering.standard().on(model), data, seed);
      }
      PoisonDetector beatrix = Beatrix.standard(model, TRUSTED).onMaps(16).withOrders(2);
      assertThat(beatrix.detect(data.training, seed).against(data.rows::get).auroc())
          .isGreaterThan(0.85);
    }
  }

  private static void requireFound(PoisonDetector detector, Poisoned data, Seed seed) {
    Suspicion.Accuracy found = detector.detect(data.training, seed).against(data.rows::get);
    assertThat(found.truePositiveRate()).isGreaterThan(0.9);
    assertThat(found.falsePositiveRate()).isLessThan(0.02);
    assertThat(found.auroc()).isGreaterThan(0.95);
  }

  /**
   * The ones of some writers have a base and those of others none: one net of five keeps them
   * apart.
   */
  @Test
  void clean_digits_are_hardly_accused() {
    Examples clean = ALL.first(TRAINING);
    int spectral = 0;
    int clustering = 0;
    for (int number = 11; number <= 15; number++) {
      Seed seed = Seed.of(number);
      try (DjlModel model = Digits.trained(clean, EPOCHS, seed)) {
        PoisonDetector signatures = SpectralSignatures.standard().on(model);
        PoisonDetector clusters = ActivationClustering.standard().on(model);
        spectral += signatures.detect(clean, seed).flagged().length;
        clustering += clusters.detect(clean, seed).flagged().length;
      }
    }
    assertThat(spectral).isLessThan(5 * TRAINING / 50); // 2 %
    assertThat(clustering).isLessThan(5 * TRAINING / 50);
  }
}
