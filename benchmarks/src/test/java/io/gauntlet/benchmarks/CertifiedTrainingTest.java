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

class CertifiedTrainingTest {
  @TempDir Path folder;
  private final StringWriter answers = new StringWriter();
  private final StringWriter errors = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = new CommandLine(new CertifiedTraining());
    line.setOut(new PrintWriter(answers, true));
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

  private int trained(Path out, String beta) {
    return run(
        "--data=" + folder,
        "--training=40",
        "--epochs=2",
        "--clean-start=0.5",
        "--warm-up=1",
        "--batch=20",
        "--beta=" + beta,
        "--limit=10",
        "--nets=" + folder,
        "--out=" + out);
  }

  @Test
  void every_training_gets_a_row_and_one_that_is_over_is_not_done_again() throws IOException {
    writeImages();
    Path out = folder.resolve("out.md");

    assertThat(trained(out, "0")).isZero();
    assertThat(trained(out, "1")).isZero();
    List<String> lines = Files.readAllLines(out);
    assertThat(answers.toString()).contains("epoch 1 of 2", "epoch 2 of 2");
    answers.getBuffer().setLength(0);
    assertThat(trained(out, "1")).isZero();

    assertThat(errors.toString()).isEmpty();
    assertThat(answers.toString()).doesNotContain("epoch");
    assertThat(Files.readAllLines(out)).isEqualTo(lines).hasSize(4);
    String data = folder.getFileName().toString();
    assertThat(lines.get(2))
        .startsWith("| " + data + " | 0.1 | 0.2 | 0.5, 0.0 | 2 (0.5, 1.0) | 20 |");
    assertThat(lines.get(3))
        .startsWith("| " + data + " | 0.1 | 0.2 | 0.5, 1.0 | 2 (0.5, 1.0) | 20 |");
  }

  @Test
  void a_training_without_tests_is_refused() throws IOException {
    writeImages();

    assertThat(
            run(
                "--data=" + folder,
                "--training=60",
                "--nets=" + folder,
                "--out=" + folder.resolve("out.md")))
        .isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString()).contains("of 60 images", "60 for training leave no test");
  }
}
