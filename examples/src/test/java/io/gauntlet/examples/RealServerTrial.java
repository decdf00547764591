package io.gauntlet.examples;

import com.google.gson.Gson;
import io.gauntlet.attacks.score.Square;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.http.HttpModel;
import io.gauntlet.http.HttpModelException;
import io.gauntlet.http.HttpOptions;
import io.gauntlet.http.OpenInference;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import io.gauntlet.report.TextReport;
import io.gauntlet.threat.ThreatModel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Speaks with a server that is not ours, by hand, since it comes from a Python registry:
 *
 * <pre>
 * python examples/src/test/fixtures/serve_digits.py FOLDER
 * mvn -q test-compile exec:java -pl examples -am -Dexec.classpathScope=test
 *     -Dexec.mainClass=io.gauntlet.examples.RealServerTrial -Dexec.args=FOLDER
 * </pre>
 *
 * <p>What it printed is kept beside the server's script, in {@code serve_digits.txt}.
 */
final class RealServerTrial {
  private static final int TRAINING = 1297;
  private static final URI SERVER = URI.create("http://127.0.0.1:18080");
  private static final URI METRICS = URI.create("http://127.0.0.1:18082/metrics");

  private RealServerTrial() {}

  /** Prints where server and library differ, an evaluation, both sides' counts, and refusals. */
  public static void main(String[] args) throws IOException, InterruptedException {
    float[][] expected =
        new Gson().fromJson(Files.readString(Path.of(args[0], "expected.json")), float[][].class);
    Examples examples = Digits.all().slice(TRAINING, TRAINING + expected.length);
    OpenInference digits = OpenInference.at(SERVER, "digits").withOutput("predict_proba");

    HttpModel model = HttpModel.of(digits, HttpOptions.standard());
    System.out.println(model.fingerprint());
    System.out.println(
        "largest difference to scikit-learn: "
            + difference(model.logits(examples.inputs()), expected));

    RobustnessReport report = square(model).evaluate(examples);
    System.out.println(TextReport.toString(report));

    long before = requestsCountedByServer();
    HttpModel single = HttpModel.of(digits, HttpOptions.standard().withBatch(1));
    square(single).evaluate(examples.first(20));
    System.out.printf(
        "with one example in a request: %s queries counted here, %s requests there%n",
        single.queries(), requestsCountedByServer() - before);

    OpenInference plain = OpenInference.at(SERVER, "plain").withOutput("predict_proba");
    System.out.println(
        "told what the server does not say, it answers the same: "
            + HttpModel.of(plain.withInputShape(Shape.of(64)), HttpOptions.standard())
                .logits(examples.inputs())
                .buffer()
                .equals(model.logits(examples.inputs()).buffer()));
    for (OpenInference wrong :
        List.of(
            OpenInference.at(SERVER, "digits"),
            digits.withOutput("predict"),
            plain,
            plain.withInputShape(Shape.of(63)),
            OpenInference.at(SERVER, "letters"))) {
      System.out.println(refusal(wrong));
    }
  }

  private static Robustness<Model> square(HttpModel model) {
    return Robustness.of(model)
        .under(ThreatModel.linf(0.1f))
        .attackedBy(Square.standard().withQueries(100))
        .withSeed(1);
  }

  private static float difference(Batch scores, float[][] expected) {
    float largest = 0;
    for (int i = 0; i < expected.length; i++) {
      for (int k = 0; k < expected[i].length; k++) {
        largest = Math.max(largest, Math.abs(scores.get(i, k) - expected[i][k]));
      }
    }
    return largest;
  }

  private static long requestsCountedByServer() throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(METRICS).build(), BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith("rest_server_requests_total"))
        .filter(line -> line.contains("/infer"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static String refusal(OpenInference endpoint) {
    try {
      return "taken, though wrong: " + HttpModel.of(endpoint, HttpOptions.standard()).fingerprint();
    } catch (HttpModelException e) {
      return e.reason() + ": " + e.getMessage();
    } catch (IllegalArgumentException e) {
      return "refused here: " + e.getMessage();
    }
  }
}
