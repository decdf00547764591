package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real JVM is killed in the middle of a real evaluation. */
@Timeout(120)
class KilledRunTest {
  @Test
  void what_a_killed_run_had_finished_is_not_done_again_and_the_report_is_the_same(
      @TempDir Path folder) throws Exception {
    Path file = folder.resolve("killed.checkpoint");
    Process other = start(file);
    try (BufferedReader said = other.inputReader()) {
      String line = "";
      while (!line.matches("1 [23]\\d")) { // the first attack is through with 20 examples or more
        line = said.readLine();
        assertThat(line).as("more progress").isNotNull();
      }
      assertThatThrownBy(() -> resume(Spy.on(SlowRun.model()), file, new ConcurrentHashMap<>(), 2))
          .as("while it runs, its file is its own")
          .isExactlyInstanceOf(CheckpointException.class)
          .hasMessage(file + ": another evaluation is writing to it");
    } finally {
      other.destroyForcibly().waitFor();
    }
    assertThat(other.exitValue()).as("killed, not ended").isNotZero();
    List<Long> finished = exampleNumbers(file);
    assertThat(finished.size()).isBetween(20, 50);
    RobustnessReport whole =
        SlowRun.robustness(Spy.on(SlowRun.model()), new ConcurrentHashMap<>())
            .evaluate(SlowRun.examples());
    Files.writeString(
        file, "{\"phase\":1,\"seconds\":0.0,\"findi", StandardOpenOption.APPEND); // cut off
    int batch = 7;
    Path copy = Files.copy(file, folder.resolve("copy.checkpoint"));
    for (Path each : List.of(file, copy)) {
      Map<Long, Integer> attacked = new ConcurrentHashMap<>();
      RobustnessReport resumed = resume(Spy.on(SlowRun.model()), each, attacked, batch);
      Reports.assertSame(resumed, whole);
      assertThat(attacked).isNotEmpty().doesNotContainKeys(finished.toArray(Long[]::new));
      assertThat(attacked.values()).containsOnly(1);
      batch = 64;
    }
    Spy idle = Spy.on(SlowRun.model());
    Map<Long, Integer> attacked = new ConcurrentHashMap<>();
    Reports.assertSame(resume(idle, file, attacked, 64), whole);
    assertThat(attacked).isEmpty();
    assertThat(idle.total()).as("three looks at 32 examples for caveats").isEqualTo(3 * 32);
  }

  private static RobustnessReport resume(
      Spy model, Path file, Map<Long, Integer> attacked, int batch) {
    return SlowRun.robustness(model, attacked)
        .withBatch(batch)
        .withWorkers(1 + batch % 2)
        .withCheckpoint(file)
        .evaluate(SlowRun.examples());
  }

  /** The examples that the file says the first attack was through with. */
  private static List<Long> exampleNumbers(Path file) throws Exception {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    return text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .filter(line -> line.startsWith("{\"phase\":1,"))
        .flatMap(line -> Pattern.compile("\"example\":(\\d+)").matcher(line).results())
        .map(match -> Long.valueOf(match.group(1)))
        .toList();
  }

  private static Process start(Path file) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            SlowRun.class.getName(),
            file.toString())
        .redirectErrorStream(true)
        .start();
  }
}
