package io.gauntlet.examples;

import static io.gauntlet.junit.RobustAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attacks.AutoAttack;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Path SOURCE = Path.of("src/test/java/io/gauntlet/examples/ReadmeTest.java");
  private static final Path README = Path.of("../README.md");

  @Test
  void the_first_code_block_runs() {
    Examples digits = Digits.all();
    Examples examples = digits.slice(1297, 1597);
    try (DjlModel model = Digits.trained(digits.first(1297), 12, Seed.of(1))) {
      // README
      RobustnessReport report =
          Robustness.of(model)
              .under(ThreatModel.linf(8 / 255f))
              .attackedBy(AutoAttack.standard())
              .withSeed(42)
              .evaluate(examples);

      assertThat(report).atConfidence(0.95).hasRobustAccuracyAtLeast(0.45).hasNoCaveats();
      // END
    }
  }

  @Test
  void and_it_is_the_one_in_the_readme() throws IOException {
    List<String> shown = between(Files.readAllLines(README), "```java", "```");
    List<String> run = between(Files.readAllLines(SOURCE), "// README", "// END");
    assertThat(shown).isEqualTo(run);
  }

  private static List<String> between(List<String> lines, String from, String to) {
    List<String> trimmed = lines.stream().map(String::strip).toList();
    int start = trimmed.indexOf(from) + 1;
    int end = start + trimmed.subList(start, trimmed.size()).indexOf(to);
    return Arrays.asList(trimmed.subList(start, end).toArray(String[]::new));
  }
}
