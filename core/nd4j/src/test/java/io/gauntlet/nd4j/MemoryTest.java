package io.gauntlet.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {
  /** 1.5 kB for each step; a session of SameDiff that is kept grows by 1.8 kB a call. */
  private static final long HEAP = GradientLoop.STEPS_OF_LEG * 1536L;

  /** 8 kB for each step: half of what one batch of inputs left behind would come to. */
  private static final long ALL = GradientLoop.STEPS_OF_LEG * 8192L;

  @ParameterizedTest
  @ValueSource(strings = {"sameDiff", "stack", "graph"})
  @EnabledOnOs(OS.LINUX)
  void two_thousand_gradient_steps_leave_nothing_behind(String kind) throws Exception {
    ProcessBuilder loop =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xms96m",
            "-Xmx96m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            GradientLoop.class.getName(),
            kind);
    loop.environment().put("MALLOC_ARENA_MAX", "2"); // or the C library's own pools hide a leak
    Process running = loop.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<Long> printed;
    try (BufferedReader out = running.inputReader(StandardCharsets.US_ASCII)) {
      printed =
          out.lines()
              .filter(line -> line.startsWith("memory ")) // SameDiff prints lines of its own
              .map(line -> Long.valueOf(line.substring("memory ".length())))
              .toList();
    }
    assertThat(running.waitFor()).isZero();
    assertThat(printed).hasSize(2 * (GradientLoop.LEGS + 1));
    assertThat(growth(printed, 0)).as("growth of the used heap").isLessThan(HEAP);
    assertThat(growth(printed, 1)).as("growth of the resident memory").isLessThan(ALL);
  }

  /**
   * In the best leg: a leak grows in all of them. What an allocator takes once does not, nor what
   * ND4J's cleaners are late with on a machine that has other work.
   */
  private static long growth(List<Long> printed, int what) {
    return IntStream.range(0, GradientLoop.LEGS)
        .mapToLong(leg -> printed.get(2 * leg + 2 + what) - printed.get(2 * leg + what))
        .min()
        .orElseThrow();
  }
}
