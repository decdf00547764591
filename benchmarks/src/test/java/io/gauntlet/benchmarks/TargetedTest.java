package io.gauntlet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attacks.poisoning.Target;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.Normalisation;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TargetedTest {
  private static final Path DIGITS =
      Path.of("../examples/src/main/resources/io/gauntlet/examples/digits.csv.gz");

  @TempDir Path folder;
  private final StringWriter errors = new StringWriter();

  @BeforeEach
  void copy() throws IOException {
    Files.copy(DIGITS, folder.resolve("digits.csv.gz"));
  }

  private int run(Targeted targeted, String... arguments) {
    CommandLine line = new CommandLine(targeted).setCaseInsensitiveEnumValuesAllowed(true);
    line.setOut(new PrintWriter(new StringWriter()));
    line.setErr(new PrintWriter(errors, true));
    List<String> all =
        new ArrayList<>(
            List.of(
                "--data=" + folder,
                "--training=400",
                "--targets=2",
                "--victims=2",
                "--epsilon=0.25",
                "--surrogates=1",
                "--steps=3",
                "--restarts=1",
                "--hidden=8",
                "--epochs=2",
                "--out=" + folder.resolve("out.md")));
    all.addAll(Arrays.asList(arguments));
    return line.execute(all.toArray(String[]::new));
  }

  @Test
  void every_victim_of_every_target_gets_a_row_within_budget_and_epsilon() throws IOException {
    Targeted targeted = new Targeted();

    assertThat(run(targeted)).isZero();

    assertThat(errors.toString()).isEmpty();
    assertThat(targeted.rows)
        .extracting(row -> row.poison().craft().title() + row.victim())
        .containsExactly(
            "matching0",
            "matching1",
            "blend0",
            "blend1",
            "matching0",
            "matching1",
            "blend0",
            "blend1");
    assertThat(targeted.rows)
        .allSatisfy(
            row -> {
              assertThat(row.poison().change()).isPositive().isLessThanOrEqualTo(0.250001);
              assertThat(row.poison().cosine()).isBetween(-1.0, 1.0);
              assertThat(row.choice().intended())
                  .isNotEqualTo(row.choice().image().labels().atRow(0))
                  .isBetween(0, 9);
              assertThat(row.report().success().total()).isEqualTo(1);
              assertThat(row.report().accuracy().total()).isEqualTo(1797 - 400);
            });
    List<String> lines = Files.readAllLines(folder.resolve("out.md"));
    assertThat(lines).hasSize(2 + 2 + 8 + 2 * 2);
    assertThat(lines.get(0))
        .startsWith("`--data " + folder.getFileName() + " --training 400 --targets 2 ")
        .doesNotContain("--out", folder.toString());
    assertThat(lines.get(4))
        .startsWith("| matching | random | " + folder.getFileName() + " | 4 of 400 | 0.2500 | ");
    assertThat(lines.get(13))
        .startsWith("matching, epsilon 0.2500: ")
        .contains(" of 4 fooled (", "; 95 %: ", "), trained on clean data ");
    assertThat(lines.get(15)).startsWith("blend, epsilon 0.2500: ");
  }

  @Test
  void every_epsilon_is_tried_on_the_same_targets() throws IOException {
    Targeted targeted = new Targeted();

    assertThat(run(targeted, "--epsilon=0.125", "--poison=blend")).isZero();

    assertThat(targeted.rows)
        .extracting(row -> row.poison().epsilon())
        .containsExactly(0.25f, 0.25f, 0.125f, 0.125f, 0.25f, 0.25f, 0.125f, 0.125f);
    assertThat(targeted.rows.get(2).choice()).isEqualTo(targeted.rows.get(0).choice());
    assertThat(targeted.rows.get(2).poison().change()).isBetween(0.1249, 0.125001);
    List<String> lines = Files.readAllLines(folder.resolve("out.md"));
    assertThat(lines.subList(lines.size() - 3, lines.size()))
        .satisfiesExactly(
            total -> assertThat(total).startsWith("blend, epsilon 0.2500: "),
            blank -> assertThat(blank).isEmpty(),
            total -> assertThat(total).startsWith("blend, epsilon 0.1250: "));
  }

  @Test
  void standardised_pixels_have_mean_zero_and_deviation_one() {
    Examples images =
        Examples.of(Batch.of(new float[][] {{0, 0.5f}, {1, 0.5f}}), 0, 1); // variance 1/8
    Normalisation found = Images.standardising(images);
    assertThat(found.mean().get(0)).isEqualTo(0.5f);
    assertThat(found.std().get(0)).isCloseTo((float) Math.sqrt(0.125), within(1e-7f));
  }

  @Test
  void networks_that_see_raw_pixels_learn_something_else() throws IOException {
    Targeted raw = new Targeted();
    assertThat(run(raw, "--raw", "--poison=blend")).isZero();
    Targeted standardised = new Targeted();
    assertThat(run(standardised, "--poison=blend")).isZero();
    assertThat(raw.rows)
        .extracting(row -> row.report().accuracy())
        .isNotEqualTo(standardised.rows.stream().map(row -> row.report().accuracy()).toList());
  }

  @Test
  void attacker_and_victims_may_be_convolutional() throws IOException {
    Targeted cnn = new Targeted();
    assertThat(run(cnn, "--net=cnn", "--poison=blend")).isZero();
    Targeted mlp = new Targeted();
    assertThat(run(mlp, "--poison=blend")).isZero();
    assertThat(cnn.rows)
        .extracting(row -> row.report().accuracy())
        .isNotEqualTo(mlp.rows.stream().map(row -> row.report().accuracy()).toList());
  }

  @Test
  void of_cifar_the_batches_are_learnt_and_the_test_batch_asked() throws IOException {
    Files.delete(folder.resolve("digits.csv.gz"));
    for (int batch = 1; batch <= 5; batch++) {
      Files.write(folder.resolve("data_batch_" + batch + ".bin"), cifar(2, batch));
    }
    Files.write(folder.resolve("test_batch.bin"), cifar(3, 6));

    Images.Split split = Images.split(folder, 10);

    assertThat(labels(split.learnt())).containsExactly(1, 1, 2, 2, 3, 3, 4, 4, 5, 5);
    assertThat(labels(split.test())).containsExactly(6, 6, 6);
    assertThat(split.test().shape()).isEqualTo(Shape.of(3, 32, 32));
    assertThat(Images.split(folder, 4).learnt().count()).isEqualTo(4);
  }

  private static int[] labels(Examples examples) {
    return IntStream.range(0, examples.count()).map(examples.labels()::atRow).toArray();
  }

  private static byte[] cifar(int images, int label) {
    byte[] file = new byte[images * (1 + 3 * 32 * 32)];
    for (int image = 0; image < images; image++) {
      file[image * (1 + 3 * 32 * 32)] = (byte) label;
    }
    return file;
  }

  @Test
  void a_blend_of_unbounded_reach_is_the_target_in_the_place_of_its_nearest_neighbours() {
    Examples digits = Images.in(folder);
    Examples learnt = digits.slice(0, 100);
    Target target = new Target(digits.inputs().select(100), 3);

    Examples blended = new Blend(ThreatModel.linf(1)).poison(learnt, Domain.UNIT, target, 2);

    int[] moved =
        learnt
            .inputs()
            .rowsWhere(row -> !Arrays.equals(blended.inputs().row(row), learnt.inputs().row(row)));
    assertThat(moved).hasSize(2);
    for (int row : moved) {
      assertThat(blended.inputs().row(row)).isEqualTo(target.input().row(0));
    }
    List<Integer> threes =
        Arrays.stream(learnt.labels().rowsWhere(label -> label == 3))
            .boxed()
            .sorted(Comparator.comparingDouble(row -> away(learnt, row, target)))
            .toList();
    assertThat(threes.subList(0, 2)).containsExactlyInAnyOrder(moved[0], moved[1]);
  }

  private static double away(Examples learnt, int row, Target target) {
    return Norm.l2().of(learnt.inputs().select(row).minus(target.input()).row(0));
  }

  @Test
  void the_same_seed_writes_the_same_table() throws IOException {
    assertThat(run(new Targeted())).isZero();
    String first = Files.readString(folder.resolve("out.md"));
    assertThat(run(new Targeted())).isZero();
    assertThat(Files.readString(folder.resolve("out.md"))).isEqualTo(first);
    assertThat(run(new Targeted(), "--seed=2")).isZero();
    assertThat(Files.readString(folder.resolve("out.md"))).isNotEqualTo(first);
  }

  @Test
  void a_budget_that_is_no_share_is_refused() {
    assertThat(run(new Targeted(), "--budget=1.5")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString()).contains("budget", "1.5");
    assertThat(run(new Targeted(), "--budget=0.001")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString()).contains("0.001 of 400 images");
  }
}
