package io.gauntlet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.random.Seed;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TradeoffTest {
  @TempDir Path folder;
  private final Tradeoff tradeoff = new Tradeoff();
  private final StringWriter errors = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = new CommandLine(tradeoff);
    line.setOut(new PrintWriter(new StringWriter()));
    line.setErr(new PrintWriter(errors, true));
    return line.execute(arguments);
  }

  /** Sixty 8x8 images of noise. */
  private void writeImages() throws IOException {
    RandomGenerator random = Seed.of(1).forExample(0);
    StringBuilder csv = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      csv.append(
          random
              .ints(64, 0, 17)
              .mapToObj(String::valueOf)
              .collect(Collectors.joining(",", "", "," + i % 10 + "\n")));
    }
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("digits.csv.gz")))) {
      out.write(csv.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void every_training_gets_a_row() throws IOException {
    writeImages();
    Path out = folder.resolve("out.md");

    int status =
        run(
            "--data=" + folder,
            "--training=40",
            "--epochs=1",
            "--limit=10",
            "--beta=0",
            "--beta=6",
            "--seed=4",
            "--out=" + out);

    assertThat(errors.toString()).isEmpty();
    assertThat(status).isZero();
    List<String> lines = Files.readAllLines(out);
    assertThat(lines).hasSize(4);
    String data = folder.getFileName().toString();
    assertThat(lines.get(2)).startsWith("| " + data + " | 0.1 | 0.0 | 4 | ");
    assertThat(lines.get(3)).startsWith("| " + data + " | 0.1 | 6.0 | 4 | ");
    assertThat(tradeoff.rows.get(1).clean().total()).isEqualTo(10);
  }

  @Test
  void a_training_without_tests_is_refused() throws IOException {
    writeImages();

    assertThat(run("--data=" + folder, "--training=60", "--out=" + folder.resolve("out.md")))
        .isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString()).contains("of 60 images", "60 for training leave no test");
  }
}
