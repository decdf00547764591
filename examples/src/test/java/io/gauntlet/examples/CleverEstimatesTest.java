package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attacks.gradient.Fab;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.certify.bounds.Claims;
import io.gauntlet.defenses.certify.bounds.IntervalBounds;
import io.gauntlet.defenses.certify.bounds.Verdict;
import io.gauntlet.defenses.certify.clever.Clever;
import io.gauntlet.defenses.certify.clever.CleverEstimate;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.onnx.OnnxLayers;
import io.gauntlet.onnx.OnnxModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** CLEVER guesses what proofs bound from below and attacks from above. */
class CleverEstimatesTest {
  private static final Examples DIGITS = Digits.all().slice(1297, 1309);

  @TempDir Path folder;

  static Stream<ThreatModel> balls() {
    return Stream.of(ThreatModel.linf(0.2f), ThreatModel.l2(1.5f));
  }

  /** No theorem, or it were a certificate: it holds for most. */
  @ParameterizedTest
  @MethodSource("balls")
  void it_lies_between_what_is_certified_and_the_nearest_that_attacks_find(ThreatModel ball)
      throws IOException {
    Path file = folder.resolve("digits.onnx");
    try (InputStream in = getClass().getResourceAsStream("digits_relu.onnx")) {
      Files.copy(in, file);
    }
    ReluNetwork network = OnnxLayers.read(file);
    int attacked = 0;
    int above = 0;
    int below = 0;
    try (OnnxModel model = OnnxModel.open(file)) {
      RobustnessReport report =
          Robustness.of(model)
              .under(ThreatModel.unbounded(ball.norm()))
              .attackedBy(Fab.targeted().withTargets(3).withSteps(20))
              .withSeed(1)
              .evaluate(DIGITS);
      List<CleverEstimate> estimates =
          new Clever(ball.norm(), ball.epsilon(), 20, 30)
              .estimate(model, DIGITS.inputs(), Seed.of(1));
      for (int row = 0; row < DIGITS.count(); row++) {
        if (report.outcomes().get(row) instanceof Outcome.Fooled fooled) {
          double score = estimates.get(row).score();
          attacked++;
          below += score <= fooled.distance() ? 1 : 0;
          above += isCertified(network, row, ball.norm(), score) ? 0 : 1;
        }
      }
    }
    assertThat(attacked).isGreaterThan(8);
    assertThat(below).isGreaterThanOrEqualTo(attacked - 1);
    assertThat(above).isGreaterThanOrEqualTo(attacked - 1);
  }

  /** Whether proofs reach farther than the guess. */
  private static boolean isCertified(ReluNetwork network, int row, Norm norm, double radius) {
    return IntervalBounds.standard()
            .verify(
                Claims.of(network, new ThreatModel(norm, (float) radius))
                    .about(DIGITS.inputs().select(row), DIGITS.labels().atRow(row)))
        instanceof Verdict.Certified;
  }
}
