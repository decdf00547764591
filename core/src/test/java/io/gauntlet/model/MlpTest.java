package io.gauntlet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MlpTest {
  /** 2 inputs, 2 hidden, 2 classes. */
  private static final Mlp SMALL =
      Mlp.of(
          Shape.of(2),
          Domain.of(-10, 10),
          List.of(
              Mlp.Dense.of(new float[][] {{1, -2}, {3, 1}}, new float[] {1, -1}),
              Mlp.Dense.of(new float[][] {{2, -1}, {-1, 4}}, new float[] {0.5f, 0})));

  private static final int[] SIZES = {6, 9, 7, 4};

  private static float[][][] weights(SplittableRandom random) {
    float[][][] weights = new float[SIZES.length - 1][][];
    for (int k = 0; k < weights.length; k++) {
      weights[k] = new float[SIZES[k + 1]][SIZES[k] + 1]; // the last column is the bias
      for (float[] row : weights[k]) {
        for (int i = 0; i < row.length; i++) {
          row[i] = random.nextFloat() - 0.5f;
        }
      }
    }
    return weights;
  }

  private static Mlp mlp(float[][][] weights) {
    List<Mlp.Dense> layers = new ArrayList<>();
    for (float[][] layer : weights) {
      int inputs = layer[0].length - 1;
      float[][] matrix = new float[layer.length][];
      float[] bias = new float[layer.length];
      for (int o = 0; o < layer.length; o++) {
        matrix[o] = Arrays.copyOf(layer[o], inputs);
        bias[o] = layer[o][inputs];
      }
      layers.add(Mlp.Dense.of(matrix, bias));
    }
    return Mlp.of(Shape.of(SIZES[0]), Domain.of(-1, 1), layers);
  }

  /** The same network in double. */
  private static double[] forward(float[][][] weights, double[] input) {
    double[] x = input;
    for (int k = 0; k < weights.length; k++) {
      double[] y = new double[weights[k].length];
      for (int o = 0; o < y.length; o++) {
        y[o] = weights[k][o][x.length];
        for (int i = 0; i < x.length; i++) {
          y[o] += weights[k][o][i] * x[i];
        }
        y[o] = k < weights.length - 1 ? Math.max(0, y[o]) : y[o];
      }
      x = y;
    }
    return x;
  }

  private static Batch inputs(int rows, SplittableRandom random) {
    float[] values = new float[rows * SIZES[0]];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(5) == 0 ? 0 : 2 * random.nextFloat() - 1;
    }
    return Batch.wrap(SIZES[0], values);
  }

  private static double[] wide(float... values) {
    double[] wide = new double[values.length];
    for (int k = 0; k < wide.length; k++) {
      wide[k] = values[k];
    }
    return wide;
  }

  @Test
  void answers_what_is_worked_out_by_hand() {
    // (1, 2): hidden 1*1 - 2*2 + 1 = -2 -> 0 and 3*1 + 1*2 - 1 = 4; logits -4 + 0.5 and 16
    // (2, 0): hidden 3 and 5; logits 6 - 5 + 0.5 and -3 + 20
    Batch logits = SMALL.logits(Batch.of(new float[] {1, 2}, new float[] {2, 0}));
    assertThat(logits.row(0)).containsExactly(-3.5f, 16);
    assertThat(logits.row(1)).containsExactly(1.5f, 17);
  }

  @Test
  void goes_back_the_way_that_is_worked_out_by_hand() {
    // only the second hidden unit is open at (1, 2): -1 * (3, 1) by the first logit
    Batch x = Batch.of(new float[] {1, 2}, new float[] {2, 0});
    try (ForwardPass pass = SMALL.forward(x)) {
      Batch first = pass.backward(Batch.of(new float[] {1, 0}, new float[] {1, 0}));
      assertThat(first.row(0)).containsExactly(-3, -1);
      assertThat(first.row(1)).containsExactly(2 - 3, -4 - 1);
      Batch second = pass.backward(Batch.of(new float[] {0, 1}, new float[] {0, 0}));
      assertThat(second.row(0)).containsExactly(12, 4);
      assertThat(second.row(1)).containsExactly(0, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void answers_like_the_same_network_in_double(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][][] weights = weights(random);
    Batch x = inputs(20, random);
    Batch logits = mlp(weights).logits(x);
    for (int i = 0; i < x.rows(); i++) {
      double[] expected = forward(weights, wide(x.row(i)));
      for (int k = 0; k < expected.length; k++) {
        // three layers of at most ten float sums of about 1
        assertThat((double) logits.get(i, k)).isEqualTo(expected[k], within(5e-6));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void has_the_gradient_of_central_differences(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][][] weights = weights(random);
    Batch x = inputs(10, random);
    float[] byLogit = {0.3f, -1, 0, 2};
    Batch seeds = x.withValues(4, new float[40]).editRows((i, v) -> v[i % 4] = byLogit[i % 4]);
    Batch gradient;
    try (ForwardPass pass = mlp(weights).forward(x)) {
      gradient = pass.backward(seeds);
    }
    double step = 1e-7; // so small that no ReLU of a random network switches within it
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.width(); j++) {
        double[] up = wide(x.row(i));
        double[] down = up.clone();
        up[j] += step;
        down[j] -= step;
        double rise = forward(weights, up)[i % 4] - forward(weights, down)[i % 4];
        double expected = byLogit[i % 4] * rise / (2 * step);
        // floats of about 1, and 1e-16 / 1e-7 of cancellation
        assertThat((double) gradient.get(i, j)).isEqualTo(expected, within(2e-6));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void gives_the_same_bits_in_any_batch(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Mlp model = mlp(weights(random));
    Batch x = inputs(9, random).standingFor(1, 2, 3, 5, 8, 13, 21, 34, 55);
    Labels labels = Labels.of(x, 0, 1, 2, 3, 0, 1, 2, 3, 0);
    Gradient all = model.gradient(x, new CrossEntropy(labels));
    for (int i = 0; i < x.rows(); i++) {
      Gradient alone = model.gradient(x.select(i), new CrossEntropy(labels));
      assertThat(alone.logits().row(0)).containsExactly(all.logits().row(i));
      assertThat(alone.losses().row(0)).containsExactly(all.losses().row(i));
      assertThat(alone.byInput().row(0)).containsExactly(all.byInput().row(i));
      assertThat(alone.byInput().example(0)).isEqualTo(x.example(i));
    }
  }

  @Test
  void gradient_is_the_chain_of_loss_and_network() {
    SplittableRandom random = new SplittableRandom(9);
    float[][][] weights = weights(random);
    Batch x = inputs(8, random);
    Labels labels = Labels.of(0, 1, 2, 3, 0, 1, 2, 3);
    Gradient gradient = mlp(weights).gradient(x, new CrossEntropy(labels));
    double step = 1e-6;
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.width(); j++) {
        double[] up = wide(x.row(i));
        double[] down = up.clone();
        up[j] += step;
        down[j] -= step;
        double expected =
            (crossEntropy(forward(weights, up), i % 4)
                    - crossEntropy(forward(weights, down), i % 4))
                / (2 * step);
        // floats of about 1, and 1e-16 / 1e-6 of cancellation
        assertThat((double) gradient.byInput().get(i, j)).isEqualTo(expected, within(2e-6));
      }
    }
  }

  private static double crossEntropy(double[] z, int label) {
    return Math.log(Arrays.stream(z).map(v -> Math.exp(v - z[label])).sum());
  }

  @Test
  void a_model_that_numbers_its_answers_from_zero_is_understood() {
    // what a backend does that makes its answers with Batch.wrap
    DifferentiableModel renumbering =
        new DifferentiableModel() {
          @Override
          public Shape inputShape() {
            return SMALL.inputShape();
          }

          @Override
          public Domain domain() {
            return SMALL.domain();
          }

          @Override
          public int classes() {
            return 2;
          }

          @Override
          public Batch logits(Batch inputs) {
            return SMALL.logits(inputs.standingFor(0));
          }

          @Override
          public ForwardPass forward(Batch inputs) {
            return SMALL.forward(inputs.standingFor(0));
          }
        };
    Batch x = Batch.of(new float[] {1, 2}).standingFor(30);
    Gradient gradient = renumbering.gradient(x, new Margin(Labels.of(x, 1)));
    assertThat(gradient.logits().example(0)).isEqualTo(30);
    assertThat(gradient.losses().get(0, 0)).isEqualTo(-19.5f);
    assertThat(gradient.byInput().row(0)).containsExactly(-15, -5);
    assertThat(gradient.byInput().example(0)).isEqualTo(30);
  }

  @Test
  void its_fingerprint_changes_with_every_weight_and_with_nothing_else() {
    String before = linear(1, 0).fingerprint();
    assertThat(before).startsWith("Mlp 2-2 ").isEqualTo(linear(1, 0).fingerprint());
    assertThat(linear(Math.nextUp(1f), 0).fingerprint()).isNotEqualTo(before);
    assertThat(linear(1, Float.MIN_VALUE).fingerprint()).isNotEqualTo(before);
    assertThat(SMALL.fingerprint()).startsWith("Mlp 2-2-2 ");
  }

  private static Mlp linear(float weight, float bias) {
    return Mlp.linear(Domain.UNIT, new float[][] {{weight, 2}, {3, 4}}, new float[] {bias, 0});
  }

  @Test
  void inputs_of_another_width_are_refused() {
    for (int width : new int[] {1, 3}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SMALL.logits(Batch.of(new float[width])))
          .withMessage("inputs must have 2 values in a row, but had " + width);
    }
    try (ForwardPass pass = SMALL.forward(Batch.of(new float[2]))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> pass.backward(Batch.of(new float[3])))
          .withMessage("weights of the logits must have 2 values in a row, but had 3");
    }
  }

  @Test
  void layers_that_do_not_fit_are_refused() {
    Mlp.Dense layer = Mlp.Dense.of(new float[2][3], new float[2]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Mlp.of(Shape.of(3), Domain.UNIT, List.of(layer, layer)))
        .withMessage("layer 1 must take 2 inputs, but takes 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Mlp.of(Shape.of(3), Domain.UNIT, List.of()))
        .withMessage("a network needs at least one layer, but had none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Mlp.Dense.of(new float[2][3], new float[3]))
        .withMessage(
            "a layer of 2 outputs needs one bias row of as many values, but had 1 rows of 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Mlp.linear(Domain.UNIT, new float[1][3], new float[1]))
        .withMessage("outputs of the last layer must be at least 2, but was 1");
  }

  @Test
  void says_what_it_takes_and_gives() {
    assertThat(SMALL.inputShape()).isEqualTo(Shape.of(2));
    assertThat(SMALL.domain()).isEqualTo(Domain.of(-10, 10));
    assertThat(SMALL.classes()).isEqualTo(2);
    assertThat(SMALL.concurrency().preferredBatch()).isEqualTo(64);
    assertThat(SMALL.logits(Batch.wrap(2, new float[0])).rows()).isZero();
  }

  @Test
  void features_are_what_enters_the_last_layer_and_their_slope_stops_where_relu_does() {
    Mlp net =
        Mlp.of(
            Shape.of(1),
            Domain.of(-9, 9),
            List.of(
                Mlp.Dense.of(new float[][] {{2}, {-3}}, new float[] {1, 0}),
                Mlp.Dense.of(new float[][] {{1, 1}, {0, 1}}, new float[] {0, 0})));
    Batch inputs = Batch.of(new float[] {1}, new float[] {-1});
    try (ForwardPass pass = net.features().forward(inputs)) {
      assertThat(pass.logits().row(0)).containsExactly(3, 0);
      assertThat(pass.logits().row(1)).containsExactly(0, 3);
      Batch slopes = pass.backward(Batch.of(new float[] {1, 1}, new float[] {1, 1}));
      assertThat(slopes.row(0)).containsExactly(2);
      assertThat(slopes.row(1)).containsExactly(-3);
    }
    assertThat(net.features().fingerprint()).isNotEqualTo(net.fingerprint());
    assertThatThrownBy(
            () -> Mlp.linear(Domain.UNIT, new float[][] {{1}, {2}}, new float[2]).features())
        .isInstanceOf(ModelException.class);
  }
}
