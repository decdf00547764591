package io.gauntlet.report;

import com.google.gson.stream.JsonWriter;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Provenance;
import io.gauntlet.evaluate.RobustnessReport;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A report as JSON. The names are part of the API:
 *
 * <pre>{@code
 * { "threatModel": {"norm", "epsilon", "queries"}, "goal",
 *   "examples", "cleanAccuracy", "robustAccuracy",
 *   "interval": {"lower", "upper", "confidence"},
 *   "medianDistance", "curve": [{"epsilon", "robustAccuracy"}], "seconds",
 *   "attacks": [{"name", "title", "attempted", "fooled", "attackSuccessRate",
 *                "medianDistance", "forwardQueries", "gradientQueries", "seconds"}],
 *   "outcomes": [{"index", "label", "outcome", "distance", "attack", "prediction"}],
 *   "caveats": [{"name", "message"}],
 *   "provenance": {"library", "java", "os", "model", "data", "attacks", "seed", "workers",
 *                  "batch", "measuredAt"} }
 * }</pre>
 *
 * <p>An attack's {@code name} holds its hyperparameters, and is what an outcome's {@code attack}
 * says; its {@code title} is short. Accuracies and rates are shares in [0, 1], distances are in
 * input units. {@code outcome} is one of {@code misclassified}, {@code survived}, {@code fooled},
 * {@code unfinished}; only {@code fooled} has an {@code attack} and a {@code distance}. What does
 * not exist, such as the success rate of an attack that found nobody standing, is {@code null}.
 *
 * <p>Only a threat model without a bound, whose {@code epsilon} is {@code null}, has a {@code
 * curve} and a {@code medianDistance}, which is {@code null} too if most examples withstood
 * everything. The curve falls in steps: each {@code robustAccuracy} holds from its {@code epsilon}
 * up to, but not including, the next; the first epsilon is 0, the last accuracy that of the
 * survivors.
 */
public final class JsonReport {
  private JsonReport() {}

  /**
   * Writes the report; the file appears whole or not at all.
   *
   * @throws IOException if it cannot be written
   */
  public static void write(RobustnessReport report, Path file) throws IOException {
    byte[] text = (toString(report) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(text));
  }

  /** The report as indented JSON. */
  public static String toString(RobustnessReport report) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.setIndent(" ");
      json.beginObject();
      json.name("threatModel").beginObject();
      json.name("norm").value(report.threat().norm().toString());
      json.name("epsilon");
      if (report.threat().isBounded()) {
        json.value(report.threat().epsilon());
      } else {
        json.nullValue();
      }
      json.name("queries");
      if (report.threat().queries().isPresent()) {
        json.value(report.threat().queries().getAsLong());
      } else {
        json.nullValue();
      }
      json.endObject();
      json.name("goal").value(report.goal());
      json.name("examples").value(report.examples());
      number(json.name("cleanAccuracy"), report.cleanAccuracy());
      json.name("robustAccuracy").value(report.robustAccuracy());
      Interval interval = report.robustAccuracyInterval(0.95);
      json.name("interval").beginObject();
      json.name("lower").value(interval.lower());
      json.name("upper").value(interval.upper());
      json.name("confidence").value(interval.confidence()).endObject();
      curve(json, report);
      json.name("seconds").value(report.seconds());
      attacks(json, report);
      outcomes(json, report);
      caveats(json, report);
      provenance(json, report.provenance());
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void curve(JsonWriter json, RobustnessReport report) throws IOException {
    if (report.threat().isBounded()) {
      json.name("medianDistance").nullValue();
      json.name("curve").nullValue();
      return;
    }
    number(json.name("medianDistance"), report.medianDistance());
    json.name("curve").beginArray();
    for (RobustnessReport.Point point : report.curve()) {
      json.beginObject();
      json.name("epsilon").value(point.epsilon());
      json.name("robustAccuracy").value(point.robustAccuracy());
      json.endObject();
    }
    json.endArray();
  }

  private static void attacks(JsonWriter json, RobustnessReport report) throws IOException {
    json.name("attacks").beginArray();
    for (AttackSummary attack : report.attacks()) {
      json.beginObject();
      json.name("name").value(attack.name());
      json.name("title").value(attack.title());
      json.name("attempted").value(attack.attempted());
      json.name("fooled").value(attack.fooled());
      number(json.name("attackSuccessRate"), attack.successRate());
      number(json.name("medianDistance"), attack.medianDistance());
      json.name("forwardQueries").value(attack.forwardQueries());
      json.name("gradientQueries").value(attack.gradientQueries());
      json.name("seconds").value(attack.seconds());
      json.endObject();
    }
    json.endArray();
  }

  private static void outcomes(JsonWriter json, RobustnessReport report) throws IOException {
    json.name("outcomes").beginArray();
    for (Outcome outcome : report.outcomes()) {
      json.beginObject();
      json.name("index").value(outcome.example());
      json.name("label").value(outcome.label());
      json.name("outcome").value(name(outcome));
      if (outcome instanceof Outcome.Fooled fooled) {
        json.name("distance").value(fooled.distance());
        json.name("attack").value(fooled.attack());
      } else {
        json.name("distance").nullValue();
        json.name("attack").nullValue();
      }
      json.name("prediction");
      if (outcome.prediction() < 0) {
        json.nullValue();
      } else {
        json.value(outcome.prediction());
      }
      json.endObject();
    }
    json.endArray();
  }

  private static String name(Outcome outcome) {
    if (outcome instanceof Outcome.Misclassified) {
      return "misclassified";
    } else if (outcome instanceof Outcome.Survived) {
      return "survived";
    } else if (outcome instanceof Outcome.Fooled) {
      return "fooled";
    }
    return "unfinished";
  }

  private static void caveats(JsonWriter json, RobustnessReport report) throws IOException {
    json.name("caveats").beginArray();
    for (Caveat caveat : report.caveats()) {
      json.beginObject();
      json.name("name").value(caveat.getClass().getSimpleName());
      json.name("message").value(caveat.message());
      json.endObject();
    }
    json.endArray();
  }

  private static void provenance(JsonWriter json, Provenance provenance) throws IOException {
    json.name("provenance").beginObject();
    json.name("library").value(provenance.libraryVersion());
    json.name("java").value(provenance.javaVersion());
    json.name("os").value(provenance.operatingSystem());
    json.name("model").value(provenance.model());
    json.name("data").value(provenance.data());
    json.name("attacks").beginArray();
    for (String attack : provenance.attacks()) {
      json.value(attack);
    }
    json.endArray();
    json.name("seed").value(provenance.seed().root());
    json.name("workers").value(provenance.workers());
    json.name("batch").value(provenance.batch());
    json.name("measuredAt").value(provenance.measuredAt().toString());
    json.endObject();
  }

  private static void number(JsonWriter json, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.value(value);
    } else {
      json.nullValue();
    }
  }
}
