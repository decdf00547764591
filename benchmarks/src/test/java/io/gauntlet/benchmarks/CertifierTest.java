package io.gauntlet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gauntlet.data.Examples;
import io.gauntlet.data.NpzFiles;
import io.gauntlet.defenses.certify.smoothing.Certificate;
import io.gauntlet.defenses.certify.smoothing.Noise;
import io.gauntlet.defenses.certify.smoothing.RandomizedSmoothing;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Runs the command line on a small network that {@code torch.jit.trace} wrote. */
class CertifierTest {
  private static final Shape SHAPE = Shape.of(1, 8, 8);
  private static final int COUNT = 5;

  @TempDir Path folder;

  @Test
  void the_report_has_what_the_library_certifies() throws IOException {
    Path net = folder.resolve("net.pt");
    try (InputStream in = getClass().getResourceAsStream("small_net.pt")) {
      Files.copy(in, net);
    }
    Examples images = new Examples(SHAPE, pixels(), Labels.of(0, 1, 2, 0, 1));
    NpzFiles.write(folder.resolve("data.npz"), images);
    Path report = folder.resolve("report.json");
    Path copies = folder.resolve("copies");
    String arguments =
        "--net %s --data %s --sigma 0.1 --n0 10 --n 100 --alpha 0.01 --seed 7 --report %s"
            .formatted(net, folder.resolve("data.npz"), report);
    assertThat(run(arguments + " --copies " + copies)).isZero();
    JsonObject overheard = JsonParser.parseString(Files.readString(report)).getAsJsonObject();
    assertThat(run(arguments)).isZero();

    JsonObject said = JsonParser.parseString(Files.readString(report)).getAsJsonObject();
    assertThat(overheard.get("examples")).isEqualTo(said.get("examples"));
    assertThat(said.get("passes").getAsLong()).isEqualTo(COUNT * 110);
    assertThat(said.get("seconds").getAsDouble()).isPositive();
    assertThat(said.get("secondsOfPassesAlone").getAsDouble()).isPositive();
    List<JsonElement> rows = said.get("examples").getAsJsonArray().asList();
    List<Certificate> expected;
    try (DjlModel model = DjlModel.torchScript(net, SHAPE)) {
      expected =
          new RandomizedSmoothing(new Noise.Gaussian(0.1f), 10, 100, 0.01)
              .certify(model, images, Seed.of(7))
              .certificates();
    }
    assertThat(rows).hasSize(COUNT);
    List<int[]> votes = votes(net, copies);
    for (int i = 0; i < COUNT; i++) {
      JsonObject row = rows.get(i).getAsJsonObject();
      assertThat(row.get("label").getAsInt()).isEqualTo(images.labels().atRow(i));
      assertThat(row.get("prediction").getAsInt())
          .isEqualTo(expected.get(i).prediction().orElse(-1));
      assertThat(row.get("radius").getAsDouble())
          .isCloseTo(expected.get(i).radius(), within(1e-12));
      assertThat(row.get("candidate").getAsInt()).isEqualTo(expected.get(i).candidate());
      assertThat(row.get("votes").getAsInt()).isEqualTo(expected.get(i).votes());
      assertThat(votes.get(2 * i)[expected.get(i).candidate()])
          .isEqualTo(Arrays.stream(votes.get(2 * i)).max().orElseThrow());
      assertThat(votes.get(2 * i + 1)[expected.get(i).candidate()])
          .isEqualTo(expected.get(i).votes());
    }
    assertThat(expected).anyMatch(certificate -> !certificate.isAbstained());
  }

  private static int run(String arguments) {
    return new CommandLine(new Certifier()).execute(arguments.split(" ", -1));
  }

  /** What the net says about 10 copies of an image, about 100 more, and so on with the next. */
  private static List<int[]> votes(Path net, Path copies) throws IOException {
    FloatBuffer values =
        ByteBuffer.wrap(Files.readAllBytes(copies)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    List<int[]> votes = new ArrayList<>();
    try (DjlModel model = DjlModel.torchScript(net, SHAPE)) {
      while (values.hasRemaining()) {
        float[] sample = new float[(votes.size() % 2 == 0 ? 10 : 100) * SHAPE.size()];
        values.get(sample);
        Batch logits = model.logits(Batch.wrap(SHAPE.size(), sample));
        int[] counts = new int[model.classes()];
        for (int copy = 0; copy < logits.rows(); copy++) {
          counts[logits.argmax(copy)]++;
        }
        votes.add(counts);
      }
    }
    assertThat(votes).hasSize(2 * COUNT);
    return votes;
  }

  private static Batch pixels() {
    RandomGenerator random = Seed.of(1).forExample(0);
    float[] pixels = new float[COUNT * SHAPE.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    return Batch.wrap(SHAPE.size(), pixels);
  }
}
