package io.gauntlet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.benchmarks.DefendedResults.Detection;
import io.gauntlet.benchmarks.DefendedResults.Row;
import io.gauntlet.benchmarks.DefendedResults.Settings;
import io.gauntlet.data.DataException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DefendedTest {
  private static final Path DIGITS =
      Path.of("../examples/src/main/resources/io/gauntlet/examples/digits.csv.gz");

  @TempDir Path folder;
  private final StringWriter output = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @BeforeEach
  void copy() throws IOException {
    Files.copy(DIGITS, folder.resolve("digits.csv.gz"));
  }

  private int run(String... arguments) {
    CommandLine line =
        new CommandLine(new Defended())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOverwrittenOptionsAllowed(true);
    line.setOut(new PrintWriter(output, true));
    line.setErr(new PrintWriter(errors, true));
    List<String> all =
        new ArrayList<>(
            List.of(
                "--data=" + folder,
                "--training=600",
                "--held-out=100",
                "--examples=30",
                "--epochs=3",
                "--steps=10",
                "--restarts=1",
                "--queries=2",
                "--out=" + folder.resolve("out.md")));
    all.addAll(Arrays.asList(arguments));
    return line.execute(all.toArray(String[]::new));
  }

  private List<Row> measured() throws IOException {
    return DefendedResults.in(folder.resolve("out.json")).rows();
  }

  @Test
  void every_defense_is_attacked_with_and_without_knowledge_of_it() throws IOException {
    int status =
        run("--epsilon=0.2", "--defense=bit_depth_1,resize_pad,mahalanobis,learned_detector");

    assertThat(errors.toString()).isEmpty();
    assertThat(status).isZero();
    assertThat(measured())
        .extracting(Row::defense)
        .containsExactly("none", "bit depth 1", "resize pad", "mahalanobis", "learned detector");
    assertThat(measured())
        .allSatisfy(
            row -> {
              assertThat(row.clean()).isBetween(5, 30);
              assertThat(row.both()).isLessThanOrEqualTo(Math.min(row.naive(), row.adaptive()));
              assertThat(row.adaptive()).isLessThanOrEqualTo(row.clean());
            });
    assertThat(measured().get(2).detection()).isNull();
    Detection detection = Objects.requireNonNull(measured().get(3).detection());
    assertThat(detection.clean()).isEqualTo(30);
    assertThat(detection.accused()).isLessThan(12);
    assertThat(detection.adaptive()).isLessThan(detection.naive());
    assertThat(Files.readAllLines(folder.resolve("out.md")))
        .hasSize(7)
        .element(2)
        .asString()
        .startsWith("| " + folder.getFileName() + " | 30 | 0.2 | none | ");
  }

  @Test
  void what_was_measured_is_not_measured_again_and_other_settings_stand_beside_it()
      throws IOException {
    run("--epsilon=0.1", "--defense=bit_depth_3");
    List<Row> first = measured();
    output.getBuffer().setLength(0);
    run("--epsilon=0.1", "--defense=bit_depth_3");
    assertThat(output.toString()).isEmpty();
    assertThat(measured()).isEqualTo(first);
    run("--epsilon=0.05", "--defense=bit_depth_3");
    assertThat(measured()).hasSize(4).startsWith(first.get(0), first.get(1));
    assertThat(measured().get(2).settings().epsilon()).isEqualTo(0.05f);
  }

  @Test
  void the_worst_of_both_attackers_is_shown_and_marked_where_ignorance_was_the_stronger()
      throws IOException {
    Settings settings = new Settings("images", 0.1f, 8, 4, 2, 200, 1, List.of("an attack"));
    DefendedResults results =
        new DefendedResults(
            List.of(
                new Row(settings, "weak", 190, 150, 20, 19, null),
                new Row(settings, "odd", 180, 40, 50, 38, new Detection(3, 200, 0.75, null))));
    results.write(folder.resolve("a.json"), folder.resolve("a.md"));
    assertThat(Files.readAllLines(folder.resolve("a.md")).subList(2, 4))
        .containsExactly(
            "| images | 200 | 0.1 | weak | 95.0 | 75.0 | **9.5** (5.8 to 14.4) | | | |",
            "| images | 200 | 0.1 | odd | 90.0 | 20.0 | **19.0*** (13.8 to 25.1) | 1.5 | 0.750 |"
                + "  |");
    assertThat(DefendedResults.in(folder.resolve("a.json"))).isEqualTo(results);
  }

  @Test
  void a_file_of_something_else_is_refused() throws IOException {
    Path file = Files.writeString(folder.resolve("other.json"), "{}");
    assertThatThrownBy(() -> DefendedResults.in(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("must have \"rows\"");
  }

  @Test
  void more_images_than_there_are_are_refused() {
    assertThat(run("--epsilon=0.1", "--training=1700")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString())
        .contains("1700 images to learn, 100 held out and 30 to attack are more than the 1797");
  }
}
