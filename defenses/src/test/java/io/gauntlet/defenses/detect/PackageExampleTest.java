package io.gauntlet.defenses.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Domain;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.Model;
import io.gauntlet.model.Models;
import io.gauntlet.model.Shape;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example of the package page. */
class PackageExampleTest {
  private final Planted planted = Planted.rows(3, 200, 40, 12, Seed.of(1));
  private final int width = planted.activations().width();
  private final List<String> lines = new ArrayList<>();

  private void log(Object... words) {
    lines.add(words[0] + " " + words[1] + " " + words[2]);
  }

  @Test
  void poisoned_rows_are_left_out_of_the_next_training() {
    Examples training = new Examples(Shape.of(width), planted.activations(), planted.labels());
    TrainableModel fresh = new Softmax(width, 3);
    Model identity =
        Models.of("inputs", Shape.of(width), Domain.of(-100, 100), width, rows -> rows);
    FeatureModel model = Models.withFeatures(new Softmax(width, 3), identity);

    PoisonDetector detector = SpectralSignatures.standard().on(model); // a FeatureModel
    Suspicion suspicion = detector.detect(training, Seed.of(1));
    for (Verdict verdict : suspicion.verdicts()) {
      log(verdict.part(), verdict.ruling(), verdict.reason()); // class 7 POISONED ...
    }
    int[] kept = training.inputs().rowsWhere(row -> !suspicion.isFlagged(row));
    new Fit(20, 32).train(fresh, training.select(kept), Seed.of(2));

    assertThat(kept).hasSize(560).startsWith(40);
    assertThat(lines.get(0)).startsWith("class 0 POISONED the clearest cut leaves 40 ");
    assertThat(lines.get(1)).startsWith("class 1 CLEAN ");
    assertThat(model.logits(training.inputs()).width()).isEqualTo(3);
  }
}
