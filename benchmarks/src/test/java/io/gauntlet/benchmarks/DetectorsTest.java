package io.gauntlet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.benchmarks.Detector.Found;
import io.gauntlet.benchmarks.DetectorResults.Measurement;
import io.gauntlet.benchmarks.DetectorResults.Net;
import io.gauntlet.benchmarks.DetectorResults.Planting;
import io.gauntlet.data.Examples;
import io.gauntlet.data.NpzFiles;
import io.gauntlet.model.Range;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DetectorsTest {
  private static final Path DIGITS =
      Path.of("../examples/src/main/resources/io/gauntlet/examples/digits.csv.gz");
  private static final int COUNT = 800;

  @TempDir Path folder;
  private final StringWriter output = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @BeforeEach
  void cut() throws IOException {
    try (InputStream all = new GZIPInputStream(Files.newInputStream(DIGITS));
        OutputStream some =
            new GZIPOutputStream(Files.newOutputStream(folder.resolve("digits.csv.gz")))) {
      String[] lines = new String(all.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1);
      for (String line : Arrays.asList(lines).subList(0, COUNT)) {
        some.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private int run(String... arguments) {
    CommandLine line = new CommandLine(new Detectors()).setCaseInsensitiveEnumValuesAllowed(true);
    line.setOut(new PrintWriter(output, true));
    line.setErr(new PrintWriter(errors, true));
    List<String> all =
        new ArrayList<>(
            List.of("--data=" + folder, "--training=400", "--out=" + folder.resolve("out.md")));
    all.addAll(Arrays.asList(arguments));
    return line.execute(all.toArray(String[]::new));
  }

  private List<Measurement> measured() throws IOException {
    return DetectorResults.read(folder.resolve("out.json")).measurements();
  }

  @Test
  void every_row_image_and_source_is_counted_once_beside_clean_data() throws IOException {
    int status =
        run(
            "--attack=badnets,clean_label",
            "--rates=0.1",
            "--seeds=3",
            "--epochs=1",
            "--detector=spectral_signatures,strip,provenance");

    assertThat(errors.toString()).isEmpty();
    assertThat(status).isZero();
    assertThat(measured())
        .extracting(one -> one.planting().attack() + " " + one.detector())
        .containsExactly(
            "clean spectral signatures",
            "clean strip",
            "clean provenance",
            "badnets spectral signatures",
            "badnets strip",
            "badnets provenance");
    assertThat(measured())
        .extracting(one -> one.found().poisoned() + one.found().clean())
        .element(1)
        .isEqualTo(100);
    Found rows = measured().get(5).found();
    assertThat(rows.poisoned()).isEqualTo(40);
    assertThat(rows.clean()).isEqualTo(360);
    assertThat(measured().get(0).found().auroc()).isNull();
    // a class has about 40 of 400 rows, and an attack that keeps labels cannot poison 40 others
    assertThat(output.toString()).contains("clean label", "more than the target class can hold");
    assertThat(Files.readAllLines(folder.resolve("out.md")))
        .anyMatch(line -> line.startsWith("| clean | 0 | "))
        .anyMatch(line -> line.startsWith("| badnets | 10.0 | "));
  }

  @Test
  void what_was_measured_is_not_measured_again() throws IOException {
    String[] arguments = {
      "--attack=blended", "--rates=0.05", "--seeds=1", "--epochs=1", "--detector=deep_knn"
    };
    run(arguments);
    List<Measurement> first = measured();
    output.getBuffer().setLength(0);

    assertThat(run(arguments)).isZero();
    assertThat(output.toString()).isEmpty();
    assertThat(measured()).isEqualTo(first).hasSize(2);

    assertThat(run("--seeds=1", "--epochs=2")).isNotZero();
    assertThat(errors.toString()).contains("epochs=2", "but was with", "epochs=1");
  }

  @Test
  void others_can_look_at_the_same_activations_and_stand_in_the_same_table() throws IOException {
    Path features = folder.resolve("features");
    run(
        "--attack=badnets",
        "--rates=0.05",
        "--seeds=1",
        "--epochs=1",
        "--detector=deep_knn",
        "--features=" + features);
    Range any = new Range(0, 1000);
    Examples activations = NpzFiles.read(features.resolve("badnets,0.05,1.npz"), any);
    Examples mask = NpzFiles.read(features.resolve("poisoned,badnets,0.05,1.npz"), any);
    assertThat(activations.inputs().width()).isEqualTo(64);
    int[] poisoned = mask.inputs().rowsWhere(row -> mask.inputs().get(row, 0) == 1);
    assertThat(poisoned).hasSize(20);
    assertThat(Arrays.stream(poisoned).map(activations.labels()::atRow))
        .containsOnly(Planted.TARGET);

    Path peers = folder.resolve("peers.json");
    Files.writeString(
        peers,
        """
        {"nets": [], "measurements": [{
          "planting": {"attack": "badnets", "rate": 0.05, "seed": 1},
          "detector": "a peer",
          "found": {"poisoned": 20, "clean": 380, "found": 15, "accused": 19}}]}
        """);
    assertThat(
            run(
                "--attack=badnets",
                "--rates=0.05",
                "--seeds=1",
                "--epochs=1",
                "--detector=deep_knn",
                "--beside=" + peers))
        .isZero();
    assertThat(Files.readAllLines(folder.resolve("out.md")))
        .contains(
            "| badnets | 5.0 | a peer | 1 | 75.0 (75.0 to 75.0) | 5.0 (5.0 to 5.0) | – | – |");
  }

  @Test
  void a_split_without_tests_is_refused() {
    assertThat(run("--held-out=400")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString())
        .contains("of 800 images", "400 for training and 400 held out leave no test");
  }

  @Test
  void the_area_is_the_share_of_pairs_in_order_ties_halved() {
    Found found = Found.of(new double[] {2, 1}, new double[] {0, 1, 3}, 1, 1);
    assertThat(found.auroc()).isCloseTo((2 + 1.5) / 6, within(1e-12));
    assertThat(Found.of(new double[0], new double[] {1}, 0, 0).auroc()).isNull();
  }

  @Test
  void the_table_has_medians_and_ranges_over_the_seeds() {
    List<Net> nets = new ArrayList<>();
    List<Measurement> measurements = new ArrayList<>();
    for (int seed = 1; seed <= 4; seed++) {
      Planting planting = new Planting("badnets", 0.005, seed);
      nets.add(new Net(planting, 0.9, seed / 10.0));
      measurements.add(
          new Measurement(planting, "strip", new Found(10, 100, seed, 4, seed / 4.0, null)));
    }
    assertThat(new DetectorTable(nets, measurements).markdown())
        .contains("| attack | poisoned % | accuracy | attack success | strip |\n")
        .contains("| badnets | 0.5 | 90.0 | 25.0 | 25.0 / 4.0 |\n")
        .contains(
            "| badnets | 0.5 | strip | 4 | 25.0 (10.0 to 40.0) | 4.0 (4.0 to 4.0)"
                + " | 0.63 (0.25 to 1.00) | – |\n");
  }
}
