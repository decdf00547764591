package io.gauntlet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Conv2d.Axis;
import io.gauntlet.model.ReluNetwork.Step;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ReluNetworkTest {
  private static Batch gaussian(RandomGenerator random, int rows, int width) {
    float[] values = new float[rows * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Batch.wrap(width, values);
  }

  static Stream<Layer.Linear> linear_layers() {
    RandomGenerator random = Seed.of(1).forExample(0);
    return Stream.of(
        new Mlp.Dense(gaussian(random, 6, 5), gaussian(random, 1, 6)),
        new Scale(gaussian(random, 1, 7), gaussian(random, 1, 7)),
        conv(random, 6, 3, Axis.of(5, 3, 1, 1), Axis.of(4, 3, 1, 1), 1),
        conv(random, 5, 2, Axis.of(7, 3, 2, 1), Axis.of(6, 2, 3, 0), 1),
        conv(random, 6, 4, new Axis(7, 3, 2, 0, 2, 2), new Axis(6, 2, 1, 3, 0, 3), 2));
  }

  private static Conv2d conv(
      RandomGenerator random, int outputs, int inputs, Axis rows, Axis columns, int groups) {
    int width = inputs / groups * rows.kernel() * columns.kernel();
    return new Conv2d(
        gaussian(random, outputs, width),
        gaussian(random, 1, outputs),
        inputs,
        rows,
        columns,
        groups);
  }

  @ParameterizedTest
  @CsvSource({
    "5, 3, 1, 1, 1, 1",
    "7, 3, 2, 0, 2, 2",
    "10, 4, 3, 0, 0, 1", // a pixel that no output sees
    "5, 3, 2, 4, 4, 1", // outputs that see padding only
    "6, 2, 1, 3, 0, 3"
  })
  void a_weight_shows_the_image_to_the_outputs_from_the_first_to_the_end(
      int size, int kernel, int stride, int before, int after, int dilation) {
    Axis axis = new Axis(size, kernel, stride, before, after, dilation);
    for (int weight = 0; weight < kernel; weight++) {
      int tap = weight;
      assertThat(IntStream.range(axis.firstSeeing(weight), axis.endOfSeeing(weight)))
          .containsExactlyElementsOf(
              IntStream.range(0, axis.outputs())
                  .filter(output -> axis.holds(axis.seen(output, tap)))
                  .boxed()
                  .toList());
    }
  }

  @ParameterizedTest
  @MethodSource("linear_layers")
  void going_back_is_the_transpose_of_going_forth(Layer.Linear layer) {
    RandomGenerator random = Seed.of(2).forExample(0);
    double[] x = random.doubles(layer.inputs(), -1, 1).toArray();
    double[] y = layer.apply(x);
    double[] atZero = layer.apply(new double[layer.inputs()]);
    int forms = 3;
    double[][] byOutput = new double[layer.outputs()][];
    double[] expected = new double[forms];
    for (int o = 0; o < byOutput.length; o++) {
      assertThat(atZero[o]).isEqualTo(layer.bias(o));
      if (o % 3 != 1) { // rows that are missing are zero
        byOutput[o] = random.doubles(forms, -1, 1).toArray();
        for (int f = 0; f < forms; f++) {
          expected[f] += byOutput[o][f] * (y[o] - layer.bias(o));
        }
      }
    }
    double[][] byInput = new double[layer.inputs()][];
    layer.addTransposed(byOutput, byInput);
    for (int f = 0; f < forms; f++) {
      double sum = 0;
      for (int j = 0; j < x.length; j++) {
        sum += byInput[j] == null ? 0 : byInput[j][f] * x[j];
      }
      assertThat(sum).isCloseTo(expected[f], within(1e-12));
    }
  }

  @ParameterizedTest
  @MethodSource("linear_layers")
  void the_absolute_layer_bounds_every_output(Layer.Linear layer) {
    RandomGenerator random = Seed.of(2).forExample(0);
    double[] x = random.doubles(layer.inputs(), -1, 1).toArray();
    double[] sizes = x.clone();
    for (int j = 0; j < sizes.length; j++) {
      sizes[j] = Math.abs(sizes[j]);
    }
    double[] bound = layer.absolute().apply(sizes);
    double[] y = layer.apply(x);
    for (int o = 0; o < y.length; o++) {
      assertThat(Math.abs(y[o] - layer.bias(o))).isLessThanOrEqualTo(bound[o] + 1e-12);
    }
  }

  @Test
  void a_convolution_by_hand() {
    Batch kernel = Batch.of(new float[] {1, 2, 3, 4});
    Conv2d conv =
        new Conv2d(
            kernel, Batch.of(new float[] {10}), 1, Axis.of(2, 2, 1, 1), Axis.of(2, 2, 2, 0), 1);
    // rows: padding above and below; columns: one window
    assertThat(conv.apply(new double[] {1, 2, 3, 4}))
        .containsExactly(10 + 3 + 8, 10 + 1 + 4 + 9 + 16, 10 + 3 + 8);
  }

  @Test
  void answers_and_differentiates_as_the_mlp_that_it_was_read_from() {
    RandomGenerator random = Seed.of(3).forExample(0);
    Mlp mlp =
        Mlp.of(
            Shape.of(5),
            Domain.of(-3, 3),
            List.of(
                new Mlp.Dense(gaussian(random, 8, 5), gaussian(random, 1, 8)),
                new Mlp.Dense(gaussian(random, 7, 8), gaussian(random, 1, 7)),
                new Mlp.Dense(gaussian(random, 3, 7), gaussian(random, 1, 3))));
    ReluNetwork network = mlp.network();
    Batch inputs = gaussian(random, 4, 5);
    CrossEntropy loss = new CrossEntropy(Labels.of(0, 1, 2, 0));
    Gradient expected = mlp.gradient(inputs, loss);
    Gradient actual = network.gradient(inputs, loss);
    close(actual.logits(), expected.logits());
    close(actual.byInput(), expected.byInput());
    assertThat(network.classes()).isEqualTo(3);
  }

  private static void close(Batch actual, Batch expected) {
    for (int i = 0; i < expected.rows(); i++) {
      for (int j = 0; j < expected.width(); j++) {
        assertThat(actual.get(i, j)).isCloseTo(expected.get(i, j), within(1e-4f));
      }
    }
  }

  @Test
  void a_residual_sum_has_the_gradient_of_finite_differences() {
    RandomGenerator random = Seed.of(4).forExample(0);
    ReluNetwork network =
        new ReluNetwork(
            Shape.of(4),
            Domain.of(-9, 9),
            List.of(
                new Step(new Mlp.Dense(gaussian(random, 4, 4), gaussian(random, 1, 4)), List.of(0)),
                new Step(new Layer.Relu(), List.of(1)),
                new Step(new Layer.Add(), List.of(2, 0)),
                new Step(new Layer.Add(), List.of(3, 2)),
                new Step(
                    new Mlp.Dense(gaussian(random, 2, 4), gaussian(random, 1, 2)), List.of(4))));
    float[] x = gaussian(random, 1, 4).row(0);
    Batch first = Batch.of(new float[] {1, 0});
    try (ForwardPass pass = network.forward(Batch.of(x))) {
      Batch gradient = pass.backward(first);
      for (int j = 0; j < 4; j++) {
        float[] up = x.clone();
        float[] down = x.clone();
        up[j] += 0x1p-10f;
        down[j] -= 0x1p-10f;
        double rise = network.values(up)[5][0] - network.values(down)[5][0];
        assertThat((double) gradient.get(0, j)).isCloseTo(rise / 0x1p-9, within(1e-3));
      }
    }
  }

  @Test
  void the_fingerprint_changes_with_a_weight() {
    Mlp.Dense layer = Mlp.Dense.of(new float[][] {{1, 2}, {3, 4}}, new float[] {0, 0});
    Mlp.Dense other = Mlp.Dense.of(new float[][] {{1, 2}, {3, 5}}, new float[] {0, 0});
    assertThat(network(layer).fingerprint())
        .isEqualTo(network(layer).fingerprint())
        .isNotEqualTo(network(other).fingerprint())
        .startsWith("ReluNetwork 2-Dense2 ");
  }

  private static ReluNetwork network(Layer... layers) {
    return ReluNetwork.of(Shape.of(2), Domain.UNIT, List.of(layers));
  }

  @Test
  void what_does_not_fit_is_named() {
    Mlp.Dense wide = Mlp.Dense.of(new float[][] {{1, 2, 3}}, new float[] {0});
    assertThatThrownBy(() -> network(wide))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("step 0 must take 2 inputs, but takes 3");
    Mlp.Dense broken = Mlp.Dense.of(new float[][] {{1, 2}, {3, Float.NaN}}, new float[] {0, 0});
    assertThatThrownBy(() -> network(broken))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weights must be finite, but step 0 has NaN");
    assertThatThrownBy(
            () ->
                new ReluNetwork(
                    Shape.of(2), Domain.UNIT, List.of(new Step(new Layer.Relu(), List.of(1)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("step 0 must read values 0 to 0, but reads 1");
    assertThatThrownBy(() -> new Step(new Layer.Add(), List.of(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Add takes 2 values, but was given 1");
  }
}
