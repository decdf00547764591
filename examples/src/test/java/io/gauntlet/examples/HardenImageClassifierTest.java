package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.evaluate.Progress;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.examples.HardenImageClassifier.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HardenImageClassifierTest {
  @TempDir Path folder;

  @Test
  void hardening_costs_little_accuracy_and_buys_a_lot_of_robustness() throws IOException {
    List<Result> results = HardenImageClassifier.run(folder, Progress.SILENT);

    assertThat(results).hasSize(3);
    RobustnessReport plain = atTrainingEpsilon(results.get(0));
    assertThat(plain.cleanAccuracy()).isGreaterThan(0.93);
    for (Result hardened : results.subList(1, 3)) {
      RobustnessReport report = atTrainingEpsilon(hardened);
      assertThat(report.cleanAccuracy()).isGreaterThan(plain.cleanAccuracy() - 0.08);
      assertThat(report.robustAccuracy()).isGreaterThan(plain.robustAccuracy() + 0.25);
      assertThat(hardened.reports())
          .extracting(RobustnessReport::robustAccuracy)
          .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    }
    assertThat(HardenImageClassifier.table(results).lines()).hasSize(4);
    assertThat(folder.resolve("hardening.svg"))
        .content()
        .contains("trained plainly", "PGD training", "fast training");
  }

  private static RobustnessReport atTrainingEpsilon(Result result) {
    return result.reports().stream()
        .filter(report -> report.threat().epsilon() == HardenImageClassifier.EPSILON)
        .findFirst()
        .orElseThrow();
  }
}
