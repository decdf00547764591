package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.evaluate.Progress;
import io.gauntlet.evaluate.RobustnessReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpsilonCurveTest {
  @TempDir Path folder;

  @Test
  void one_run_gives_the_curve_that_apgd_finds_point_by_point() throws IOException {
    List<RobustnessReport> reports = EpsilonCurve.run(folder, Progress.SILENT);
    assertThat(folder.resolve("linf-curve.svg")).isNotEmptyFile();
    assertThat(folder.resolve("l2-curve.svg")).isNotEmptyFile();
    assertThat(reports).hasSize(8);
    for (int first = 0; first < 8; first += 4) {
      RobustnessReport closest = reports.get(first);
      assertThat(closest.robustAccuracy()).isZero();
      for (RobustnessReport check : reports.subList(first + 1, first + 4)) {
        double epsilon = check.threat().epsilon();
        // two searches, neither exact: a few of the 200 digits are found by one of them only
        assertThat(closest.robustAccuracyAt(epsilon))
            .as("%s at %s", closest.threat(), epsilon)
            .isBetween(check.robustAccuracy() - 0.02, check.robustAccuracy() + 0.02);
      }
    }
  }
}
