package io.gauntlet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gauntlet.data.Examples;
import io.gauntlet.data.NpzFiles;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Runs the command line on a small network that {@code torch.jit.trace} wrote. */
class ContenderTest {
  private static final Range PIXELS = new Range(0, 1);
  private static final int COUNT = 40;

  @TempDir Path folder;
  private Path model;
  private final StringWriter errors = new StringWriter();

  @BeforeEach
  void write_files() throws IOException {
    model = folder.resolve("net.pt");
    try (InputStream in = getClass().getResourceAsStream("small_net.pt")) {
      Files.copy(in, model);
    }
    RandomGenerator random = Seed.of(1).forExample(0);
    float[] pixels = new float[COUNT * 64];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    Batch inputs = Batch.wrap(64, pixels);
    int[] labels = new int[COUNT];
    try (DjlModel net = DjlModel.torchScript(model, Shape.of(1, 8, 8))) {
      Batch logits = net.logits(inputs);
      for (int i = 0; i < COUNT; i++) {
        labels[i] = logits.argmax(i);
      }
    }
    NpzFiles.write(
        folder.resolve("data.npz"),
        new Examples(Shape.of(1, 8, 8), inputs, Labels.of(inputs, labels)));
  }

  private int run(String attack, String norm, String epsilon) {
    CommandLine line = new CommandLine(new Contender());
    line.setErr(new PrintWriter(errors, true));
    return line.execute(
        "--attack=" + attack,
        "--norm=" + norm,
        "--epsilon=" + epsilon,
        "--model=" + model,
        "--data=" + folder.resolve("data.npz"),
        "--steps=10",
        "--batch=16",
        "--workers=2",
        "--warm-up=8",
        "--report=" + folder.resolve("report.json"),
        "--adversarial=" + folder.resolve("adversarial.npz"));
  }

  @Test
  void the_adversarial_images_are_what_the_report_says() throws IOException {
    assertThat(run("pgd", "linf", "0.05")).as(errors.toString()).isZero();
    JsonObject report =
        JsonParser.parseString(Files.readString(folder.resolve("report.json"))).getAsJsonObject();
    Batch clean = NpzFiles.read(folder.resolve("data.npz"), PIXELS).inputs();
    Examples attacked = NpzFiles.read(folder.resolve("adversarial.npz"), PIXELS);
    assertThat(report.get("cleanAccuracy").getAsDouble()).isEqualTo(1);
    assertThat(report.get("robustAccuracy").getAsDouble()).isBetween(0.0, 0.9);
    try (DjlModel net = DjlModel.torchScript(model, attacked.shape())) {
      for (JsonElement element : report.getAsJsonArray("outcomes")) {
        JsonObject outcome = element.getAsJsonObject();
        int row = outcome.get("index").getAsInt();
        boolean fooled = outcome.get("outcome").getAsString().equals("fooled");
        int answer = net.logits(attacked.inputs().select(row)).argmax(0);
        assertThat(answer != attacked.labels().atRow(row)).isEqualTo(fooled);
        double distance = fooled ? outcome.get("distance").getAsDouble() : 0;
        assertThat(distance(clean, attacked.inputs(), row)).isCloseTo(distance, within(1e-6));
      }
    }
  }

  private static double distance(Batch clean, Batch attacked, int row) {
    double distance = 0;
    for (int j = 0; j < clean.width(); j++) {
      distance = Math.max(distance, Math.abs((double) attacked.get(row, j) - clean.get(row, j)));
    }
    return distance;
  }

  @Test
  void an_unknown_attack_or_norm_is_a_usage_error() {
    assertThat(run("guess", "linf", "0.05")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(run("pgd", "l7", "0.05")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString()).contains("no such attack: guess").contains("no such norm: l7");
  }
}
