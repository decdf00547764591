package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gauntlet.data.Examples;
import io.gauntlet.data.NpzFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Runs the command line on a network that PyTorch trained, saved and measured. */
class EvaluateModelTest {
  @TempDir Path folder;
  private Path model;
  private Path data;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write_files() throws IOException {
    model = folder.resolve("digits.pt");
    try (InputStream in = getClass().getResourceAsStream("digits_net.pt")) {
      Files.copy(in, model);
    }
    Examples digits = Digits.all();
    data = folder.resolve("digits.npz");
    NpzFiles.write(data, digits.slice(1297, digits.count()));
  }

  private int run(Object... arguments) {
    List<String> all =
        new ArrayList<>(List.of("--model", model.toString(), "--data", data.toString()));
    for (Object argument : arguments) {
      all.add(argument.toString());
    }
    CommandLine line = EvaluateModel.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(all.toArray(String[]::new));
  }

  private static final String[] NORMALISED = {"--mean", "0.3", "--std", "0.4"};

  private JsonObject report(Object... arguments) throws IOException {
    Path json = folder.resolve("report.json");
    List<Object> all = new ArrayList<>(List.of((Object[]) NORMALISED));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--json", json));
    assertThat(run(all.toArray())).as(err.toString()).isZero();
    return JsonParser.parseString(Files.readString(json)).getAsJsonObject();
  }

  @Test
  void agrees_with_pytorch_on_clean_accuracy_and_fgsm() throws IOException {
    JsonObject expected;
    try (InputStream in = getClass().getResourceAsStream("digits_net.json")) {
      expected =
          JsonParser.parseString(new String(in.readAllBytes(), StandardCharsets.UTF_8))
              .getAsJsonObject();
    }
    JsonObject report = report("--norm", "linf", "--epsilon", "0.1", "--attack", "fgsm");
    assertThat(report.get("examples").getAsInt()).isEqualTo(500);
    assertThat(report.get("cleanAccuracy").getAsDouble())
        .isEqualTo(expected.get("right").getAsInt() / 500.0);
    // the sign of a gradient within rounding of zero may differ: one example of grace
    assertThat(500 * report.get("robustAccuracy").getAsDouble())
        .isCloseTo(expected.get("afterFgsm").getAsInt(), within(1.001));
  }

  @Test
  void the_report_has_the_promised_names() throws IOException {
    JsonObject report = report("--limit", 50, "--attack", "noise,fgsm,bim,pgd", "--steps", 5);
    assertThat(report.keySet())
        .contains(
            "examples",
            "cleanAccuracy",
            "robustAccuracy",
            "interval",
            "seconds",
            "attacks",
            "outcomes",
            "caveats",
            "provenance");
    assertThat(report.getAsJsonArray("attacks")).hasSize(4);
    for (JsonElement attack : report.getAsJsonArray("attacks")) {
      assertThat(attack.getAsJsonObject().keySet())
          .contains(
              "name",
              "attackSuccessRate",
              "medianDistance",
              "forwardQueries",
              "gradientQueries",
              "seconds");
    }
    assertThat(report.getAsJsonArray("outcomes")).hasSize(50);
    JsonObject outcome = report.getAsJsonArray("outcomes").get(7).getAsJsonObject();
    assertThat(outcome.keySet())
        .containsExactlyInAnyOrder("index", "label", "outcome", "distance", "attack", "prediction");
    assertThat(outcome.get("index").getAsInt()).isEqualTo(7);
    assertThat(report.getAsJsonObject("provenance").get("model").getAsString()).contains("sha");
  }

  @ParameterizedTest
  @CsvSource({"linf,0.05", "l2,0.5", "l1,2", "l0,3"})
  void every_norm_can_be_chosen_and_more_steps_and_restarts_fool_no_fewer(
      String norm, String epsilon) throws IOException {
    String[] fixed = {"--norm", norm, "--epsilon", epsilon, "--limit", "100", "--attack", "pgd"};
    JsonObject few = report(with(fixed, "--steps", "2"));
    JsonObject many = report(with(fixed, "--steps", "20", "--restarts", "2", "--batch", "30"));
    // shorter steps take another path, which two of the hundred examples may outlive
    assertThat(many.get("robustAccuracy").getAsDouble())
        .isLessThanOrEqualTo(few.get("robustAccuracy").getAsDouble() + 0.02);
    JsonObject attack = many.getAsJsonArray("attacks").get(0).getAsJsonObject();
    assertThat(attack.get("name").getAsString()).contains("steps=20").contains("restarts=2");
  }

