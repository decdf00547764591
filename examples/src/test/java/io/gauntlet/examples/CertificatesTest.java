package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gauntlet.attacks.gradient.Apgd;
import io.gauntlet.attacks.gradient.Fab;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.score.Square;
import io.gauntlet.data.Examples;
import io.gauntlet.data.IdxFiles;
import io.gauntlet.defenses.certify.bounds.BoundingMethod;
import io.gauntlet.defenses.certify.bounds.Box;
import io.gauntlet.defenses.certify.bounds.Certification;
import io.gauntlet.defenses.certify.bounds.CertificationReport;
import io.gauntlet.defenses.certify.bounds.Claim;
import io.gauntlet.defenses.certify.bounds.Claims;
import io.gauntlet.defenses.certify.bounds.IntervalBounds;
import io.gauntlet.defenses.certify.bounds.LinearBounds;
import io.gauntlet.defenses.certify.bounds.Sandwich;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.onnx.OnnxLayers;
import io.gauntlet.onnx.OnnxModel;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No attack ever succeeds inside a certificate, or leaves the bounds. */
class CertificatesTest {
  private static final Path DATA = Path.of(System.getProperty("gauntlet.data", "../shared/data"));
  private static final List<BoundingMethod> METHODS =
      List.of(
          IntervalBounds.standard(),
          LinearBounds.crownIbp(),
          LinearBounds.crown(),
          LinearBounds.fastLin());

  @TempDir Path folder;

  static Stream<ThreatModel> threats() {
    return Stream.of(ThreatModel.linf(0.04f), ThreatModel.l2(0.25f), ThreatModel.l1(0.5f));
  }

  @ParameterizedTest
  @MethodSource("threats")
  void attacks_on_digits_stay_outside_certificates_and_inside_bounds(ThreatModel threat)
      throws IOException {
    Path file = folder.resolve("digits.onnx");
    try (InputStream in = getClass().getResourceAsStream("digits_relu.onnx")) {
      Files.copy(in, file);
    }
    check(file, Digits.all().slice(1297, 1357), threat);
  }

  @Test
  @Tag("published")
  void attacks_on_mnist_stay_outside_certificates_and_inside_bounds() {
    check(kwMnist(), mnist().first(30), ThreatModel.linf(0.1f));
  }

  private static void check(Path file, Examples examples, ThreatModel threat) {
    ReluNetwork network = OnnxLayers.read(file);
    CertificationReport certificates = Certification.of(network, threat).certify(examples);
    try (OnnxModel model = OnnxModel.open(file)) {
      RobustnessReport attacked = attacked(model, threat, examples);
      Sandwich sandwich = Sandwich.of(certificates, attacked); // throws where one is broken
      assertThat(sandwich.certifiedAccuracy().value()).isGreaterThan(0.3);
      assertThat(attacked.count(Outcome.Fooled.class)).isPositive();
      assertThat(sandwich.certifiedAccuracy().value())
          .isLessThanOrEqualTo(attacked.robustAccuracy());
      for (int i = 0; i < attacked.adversarial().rows(); i++) {
        Batch found = attacked.adversarial().select(i);
        int row = examples.inputs().rowOf(found.example(0));
        checkContained(network, threat, examples, row, found);
      }
    }
  }

  private static RobustnessReport attacked(OnnxModel model, ThreatModel threat, Examples examples) {
    Robustness<DifferentiableModel> evaluation =
        Robustness.of(model)
            .under(threat)
            .withSeed(1)
            .attackedBy(Pgd.standard(), Apgd.targeted().withTargets(3).withSteps(50));
    if (threat.norm() != Norm.l1()) {
      evaluation = evaluation.attackedBy(List.of(Square.standard().withQueries(200)));
    }
    return evaluation.attackedBy(Fab.targeted().withTargets(3).withSteps(20)).evaluate(examples);
  }

  private static void checkContained(
      ReluNetwork network, ThreatModel threat, Examples examples, int row, Batch found) {
    Claim claim =
        Claims.of(network, threat)
            .asEvaluated()
            .about(examples.inputs().select(row), examples.labels().atRow(row));
    double[] logits = network.values(found.row(0))[network.steps().size()];
    for (BoundingMethod method : METHODS) {
      Box box = method.logits(claim);
      assertThat(box.contains(logits)).as("%s of %s", method, found.example(0)).isTrue();
    }
  }

  /** Published: certified error 5.8 % by the dual bound that the network was trained with. */
  @Test
  @Tag("published")
  @Tag("long")
  void all_of_mnist_is_sandwiched_within_two_points() {
    ThreatModel threat = ThreatModel.linf(0.1f);
    ReluNetwork network = OnnxLayers.read(kwMnist());
    Examples mnist = mnist();
    CertificationReport certificates =
        Certification.of(network, threat)
            .by(LinearBounds.crown(), LinearBounds.fastLin())
            .certify(mnist);
    assertThat(certificates.certified().value()).isGreaterThan(0.944);
    Examples rest = mnist.select(certificates.uncertifiedRows());
    try (OnnxModel model = OnnxModel.open(kwMnist())) {
      RobustnessReport attacked =
          Robustness.of(model).under(threat).attackedBy(Pgd.standard()).withSeed(1).evaluate(rest);
      Sandwich sandwich = Sandwich.of(certificates, attacked);
      assertThat(sandwich.attackedAccuracy().value()).isLessThan(0.96);
      assertThat(sandwich.gap()).isLessThan(0.02);
    }
  }

  private static Path kwMnist() {
    requireData();
    return DATA.resolve("models/kw_mnist_eps0.1.onnx");
  }

  private static Examples mnist() {
    return IdxFiles.read(
        DATA.resolve("mnist/t10k-images-idx3-ubyte.gz"),
        DATA.resolve("mnist/t10k-labels-idx1-ubyte.gz"));
  }

  private static void requireData() {
    boolean there = Files.isDirectory(DATA.resolve("models"));
    if (!there && "true".equals(System.getenv("CI"))) {
      throw new IllegalStateException(DATA + " must be there in CI");
    }
    assumeTrue(there, () -> DATA + " is not there");
  }
}
