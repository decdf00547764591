package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gauntlet.data.Examples;
import io.gauntlet.data.IdxFiles;
import io.gauntlet.defenses.certify.bounds.BoundingMethod;
import io.gauntlet.defenses.certify.bounds.Claim;
import io.gauntlet.defenses.certify.bounds.Claims;
import io.gauntlet.defenses.certify.bounds.IntervalBounds;
import io.gauntlet.defenses.certify.bounds.LinearBounds;
import io.gauntlet.defenses.certify.bounds.Margins;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.onnx.OnnxLayers;
import io.gauntlet.threat.ThreatModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The bounds of auto_LiRPA, written by benchmarks/peers/bounds.py, which says in what its defaults
 * differ from the same method.
 */
@Tag("published")
class PublishedBoundsTest {
  private static final Path DATA = Path.of(System.getProperty("gauntlet.data", "../shared/data"));
  private static final Map<String, BoundingMethod> METHODS =
      Map.of(
          "IBP",
          IntervalBounds.standard(),
          "CROWN-IBP",
          LinearBounds.crownIbp(),
          "CROWN",
          LinearBounds.crown(),
          "Fast-Lin",
          LinearBounds.fastLin());

  @Test
  void margins_are_those_of_auto_lirpa_by_the_same_method_and_no_looser_than_its_defaults()
      throws IOException {
    boolean there = Files.isDirectory(DATA.resolve("models"));
    if (!there && "true".equals(System.getenv("CI"))) {
      throw new IllegalStateException(DATA + " must be there in CI");
    }
    assumeTrue(there, () -> DATA + " is not there");
    Examples mnist =
        IdxFiles.read(
            DATA.resolve("mnist/t10k-images-idx3-ubyte.gz"),
            DATA.resolve("mnist/t10k-labels-idx1-ubyte.gz"));
    Map<String, ReluNetwork> networks = new TreeMap<>();
    List<String> lines = lines();
    assertThat(lines).hasSize(105);
    for (String line : lines) {
      String[] fields = line.split(",", -1);
      ReluNetwork network =
          networks.computeIfAbsent(
              fields[0], name -> OnnxLayers.read(DATA.resolve("models/" + name + ".onnx")));
      boolean sameMethod = fields[4].equals("same");
      int row = Integer.parseInt(fields[5]);
      int label = Integer.parseInt(fields[6]);
      assertThat(mnist.labels().atRow(row)).isEqualTo(label);
      Claim claim =
          claims(network, fields[1], Float.parseFloat(fields[2]))
              .about(mnist.inputs().select(row), label);
      Margins margins = Objects.requireNonNull(METHODS.get(fields[3])).margins(claim);
      for (int c = 0, field = 7; c < 10; c++) {
        if (c != label) {
          double theirs = Double.parseDouble(fields[field++]);
          assertThat(margins.lower(c)).as(line).isGreaterThan(theirs - 1e-4);
          if (sameMethod) {
            assertThat(margins.lower(c)).as(line).isCloseTo(theirs, within(1e-4));
          }
        }
      }
    }
  }

  /** auto_LiRPA cuts balls to the domain under Linf only. */
  private static Claims claims(ReluNetwork network, String norm, float epsilon) {
    return switch (norm) {
      case "linf" -> Claims.of(network, ThreatModel.linf(epsilon));
      case "l2" -> Claims.of(network, ThreatModel.l2(epsilon)).beyondDomain();
      case "l1" -> Claims.of(network, ThreatModel.l1(epsilon)).beyondDomain();
      default -> throw new IllegalArgumentException("norms are linf, l2 and l1, but was " + norm);
    };
  }

  private static List<String> lines() throws IOException {
    try (InputStream in = PublishedBoundsTest.class.getResourceAsStream("bounds.csv")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    }
  }
}
