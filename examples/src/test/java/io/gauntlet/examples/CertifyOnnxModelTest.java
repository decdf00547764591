package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gauntlet.data.Examples;
import io.gauntlet.data.NpzFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CertifyOnnxModelTest {
  @TempDir Path folder;
  private Path data;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write_data() throws IOException {
    Examples digits = Digits.all();
    data = folder.resolve("digits.npz");
    NpzFiles.write(data, digits.slice(1297, digits.count()));
  }

  private Path model(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = getClass().getResourceAsStream(name)) {
      Files.copy(in, file);
    }
    return file;
  }

  private int run(Path model, Object... arguments) {
    List<String> all =
        new ArrayList<>(List.of("--model", model.toString(), "--data", data.toString()));
    for (Object argument : arguments) {
      all.add(argument.toString());
    }
    CommandLine line = CertifyOnnxModel.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(all.toArray(String[]::new));
  }

  @Test
  void prints_the_sandwich_and_writes_it_as_json() throws IOException {
    Path json = folder.resolve("sandwich.json");
    int status =
        run(model("digits_relu.onnx"), "--epsilon", "0.03", "--limit", "100", "--json", json);
    assertThat(status).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("certified", "by CROWN", "<= true robust accuracy <=", "gap");
    JsonObject sandwich = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
    double certified = sandwich.get("certifiedAccuracy").getAsDouble();
    double attacked = sandwich.get("attackedAccuracy").getAsDouble();
    assertThat(certified).isBetween(0.5, attacked);
    assertThat(attacked).isLessThan(1);
    assertThat(sandwich.get("gap").getAsDouble()).isCloseTo(attacked - certified, within(1e-9));
    assertThat(sandwich.getAsJsonArray("certified")).hasSize((int) Math.round(100 * certified));
  }

  @Test
  void branch_and_bound_narrows_the_gap() throws IOException {
    Path model = model("digits_relu.onnx");
    Path json = folder.resolve("sandwich.json");
    double[] gaps = new double[2];
    for (int i = 0; i < 2; i++) {
      Object[] arguments = {
        "--epsilon", "0.05", "--limit", "40", "--seconds", i == 0 ? "0" : "5", "--json", json
      };
      assertThat(run(model, arguments)).as(err.toString()).isZero();
      gaps[i] =
          JsonParser.parseString(Files.readString(json)).getAsJsonObject().get("gap").getAsDouble();
    }
    assertThat(gaps[1]).isLessThan(gaps[0]);
  }

  @Test
  void a_layer_that_no_bound_is_known_for_is_named() throws IOException {
    assertThat(run(model("digits_net.onnx"), "--mean", "0.3", "--std", "0.4")).isEqualTo(1);
    assertThat(err.toString())
        .contains("digits_net.onnx cannot be read as layers because of 1 node: MaxPool");
  }

  @Test
  void a_norm_without_bounds_is_refused() throws IOException {
    assertThat(run(model("digits_relu.onnx"), "--norm", "l0", "--epsilon", "1")).isEqualTo(1);
    assertThat(err.toString()).contains("Linf, L2 and L1");
  }
}
