package io.gauntlet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gauntlet.data.Examples;
import io.gauntlet.data.NpzFiles;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Range;
import io.gauntlet.random.Seed;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BackdoorsTest {
  private static final int COUNT = 240;
  private static final int SIDE = 12;

  @TempDir Path folder;
  private final Backdoors backdoors = new Backdoors();
  private final StringWriter errors = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = new CommandLine(backdoors).setCaseInsensitiveEnumValuesAllowed(true);
    line.setOut(new PrintWriter(new StringWriter()));
    line.setErr(new PrintWriter(errors, true));
    return line.execute(arguments);
  }

  /** Images whose bright line is their class. */
  private void writeImages(String name) throws IOException {
    ByteArrayOutputStream images = new ByteArrayOutputStream();
    ByteArrayOutputStream labels = new ByteArrayOutputStream();
    DataOutputStream header = new DataOutputStream(images);
    for (int number : List.of(0x0803, COUNT, SIDE, SIDE)) {
      header.writeInt(number);
    }
    header = new DataOutputStream(labels);
    header.writeInt(0x0801);
    header.writeInt(COUNT);
    RandomGenerator random = Seed.of(1).forExample(0);
    for (int i = 0; i < COUNT; i++) {
      labels.write(i % 10);
      for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
        images.write(random.nextInt(100) + (pixel / SIDE == i % 10 ? 120 : 0));
      }
    }
    zip(images, name + "-images-idx3-ubyte.gz");
    zip(labels, name + "-labels-idx1-ubyte.gz");
  }

  private void zip(ByteArrayOutputStream bytes, String name) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
      bytes.writeTo(out);
    }
  }

  @Test
  void every_attack_gets_a_row_with_its_exact_count() throws IOException {
    writeImages("t10k");
    Path out = folder.resolve("out.md");

    int status =
        run(
            "--data=" + folder,
            "--attack=badnets",
            "--attack=wanet",
            "--attack=clean_label",
            "--attack=sig",
            "--training=200",
            "--epochs=1",
            "--seed=5",
            "--export=" + folder,
            "--out=" + out);

    assertThat(errors.toString()).isEmpty();
    assertThat(status).isZero();
    List<String> lines = Files.readAllLines(out);
    assertThat(lines).hasSize(6);
    String data = folder.getFileName().toString();
    assertThat(lines.get(2)).startsWith("| badnets | " + data + " | 20 of 200 | 5 | ");
    assertThat(lines.get(3)).startsWith("| wanet | " + data + " | 20 of 200 | 5 | ");
    assertThat(backdoors.rows.get(1).decoys()).isEqualTo(40);
    assertThat(lines.get(4)).startsWith("| clean label | ");
    assertThat(lines.get(5)).startsWith("| sig | ");
    Examples learnt = NpzFiles.read(folder.resolve("badnets,5,learnt.npz"), Range.UNIT);
    assertThat(learnt.count()).isEqualTo(200);
    Examples asked = NpzFiles.read(folder.resolve("clean_label,5,asked.npz"), Range.UNIT);
    assertThat(asked.labels().rowsWhere(label -> label != Planted.TARGET)).isEmpty();
  }

  @Test
  void clean_label_images_are_moved_on_the_proxy_that_is_given() throws IOException {
    Path net = folder.resolve("net.pt");
    try (InputStream in = getClass().getResourceAsStream("small_net.pt")) {
      Files.copy(in, net);
    }
    RandomGenerator random = Seed.of(1).forExample(0);
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      for (int pixel = 0; pixel < 64; pixel++) {
        digits.append(random.nextInt(17)).append(',');
      }
      digits.append(i % 3).append('\n'); // the net tells three classes apart
    }
    ByteArrayOutputStream csv = new ByteArrayOutputStream();
    csv.writeBytes(digits.toString().getBytes(StandardCharsets.US_ASCII));
    zip(csv, "digits.csv.gz");

    int status =
        run(
            "--data=" + folder,
            "--attack=clean_label",
            "--training=50",
            "--epochs=1",
            "--seed=5",
            "--proxy=" + net,
            "--export=" + folder,
            "--out=" + folder.resolve("out.md"));

    assertThat(errors.toString()).isEmpty();
    assertThat(status).isZero();
    Images.Split split = Images.split(folder, 50);
    Examples expected =
        Planted.CLEAN_LABEL
            .plant(
                split.learnt(),
                split.test(),
                () -> DjlModel.torchScript(net, split.learnt().shape()),
                Seed.of(5))
            .training()
            .data();
    Examples learnt = NpzFiles.read(folder.resolve("clean_label,5,learnt.npz"), Range.UNIT);
    assertThat(learnt.inputs().buffer()).isEqualTo(expected.inputs().buffer());
  }

  @Test
  void published_training_images_are_learnt_and_all_test_images_asked() throws IOException {
    writeImages("t10k");
    assertThat(Images.split(folder, 200).test().count()).isEqualTo(COUNT - 200);
    writeImages("train");
    Images.Split split = Images.split(folder, COUNT);
    assertThat(split.learnt().count()).isEqualTo(COUNT);
    assertThat(split.test().count()).isEqualTo(COUNT);
  }

  @Test
  void a_split_without_tests_is_refused() throws IOException {
    writeImages("t10k");
    assertThat(run("--data=" + folder, "--training=240", "--out=" + folder.resolve("out.md")))
        .isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString()).contains("of 240 images", "240 for training leave no test");
  }

  @ParameterizedTest
  @CsvSource({"badnets, mnist, 0.99", "blended, mnist, 0.97"})
  @Tag("published")
  @Tag("long")
  void backdoors_work_as_published_and_cost_at_most_a_point(
      String attack, String name, double success) {
    Path data = Path.of(System.getProperty("gauntlet.data", "../shared/data")).resolve(name);
    boolean there = Files.isDirectory(data);
    if (!there && "true".equals(System.getenv("CI"))) {
      throw new IllegalStateException(data + " must be there in CI");
    }
    assumeTrue(there, () -> data + " is not there");

    int status =
        run(
            "--data=" + data,
            "--attack=" + attack,
            "--epochs=8",
            "--out=" + folder.resolve("out.md"));

    assertThat(errors.toString()).isEmpty();
    assertThat(status).isZero();
    Backdoors.Row row = backdoors.rows.get(0);
    assertThat(row.report().success().value()).isGreaterThanOrEqualTo(success);
    assertThat(row.report().referenceSuccess().value()).isLessThan(0.05);
    assertThat(row.report().accuracyDrop()).isLessThanOrEqualTo(0.01);
  }
}
