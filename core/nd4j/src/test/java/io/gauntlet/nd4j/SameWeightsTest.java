package io.gauntlet.nd4j;

import static io.gauntlet.nd4j.Fixtures.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Margin;
import io.gauntlet.model.Mlp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One network in three engines and in plain Java. */
class SameWeightsTest {
  private static final Mlp EXACT = Fixtures.handWritten();

  static Stream<Supplier<DifferentiableModel>> models() {
    return Stream.of(
        () -> SameDiffModel.of(Fixtures.sameDiff(), "input", "logits", Fixtures.ROWS),
        () -> SameDiffModel.of(Fixtures.sameDiff(), "input", "probabilities", Fixtures.ROWS),
        () -> NetworkModel.of(Fixtures.stack(), Fixtures.ROWS),
        () -> NetworkModel.of(Fixtures.stack().toComputationGraph(), Fixtures.ROWS));
  }

  @ParameterizedTest
  @MethodSource("models")
  void agrees_with_the_net_in_plain_java(Supplier<DifferentiableModel> made) {
    assertAgrees(made.get(), EXACT);
  }

  @ParameterizedTest
  @MethodSource("models")
  void agrees_with_libtorch_in_the_same_jvm(Supplier<DifferentiableModel> made) {
    try (DjlModel djl = Fixtures.djl()) {
      assertAgrees(djl, EXACT);
      assertAgrees(made.get(), djl);
      assertAgrees(djl, EXACT);
    }
  }

  private static void assertAgrees(DifferentiableModel model, DifferentiableModel reference) {
    Batch inputs = Fixtures.toy(Fixtures.FEATURES, 50, 1);
    LogitLoss loss = new Margin(Fixtures.labels(inputs));
    Gradient expected = reference.gradient(inputs, loss);
    Gradient found = model.gradient(inputs, loss);
    assertThat(all(found.logits())).containsExactly(all(expected.logits()), within(1e-4f));
    for (int i = 0; i < inputs.rows(); i++) {
      float[] row = expected.byInput().row(i);
      float largest = 0;
      for (float value : row) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertThat(found.byInput().row(i)).containsExactly(row, within(1e-3f * largest));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void every_row_of_the_jacobian_is_the_slope_of_the_exact_net(Supplier<DifferentiableModel> made) {
    DifferentiableModel model = made.get();
    Batch inputs = Fixtures.toy(Fixtures.FEATURES, 3, 2);
    float step = 1e-3f;
    try (ForwardPass pass = model.forward(inputs)) {
      for (int k = 0; k < model.classes(); k++) {
        int hot = k;
        Batch oneHot =
            pass.logits()
                .editRows(
                    (i, z) -> {
                      Arrays.fill(z, 0);
                      z[hot] = 1;
                    });
        Batch jacobian = pass.backward(oneHot);
        for (int j = 0; j < inputs.width(); j++) {
          int feature = j;
          Batch up = EXACT.logits(inputs.editRows((i, x) -> x[feature] += step));
          Batch down = EXACT.logits(inputs.editRows((i, x) -> x[feature] -= step));
          for (int i = 0; i < inputs.rows(); i++) {
            float slope = (up.get(i, k) - down.get(i, k)) / (2 * step);
            assertThat(jacobian.get(i, j)).isCloseTo(slope, within(1e-3f));
          }
        }
      }
    }
  }

  @Test
  void probabilities_are_traced_back_to_logits(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("graph.fb");
    Fixtures.sameDiff().save(file.toFile(), false);
    Batch inputs = Fixtures.toy(Fixtures.FEATURES, 4, 3);
    SameDiffModel model = SameDiffModel.open(file, Fixtures.ROWS);
    assertThat(all(model.logits(inputs))).containsExactly(all(EXACT.logits(inputs)), within(1e-5f));
  }
}
