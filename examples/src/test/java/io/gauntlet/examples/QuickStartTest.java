package io.gauntlet.examples;

import static io.gauntlet.junit.RobustAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Progress;
import io.gauntlet.evaluate.RobustnessReport;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickStartTest {
  @Test
  void trains_attacks_and_writes_what_it_promises(@TempDir Path folder) throws IOException {
    List<RobustnessReport> reports = QuickStart.run(folder, Progress.SILENT);

    assertThat(reports).hasSize(2);
    for (RobustnessReport report : reports) {
      assertThat(report).hasCleanAccuracyAtLeast(0.9).hasNoCaveats();
      assertThat(report.examples()).isEqualTo(500);
      assertThat(report.robustAccuracy()).isLessThan(report.cleanAccuracy() - 0.3);
      assertThat(report.attacks().get(2).medianDistance()).isLessThanOrEqualTo(0.81);
      String name = report.threat().norm().toString().toLowerCase(Locale.ROOT);
      JsonObject json =
          JsonParser.parseString(Files.readString(folder.resolve(name + ".json")))
              .getAsJsonObject();
      assertThat(json.getAsJsonArray("outcomes")).hasSize(500);
      assertThat(json.get("robustAccuracy").getAsDouble()).isEqualTo(report.robustAccuracy());
      BufferedImage grid = ImageIO.read(folder.resolve(name + ".png").toFile());
      assertThat(grid.getWidth()).isGreaterThan(10 * 96);
    }
    assertThat(reports.get(0).count(Outcome.Survived.class)).isPositive();
  }

  @Test
  void shows_a_bar_on_a_terminal_and_plain_lines_elsewhere() {
    Progress.Step half = new Progress.Step("PGD-40", 2, 3, 50, 100, 60, 1.5);
    Progress.Step end = new Progress.Step("PGD-40", 3, 3, 100, 100, 40, 3);

    String bar = shown(true, half, end);
    assertThat(bar)
        .startsWith("\rPGD-40   2/3 [############............] 50/100, 60 standing, 2 s")
        .doesNotContain("\n")
        .endsWith(" \r");

    assertThat(shown(false, half, end))
        .isEqualTo(
            "PGD-40 (3 of 3): 100 examples done, 40 still standing after 3.0 s"
                + System.lineSeparator());
  }

  private static String shown(boolean interactive, Progress.Step... steps) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ConsoleProgress progress =
        new ConsoleProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), interactive);
    for (Progress.Step step : steps) {
      progress.update(step);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
