package io.gauntlet.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonReportTest {
  private static JsonObject parsed(RobustnessReport report) {
    return JsonParser.parseString(JsonReport.toString(report)).getAsJsonObject();
  }

  @Test
  void it_has_exactly_the_documented_names_and_values() {
    Interval interval = Fixed.report().robustAccuracyInterval(0.95);
    String expected =
        """
        {"threatModel":{"norm":"Linf","epsilon":0.03137255,"queries":null},
         "goal":"untargeted",
         "examples":5,
         "cleanAccuracy":0.75,
         "robustAccuracy":0.2,
         "interval":{"lower":%s,"upper":%s,"confidence":0.95},
         "medianDistance":null,"curve":null,
         "seconds":13.5,
         "attacks":[
          {"name":"RandomNoise[draws=100]","title":"Noise","attempted":4,"fooled":0,
           "attackSuccessRate":0.0,"medianDistance":null,
           "forwardQueries":400,"gradientQueries":0,"seconds":0.25},
          {"name":"Pgd[steps=40]","title":"PGD-40","attempted":3,"fooled":1,
           "attackSuccessRate":0.3333333333333333,"medianDistance":0.3333333333333333,
           "forwardQueries":5000000000,"gradientQueries":120,"seconds":12.34},
          {"name":"Late[]","title":"Late","attempted":0,"fooled":0,
           "attackSuccessRate":null,"medianDistance":null,
           "forwardQueries":0,"gradientQueries":0,"seconds":0.0}],
         "outcomes":[
          {"index":0,"label":1,"outcome":"misclassified",
           "distance":null,"attack":null,"prediction":2},
          {"index":3,"label":0,"outcome":"survived",
           "distance":null,"attack":null,"prediction":0},
          {"index":4,"label":2,"outcome":"fooled",
           "distance":0.3333333333333333,"attack":"Pgd[steps=40]","prediction":1},
          {"index":1099511627776,"label":1,"outcome":"unfinished",
           "distance":null,"attack":null,"prediction":1},
          {"index":1099511627777,"label":0,"outcome":"unfinished",
           "distance":null,"attack":null,"prediction":null}],
         "caveats":[
          {"name":"TimeRanOut",
           "message":"the time limit left 2 examples unfinished; they do not count as robust"}],
         "provenance":{"library":"1.2.3","java":"17.0.15+6","os":"Linux amd64",
          "model":"a model","data":"0123abcd",
          "attacks":["RandomNoise[draws=100]","Pgd[steps=40]","Late[]"],
          "seed":-42,"workers":2,"batch":64,"measuredAt":"2026-01-02T03:04:05Z"}}
        """
            .formatted(interval.lower(), interval.upper())
            .replaceAll("\\n *", "");
    // Gson keeps the order of names and the digits of numbers, so this compares both
    assertThat(parsed(Fixed.report())).hasToString(expected);
  }

  @Test
  void it_is_indented_ends_with_its_brace_and_has_ascii_digits() {
    String text = JsonReport.toString(Fixed.report());
    assertThat(text).startsWith("{\n \"threatModel\": {\n  \"norm\": \"Linf\",\n").endsWith("}\n}");
    assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(text)).isTrue();
  }

  @Test
  void a_query_budget_is_a_number() {
    ThreatModel threat = ThreatModel.l2(0.5f).withQueries(3_000_000_000L);
    JsonObject json = parsed(Fixed.report(threat, List.of(), List.of()));
    assertThat(json.getAsJsonObject("threatModel"))
        .hasToString("{\"norm\":\"L2\",\"epsilon\":0.5,\"queries\":3000000000}");
  }

  @Test
  void without_a_bound_it_has_a_curve_and_a_median() {
    List<Outcome> outcomes =
        List.of(
            new Outcome.Fooled(0, 0, 1, "A[]", 0.5),
            new Outcome.Misclassified(1, 0, 1),
            new Outcome.Fooled(2, 0, 1, "A[]", 0.25),
            new Outcome.Fooled(3, 0, 1, "A[]", 2));
    ThreatModel anything = ThreatModel.unbounded(Norm.l2());
    JsonObject json =
        parsed(Fixed.report(anything, outcomes, List.of(), List.of(), Batch.of(new float[1])));
    assertThat(json.getAsJsonObject("threatModel").get("epsilon").isJsonNull()).isTrue();
    assertThat(json.get("medianDistance").getAsDouble()).isEqualTo(0.5);
    assertThat(json.getAsJsonArray("curve"))
        .hasToString(
            "[{\"epsilon\":0.0,\"robustAccuracy\":0.75},{\"epsilon\":0.25,\"robustAccuracy\":0.5},"
                + "{\"epsilon\":0.5,\"robustAccuracy\":0.25},{\"epsilon\":2.0,\"robustAccuracy\":0.0}]");
  }

  @Test
  void a_median_that_is_infinitely_far_is_null() {
    JsonObject json =
        parsed(
            Fixed.report(
                ThreatModel.unbounded(Norm.l2()),
                List.of(new Outcome.Survived(0, 0, 0)),
                List.of(),
                List.of(),
                Batch.of()));
    assertThat(json.get("medianDistance").isJsonNull()).isTrue();
    assertThat(json.getAsJsonArray("curve")).hasSize(1);
  }

  @Test
  void numbers_are_written_to_the_last_bit() {
    double distance = Math.nextUp(0.1);
    float epsilon = Math.nextUp(0.1f);
    AttackSummary attack =
        new AttackSummary("A", "A[]", 1, 1, distance, Long.MAX_VALUE, 0, Double.MIN_VALUE);
    RobustnessReport report =
        Fixed.report(
            ThreatModel.l1(epsilon),
            List.of(new Outcome.Fooled(0, 0, 1, "A[]", distance)),
            List.of(attack),
            List.of(),
            Batch.of(new float[1]));
    JsonObject json = parsed(report);
    JsonObject written = json.getAsJsonArray("attacks").get(0).getAsJsonObject();
    assertThat(written.get("medianDistance").getAsDouble()).isEqualTo(distance);
    assertThat(written.get("forwardQueries").getAsLong()).isEqualTo(Long.MAX_VALUE);
    assertThat(written.get("seconds").getAsDouble()).isEqualTo(Double.MIN_VALUE);
    assertThat(json.getAsJsonObject("threatModel").get("epsilon").getAsFloat()).isEqualTo(epsilon);
    assertThat(
            json.getAsJsonArray("outcomes").get(0).getAsJsonObject().get("distance").getAsDouble())
        .isEqualTo(distance);
  }

  @Test
  void an_accuracy_nobody_was_asked_for_is_null() {
    RobustnessReport report =
        Fixed.report(
            ThreatModel.linf(0),
            List.of(new Outcome.Unfinished(0, 0, -1)),
            List.of(),
            List.of(),
            Batch.of());
    assertThat(parsed(report).get("cleanAccuracy").isJsonNull()).isTrue();
    assertThat(parsed(report).get("robustAccuracy").getAsDouble()).isZero();
  }

  @Test
  void names_that_need_escaping_come_back_as_they_were() {
    String name = "Odd[\"quoted\", \\, \n, \u2028, \u0661, \ud83d\ude00]";
    AttackSummary attack = new AttackSummary(name, name, 0, 0, Double.NaN, 0, 0, 0);
    JsonObject json =
        parsed(
            Fixed.report(ThreatModel.l0(3), List.of(attack), List.of(new Caveat.AnswersVary(0.5))));
    JsonObject written = json.getAsJsonArray("attacks").get(0).getAsJsonObject();
    assertThat(written.get("name").getAsString()).isEqualTo(name);
    assertThat(json.getAsJsonArray("caveats").get(0).getAsJsonObject().get("name").getAsString())
        .isEqualTo("AnswersVary");
  }

  @Test
  void the_file_holds_the_text_as_utf_8_and_a_line_end(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("new/report.json");
    JsonReport.write(Fixed.report(), file);
    assertThat(Files.readString(file)).isEqualTo(JsonReport.toString(Fixed.report()) + "\n");
    JsonReport.write(Fixed.report(ThreatModel.l1(3), List.of(), List.of()), file);
    assertThat(Files.readString(file)).contains("\"L1\"");
    try (var left = Files.list(file.getParent())) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void a_failure_leaves_neither_the_file_nor_a_part_of_it(@TempDir Path folder) throws IOException {
    Path taken = folder.resolve("taken");
    Files.createDirectories(taken.resolve("inside"));
    assertThatThrownBy(() -> JsonReport.write(Fixed.report(), taken))
        .isInstanceOf(IOException.class);
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> JsonReport.write(Fixed.report(), file.resolve("report.json")))
        .isInstanceOf(IOException.class);
    try (var left = Files.walk(folder)) {
      assertThat(left).containsExactlyInAnyOrder(folder, taken, taken.resolve("inside"), file);
    }
  }
}
