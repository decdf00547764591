package io.gauntlet.djl;

import static io.gauntlet.djl.Fixtures.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DjlGradientTest {
  /**
   * Float32 scores of size 1 over a step of 0.02 carry 1e-5 of rounding, over slopes of about 1.
   */
  private static final double TOLERANCE = 1e-4;

  private static final float STEP = 1e-2f;

  static Stream<Supplier<DjlModel>> models() {
    return Stream.of(
        () -> Fixtures.trained(DjlOptions.of(Fixtures.IMAGE)),
        () ->
            Fixtures.trained(
                DjlOptions.of(Shape.of(2, 8, 8))
                    .withNormalisation(
                        Normalisation.perChannel(List.of(0.2f, 0.7f), List.of(0.5f, 2f)))),
        () ->
            DjlModel.torchScript(
                Fixtures.file("scripted.pt"),
                DjlOptions.of(Fixtures.IMAGE).withNormalisation(Normalisation.of(0.3f, 0.5f))),
        () -> DjlModel.torchScript(Fixtures.file("traced.pt"), Fixtures.IMAGE));
  }

  @ParameterizedTest
  @MethodSource("models")
  void every_row_of_the_jacobian_agrees_with_central_differences(Supplier<DjlModel> made) {
    try (DjlModel model = made.get()) {
      Batch inputs = Fixtures.toy(model, 2, 1);
      double largest = 0;
      try (ForwardPass pass = model.forward(inputs)) {
        for (int k = 0; k < model.classes(); k++) {
          Batch jacobian = pass.backward(oneHot(pass.logits(), k));
          for (int j = 0; j < inputs.width(); j++) {
            Batch slope = slope(model, inputs, j);
            for (int i = 0; i < inputs.rows(); i++) {
              assertThat(jacobian.get(i, j))
                  .as("derivative of logit %s of row %s by feature %s", k, i, j)
                  .isCloseTo(slope.get(i, k), within((float) TOLERANCE));
              largest = Math.max(largest, Math.abs(jacobian.get(i, j)));
            }
          }
        }
      }
      assertThat(largest).as("the tolerance must mean something").isGreaterThan(200 * TOLERANCE);
    }
  }

  private static Batch slope(DjlModel model, Batch inputs, int feature) {
    Batch up = model.logits(inputs.editRows((i, x) -> x[feature] += STEP));
    Batch down = model.logits(inputs.editRows((i, x) -> x[feature] -= STEP));
    return up.minus(down).times(1 / (2 * STEP));
  }

  @ParameterizedTest
  @MethodSource("models")
  void several_ways_back_are_one_way_back_for_the_sum_of_their_weights(Supplier<DjlModel> made) {
    try (DjlModel model = made.get()) {
      Batch inputs = Fixtures.toy(model, 5, 2);
      try (ForwardPass pass = model.forward(inputs)) {
        Batch sum = pass.backward(pass.logits().editRows((i, z) -> java.util.Arrays.fill(z, 1)));
        Batch added = inputs.times(0);
        for (int k = 0; k < model.classes(); k++) {
          added = added.plus(pass.backward(oneHot(pass.logits(), k)));
        }
        assertThat(all(added)).containsExactly(all(sum), within(1e-6f));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void predictions_before_and_between_change_no_gradient(Supplier<DjlModel> made) {
    try (DjlModel model = made.get()) {
      Batch inputs = Fixtures.toy(model, 9, 3);
      LogitLoss loss = new CrossEntropy(Fixtures.brightness(inputs));
      Gradient first = model.gradient(inputs, loss);
      for (int i = 0; i < 5; i++) {
        assertThat(all(model.logits(inputs))).isEqualTo(all(first.logits()));
        assertThat(all(model.gradient(inputs, loss).byInput())).isEqualTo(all(first.byInput()));
      }
      try (ForwardPass pass = model.forward(inputs)) {
        model.logits(inputs);
        assertThat(all(pass.backward(loss.gradient(pass.logits()))))
            .isEqualTo(all(first.byInput()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void four_threads_get_the_same_bits_as_one(Supplier<DjlModel> made) throws Exception {
    try (DjlModel model = made.get()) {
      List<Batch> inputs = new ArrayList<>();
      List<Batch> expected = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        inputs.add(Fixtures.toy(model, 16, 100 + i));
        expected.add(gradient(model, inputs.get(i)));
      }
      ExecutorService pool = Executors.newFixedThreadPool(4);
      try {
        List<Callable<float[]>> calls = new ArrayList<>();
        for (int call = 0; call < 160; call++) {
          Batch mine = inputs.get(call % 8);
          calls.add(() -> all(gradient(model, mine)));
        }
        List<Future<float[]>> answers = pool.invokeAll(calls);
        for (int call = 0; call < 160; call++) {
          assertThat(answers.get(call).get()).isEqualTo(all(expected.get(call % 8)));
        }
      } finally {
        pool.shutdown();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void a_batch_of_one_is_a_row_of_a_batch(Supplier<DjlModel> made) {
    try (DjlModel model = made.get()) {
      Batch inputs = Fixtures.toy(model, 64, 4);
      Batch logits = model.logits(inputs);
      LogitLoss loss = new CrossEntropy(Fixtures.brightness(inputs));
      Batch gradients = model.gradient(inputs, loss).byInput();
      for (int i = 0; i < inputs.rows(); i++) {
        Batch alone = inputs.select(i);
        float[] gradient = model.gradient(alone, loss).byInput().row(0);
        assertThat(model.logits(alone).row(0)).containsExactly(logits.row(i), within(1e-5f));
        assertThat(gradient).containsExactly(gradients.row(i), within(1e-5f));
      }
    }
  }

  @Test
  void normalisation_in_the_model_is_normalisation_of_the_pixels() {
    Normalisation normalisation = Normalisation.of(0.25f, 0.5f); // exact in binary
    try (DjlModel inside =
            DjlModel.torchScript(
                Fixtures.file("scripted.pt"),
                DjlOptions.of(Fixtures.IMAGE).withNormalisation(normalisation));
        DjlModel outside = DjlModel.torchScript(Fixtures.file("scripted.pt"), Fixtures.IMAGE)) {
      Batch pixels = Fixtures.toy(inside, 6, 5);
      Batch seen =
          pixels.editRows(
              (i, x) -> {
                for (int j = 0; j < x.length; j++) {
                  x[j] = (x[j] - 0.25f) / 0.5f;
                }
              });
      assertThat(all(inside.logits(pixels))).isEqualTo(all(outside.logits(seen)));
      assertThat(all(gradient(inside, pixels))).isEqualTo(all(gradient(outside, seen).times(2)));
    }
  }

  private static Batch gradient(DjlModel model, Batch inputs) {
    return model.gradient(inputs, new CrossEntropy(Fixtures.brightness(inputs))).byInput();
  }

  private static Batch oneHot(Batch logits, int hot) {
    return logits.editRows(
        (i, z) -> {
          for (int k = 0; k < z.length; k++) {
            z[k] = k == hot ? 1 : 0;
          }
        });
  }
}