  private static Object[] with(String[] some, String... more) {
    List<Object> all = new ArrayList<>(List.of((Object[]) some));
    all.addAll(List.of((Object[]) more));
    return all.toArray();
  }

  @Test
  void autoattack_is_a_name_for_its_four_attacks() throws IOException {
    JsonObject report =
        report("--norm", "linf", "--epsilon", "0.1", "--limit", 20, "--attack", "autoattack");
    assertThat(report.getAsJsonArray("attacks"))
        .extracting(attack -> attack.getAsJsonObject().get("title").getAsString())
        .containsExactly("APGD-CE", "APGD-T", "FAB-T", "Square");
  }

  @Test
  void the_closest_change_is_looked_for_without_an_epsilon_and_plotted() throws IOException {
    Path curve = folder.resolve("curve.svg");
    JsonObject report =
        report(
            "--norm",
            "l2",
            "--epsilon",
            "closest",
            "--limit",
            40,
            "--attack",
            "ddn,fmn",
            "--steps",
            30,
            "--curve",
            curve);
    assertThat(report.getAsJsonObject("threatModel").get("epsilon").isJsonNull()).isTrue();
    assertThat(report.get("robustAccuracy").getAsDouble()).isZero();
    assertThat(report.getAsJsonArray("curve").size()).isGreaterThan(20);
    assertThat(curve).content().startsWith("<svg");
  }

  @Test
  void an_attack_that_does_not_work_under_the_norm_is_said_before_anything_runs() {
    assertThat(run("--norm", "linf", "--attack", "pgd,ddn")).isEqualTo(1);
    assertThat(err.toString())
        .contains("Ddn[")
        .contains("works under [L2], but the threat model is Linf");
  }

  @Test
  void one_worker_or_two_give_the_same_outcomes() throws IOException {
    JsonObject one = report("--limit", 64, "--workers", 1, "--seed", 5, "--batch", 32);
    JsonObject two = report("--limit", 64, "--workers", 2, "--seed", 5, "--batch", 32);
    assertThat(two.get("outcomes")).isEqualTo(one.get("outcomes"));
  }

  @Test
  void prints_the_table() {
    assertThat(run("--mean", "0.3", "--std", "0.4", "--limit", "40")).isZero();
    assertThat(out.toString()).contains("Clean").contains("Robust").contains("PGD-40");
  }

  @Test
  void a_missing_model_is_said_in_one_line() {
    model = folder.resolve("nowhere.pt");
    assertThat(run()).isEqualTo(1);
    assertThat(err.toString()).contains("nowhere.pt").hasLineCount(1);
  }

  @Test
  void a_truncated_model_is_said_with_its_name_and_the_rule() throws IOException {
    byte[] whole = Files.readAllBytes(model);
    Files.write(model, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThat(run()).isEqualTo(1);
    assertThat(err.toString()).contains("digits.pt").contains("TorchScript");
  }

  @Test
  void data_outside_the_range_is_said_with_its_place() {
    assertThat(run("--range", "0,0.5")).isEqualTo(1);
    assertThat(err.toString()).contains("digits.npz").contains("0.5");
  }

  @Test
  void data_of_another_shape_is_said() throws IOException {
    assertThat(run("--shape", "8x8")).isEqualTo(1);
    assertThat(err.toString()).contains("8x8", "expected 4D input (got 3D input)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--epsilon|8/0|must be a number such as 0.3 or 8/255, but was '8/0'",
        "--epsilon|many|must be a number such as 0.3 or 8/255, but was 'many'",
        "--norm|l7|l7",
        "--attack|guess|must be one of [noise, square, fgsm,",
        "--mean|0.1,0.2|--mean and --std must have as many numbers, but had 2 and 0",
        "--range|1|--range must be two numbers such as 0,1, but was [1.0]"
      })
  void a_wrong_option_is_a_usage_error(String option, String value, String message) {
    assertThat(run(option, value)).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }

  @Test
  void a_negative_epsilon_names_the_rule() {
    assertThat(run("--epsilon", "-1")).isEqualTo(1);
    assertThat(err.toString().strip())
        .isEqualTo("epsilon must be finite and not negative, but was -1.0");
  }
}
