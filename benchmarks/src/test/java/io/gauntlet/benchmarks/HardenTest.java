package io.gauntlet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.random.Seed;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class HardenTest {
  private static final int SIDE = 12;

  @TempDir Path folder;
  private final StringWriter output = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @BeforeEach
  void writeImages() throws IOException {
    write("train", 160, 1);
    write("t10k", 40, 2);
  }

  /** Images whose bright line is their class. */
  private void write(String part, int count, long seed) throws IOException {
    try (DataOutputStream images = open(part + "-images-idx3-ubyte");
        DataOutputStream labels = open(part + "-labels-idx1-ubyte")) {
      for (int number : List.of(0x0803, count, SIDE, SIDE)) {
        images.writeInt(number);
      }
      labels.writeInt(0x0801);
      labels.writeInt(count);
      RandomGenerator random = Seed.of(seed).forExample(0);
      for (int i = 0; i < count; i++) {
        labels.write(i % 10);
        for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
          images.write(random.nextInt(60) + (pixel / SIDE == i % 10 ? 180 : 0));
        }
      }
    }
  }

  private DataOutputStream open(String name) throws IOException {
    return new DataOutputStream(Files.newOutputStream(folder.resolve(name)));
  }

  private int run(String method, int heldOut) {
    output.getBuffer().setLength(0);
    CommandLine line = new CommandLine(new Harden()).setCaseInsensitiveEnumValuesAllowed(true);
    line.setOut(new PrintWriter(output));
    line.setErr(new PrintWriter(errors, true));
    return line.execute(
        "--data=" + folder,
        "--name=lines",
        "--method=" + method,
        "--epsilon=0.1",
        "--epochs=2",
        "--batch=16",
        "--steps=2",
        "--held-out=" + heldOut,
        "--limit=20",
        "--no-autoattack",
        "--nets=" + folder.resolve("nets"),
        "--out=" + folder.resolve("out.md"));
  }

  @Test
  void every_method_gets_a_row_and_what_was_trained_is_not_trained_again() throws IOException {
    assertThat(run("pgd", 20)).isZero();
    String first = rows().get(0);
    assertThat(first).startsWith("| lines | 0.1 | 16 and 32 | PGD, 2 steps of 0.2 | 1 | 20 | 2 (");
    assertThat(folder.resolve("nets/lines-pgd-2-1.npz")).isNotEmptyFile();

    assertThat(run("fast", 20)).isZero();
    assertThat(run("free", 20)).isZero();
    assertThat(run("pgd", 20)).isZero();

    assertThat(errors.toString()).isEmpty();
    assertThat(rows()).hasSize(3).element(2).isEqualTo(first); // to the second that it took
    assertThat(rows().get(0)).startsWith("| lines | 0.1 | 16 and 32 | fast | 1 | 20 | 2 (");
    assertThat(rows().get(1)).startsWith("| lines | 0.1 | 16 and 32 | free | 1 | 20 | 2 (");
    assertThat(output.toString()).contains("learning rate").endsWith(first + "\n");
  }

  private List<String> rows() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("out.md"));
    assertThat(lines.get(0))
        .startsWith("| data | epsilon | filters | training | seed | test images |");
    return lines.subList(2, lines.size());
  }

  @Test
  void a_split_that_leaves_nothing_to_train_on_is_refused() {
    assertThat(run("pgd", 160)).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString())
        .contains("of 160 training images in " + folder + ", 160 held out leave none");
  }
}
