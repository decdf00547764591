package io.gauntlet.defenses.certify.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Conv2d;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import org.junit.jupiter.api.Test;

class BlueprintTest {
  private static final Blueprint SMALL =
      Blueprint.of(Shape.of(1, 28, 28), Domain.UNIT)
          .convolution(16, 4, 2, 1)
          .convolution(32, 4, 2, 1)
          .dense(100)
          .dense(10);

  @Test
  void layers_take_what_the_one_before_gives_with_a_relu_between() {
    ReluNetwork network = SMALL.draw(Seed.of(1));
    assertThat(network.steps().stream().map(step -> step.layer().getClass().getSimpleName()))
        .containsExactly("Conv2d", "Relu", "Conv2d", "Relu", "Dense", "Relu", "Dense");
    assertThat(network.size(1)).isEqualTo(16 * 14 * 14);
    assertThat(network.size(3)).isEqualTo(32 * 7 * 7);
    assertThat(network.size(7)).isEqualTo(10);
  }

  /** Of a uniform variable from -a to a: mean 0, deviation a / sqrt(3). */
  @Test
  void weights_are_uniform_within_one_over_the_root_of_what_a_unit_sees() {
    ReluNetwork network = SMALL.draw(Seed.of(1));
    requireUniform(((Conv2d) network.steps().get(2).layer()).weights(), 1 / 16.0);
    requireUniform(((Mlp.Dense) network.steps().get(4).layer()).weights(), 1 / Math.sqrt(1568));
    Batch bias = ((Mlp.Dense) network.steps().get(4).layer()).bias();
    for (int o = 0; o < bias.width(); o++) {
      assertThat(Math.abs(bias.get(0, o))).isLessThanOrEqualTo((float) (1 / Math.sqrt(1568)));
    }
  }

  private static void requireUniform(Batch weights, double most) {
    double sum = 0;
    double squares = 0;
    double largest = 0;
    for (int i = 0; i < weights.rows(); i++) {
      for (int j = 0; j < weights.width(); j++) {
        double weight = weights.get(i, j);
        sum += weight;
        squares += weight * weight;
        largest = Math.max(largest, Math.abs(weight));
      }
    }
    int count = weights.rows() * weights.width();
    assertThat(largest).isBetween(0.99 * most, most * 1.0001);
    assertThat(sum / count).isCloseTo(0, within(4 * most / Math.sqrt(3.0 * count)));
    assertThat(Math.sqrt(squares / count)).isCloseTo(most / Math.sqrt(3), within(0.03 * most));
  }

  @Test
  void the_seed_decides() {
    assertThat(SMALL.draw(Seed.of(1)).fingerprint())
        .isEqualTo(SMALL.draw(Seed.of(1)).fingerprint())
        .isNotEqualTo(SMALL.draw(Seed.of(2)).fingerprint());
  }

  @Test
  void what_cannot_be_built_is_refused() {
    Blueprint flat = Blueprint.of(Shape.of(9), Domain.UNIT);
    assertThatThrownBy(() -> flat.convolution(2, 3, 1, 0).dense(2).draw(Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("images")
        .hasMessageContaining("9");
    assertThatThrownBy(() -> flat.draw(Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("number of layers must be at least 1, but was 0");
    assertThatThrownBy(() -> flat.dense(1).draw(Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("logits must be at least 2, but was 1");
    assertThatThrownBy(() -> flat.dense(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("units must be at least 1, but was 0");
    assertThatThrownBy(() -> flat.convolution(1, 3, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("stride must be at least 1, but was 0");
  }
}
