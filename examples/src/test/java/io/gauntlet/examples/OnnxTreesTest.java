package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.gson.JsonParser;
import io.gauntlet.attacks.noise.RandomNoise;
import io.gauntlet.attacks.score.Square;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Models;
import io.gauntlet.threat.ThreatModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Recipe: attack trees that scikit-learn, XGBoost or LightGBM left as an ONNX file, in ONNX
 * Runtime, {@code com.microsoft.onnxruntime:onnxruntime}.
 *
 * <pre>{@code
 * OrtSession session = OrtEnvironment.getEnvironment().createSession("forest.onnx");
 * Model model =
 *     Models.of("forest.onnx of 2026-03-01", Shape.of(30), domain, 2, rows -> scores(session, rows))
 *         .withConcurrency(Concurrency.threadSafe(64));
 * }</pre>
 *
 * <p>Export with {@code options={"zipmap": False}}: otherwise the scores come as one map for each
 * row. Give the session one thread, since an evaluation runs one worker per core. The file is made
 * by {@code src/test/fixtures/make_digits_forest.py}.
 */
class OnnxTreesTest {
  private static final int TRAINING = 1297;
  private static final Examples UNSEEN = Digits.all().slice(TRAINING, 1797);

  private static OrtSession session;

  @BeforeAll
  static void open() throws IOException, OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      session = OrtEnvironment.getEnvironment().createSession(bytes("digits_forest.onnx"), options);
    }
  }

  @AfterAll
  static void close() throws OrtException {
    session.close();
  }

  private static byte[] bytes(String file) throws IOException {
    try (InputStream in = OnnxTreesTest.class.getResourceAsStream(file)) {
      return Objects.requireNonNull(in, file).readAllBytes();
    }
  }

  private static float[][] scores(float[][] rows) throws OrtException {
    try (OnnxTensor input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), rows);
        OrtSession.Result result = session.run(Map.of("X", input))) {
      return (float[][]) result.get("probabilities").orElseThrow().getValue();
    }
  }

  private static Model model() {
    return Models.of("digits_forest.onnx", Digits.SHAPE, Domain.UNIT, 10, OnnxTreesTest::scores)
        .withConcurrency(Concurrency.threadSafe(64));
  }

  @Test
  void a_forest_reads_as_many_digits_as_in_scikit_learn_and_few_under_attack() throws IOException {
    String expected = new String(bytes("digits_forest.json"), StandardCharsets.UTF_8);
    int right = JsonParser.parseString(expected).getAsJsonObject().get("right").getAsInt();
    Robustness<Model> robustness = Robustness.of(model()).under(ThreatModel.linf(0.1f)).withSeed(1);
    RobustnessReport noise = robustness.attackedBy(RandomNoise.standard()).evaluate(UNSEEN);
    RobustnessReport square =
        robustness.attackedBy(Square.standard().withQueries(200)).evaluate(UNSEEN);
    assertThat(square.cleanAccuracy()).isEqualTo(right / 500.0);
    assertThat(square.robustAccuracy()).isLessThan(noise.robustAccuracy() - 0.2);
    assertThat(square.caveats()).contains(new Caveat.LooksLikeProbabilities());
  }
}
