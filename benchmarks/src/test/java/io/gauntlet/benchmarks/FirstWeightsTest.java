package io.gauntlet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirstWeightsTest {
  private static final int BEFORE_DENSE = 256 + 16 + 8192 + 32;
  private static final int INPUTS = 32 * 7 * 7;

  @ParameterizedTest
  @CsvSource({"NORMAL, 2", "UNIFORM, 0.33333"})
  void a_layers_variance_is_that_of_the_name_and_the_seed_draws_it(
      FirstWeights weights, double timesInputs) {
    float[] first = dense(weights, 1);
    double squares = 0;
    for (float weight : first) {
      squares += (double) weight * weight;
    }
    assertThat(squares / first.length * INPUTS).isCloseTo(timesInputs, within(0.02 * timesInputs));
    assertThat(dense(weights, 1)).isEqualTo(first);
    assertThat(dense(weights, 2)).isNotEqualTo(first);
  }

  /** The weights of the first dense layer, which are most of the net. */
  private static float[] dense(FirstWeights weights, long seed) {
    HardenedNet net = new HardenedNet(Shape.of(1, 28, 28), 1, weights);
    try (DjlModel model = net.untrained(1e-3f, 1, Seed.of(seed))) {
      assertThat(model.parameterShapes()).contains(Shape.of(100, INPUTS));
      float[] all = model.parameters().row(0);
      return Arrays.copyOfRange(all, BEFORE_DENSE, BEFORE_DENSE + 100 * INPUTS);
    }
  }
}
