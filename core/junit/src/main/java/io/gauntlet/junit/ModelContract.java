package io.gauntlet.junit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Margin;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every differentiable model promises. Extend it once per backend; no test here can be
 * overridden. Inputs are drawn from the model's domain.
 */
public abstract class ModelContract {
  private static final int ROWS = 6;

  /** Makes the contract. */
  protected ModelContract() {}

  /** The model under test; the same one for every test of an instance. */
  protected abstract DifferentiableModel model();

  /** Allowed difference between batch sizes, relative to the largest score; float rounding. */
  protected double rounding() {
    return 1e-5;
  }

  /** Step of the central differences, in input units. */
  protected double step() {
    return 1e-2;
  }

  /**
   * Allowed difference between a directional derivative and its central difference, relative to the
   * length of the gradient; float scores over a step of 1e-2 leave a few parts in a thousand, kinks
   * of ReLU more.
   */
  protected double gradientTolerance() {
    return 2e-2;
  }

  /** One row of scores per input, for the same examples. */
  @Test
  protected final void answers_one_row_of_scores_per_input_for_the_same_examples() {
    Batch inputs = inputs(1).standingFor(10, 11, 12, 20, 21, 22);
    Batch logits = model().logits(inputs);
    assertEquals(ROWS, logits.rows());
    assertEquals(model().classes(), logits.width());
    assertEquals(20, logits.example(3));
    Gradient gradient = model().gradient(inputs, new Margin(Labels.of(inputs, new int[ROWS])));
    assertEquals(20, gradient.byInput().example(3));
    assertEquals(inputs.width(), gradient.byInput().width());
  }

  /** The same input gets the same scores, whatever was asked in between. */
  @Test
  protected final void repeats_itself() {
    Batch inputs = inputs(2);
    Batch first = model().logits(inputs);
    Batch gradient = gradient(inputs).byInput();
    for (int i = 0; i < 3; i++) {
      assertEquals(first.buffer(), model().logits(inputs).buffer());
      assertEquals(gradient.buffer(), gradient(inputs).byInput().buffer());
    }
  }

  /** A row does not depend on the other rows, beyond rounding. */
  @Test
  protected final void answers_a_row_alone_as_in_a_batch() {
    Batch inputs = inputs(3);
    Batch whole = model().logits(inputs);
    Batch gradients = gradient(inputs).byInput();
    for (int i = 0; i < ROWS; i++) {
      Batch alone = inputs.select(i);
      assertClose(whole.row(i), model().logits(alone).row(0), rounding());
      assertClose(gradients.row(i), gradient(alone).byInput().row(0), rounding());
    }
  }

  /** One pass gives the same logits, losses and gradient as its parts. */
  @Test
  protected final void gives_the_same_from_one_pass_as_from_its_parts() {
    Batch inputs = inputs(4);
    Margin loss = new Margin(Labels.of(inputs, new int[ROWS]));
    Gradient together = model().gradient(inputs, loss);
    assertClose(all(model().logits(inputs)), all(together.logits()), rounding());
    assertClose(all(loss.values(together.logits())), all(together.losses()), rounding());
    try (ForwardPass pass = model().forward(inputs)) {
      Batch weights = loss.gradient(pass.logits());
      float[] once = all(pass.backward(weights));
      assertClose(all(together.byInput()), once, rounding());
      assertArrayEquals(once, all(pass.backward(weights)), "a second way back must not add up");
    }
  }

  /** The vector-Jacobian product is the slope of the weighted scores. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  protected final void agrees_with_central_differences(long seed) {
    Batch inputs = inputs(100 + seed);
    RandomGenerator random = Seed.of(seed).forExample(1);
    Batch weights = model().logits(inputs).editRows((i, z) -> fill(z, random));
    Batch byInput;
    try (ForwardPass pass = model().forward(inputs)) {
      byInput = pass.backward(weights);
    }
    for (int draw = 0; draw < 4; draw++) {
      Batch direction = inputs.editRows((i, x) -> unit(x, random));
      float h = (float) step();
      Batch up = model().logits(inputs.plus(direction.times(h)));
      Batch down = model().logits(inputs.plus(direction.times(-h)));
      for (int i = 0; i < ROWS; i++) {
        double slope = (dot(weights, up, i) - dot(weights, down, i)) / (2 * h);
        double expected = dot(direction, byInput, i);
        double size = Math.sqrt(dot(byInput, byInput, i));
        assertEquals(slope, expected, gradientTolerance() * (size + 1e-3), "row " + i);
      }
    }
  }

  /** Four threads at once get what one gets, to the last bit, where the model allows threads. */
  @Test
  protected final void gives_every_thread_the_same_answer() throws Exception {
    int threads = model().concurrency().threadSafe() ? 4 : 1;
    Batch inputs = inputs(5);
    Batch expected = gradient(inputs).byInput();
    Batch logits = model().logits(inputs);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Boolean>> calls = new ArrayList<>();
      for (int call = 0; call < 40; call++) {
        calls.add(
            () ->
                expected.buffer().equals(gradient(inputs).byInput().buffer())
                    && logits.buffer().equals(model().logits(inputs).buffer()));
      }
      for (Future<Boolean> call : pool.invokeAll(calls)) {
        assertTrue(call.get());
      }
    } finally {
      pool.shutdown();
    }
  }

  /** No rows in, no rows out. */
  @Test
  protected final void answers_nothing_to_nothing() {
    assertEquals(0, model().logits(inputs(6).select()).rows());
  }

  /** Inputs of another width are the caller's mistake. */
  @Test
  protected final void refuses_inputs_of_another_width() {
    Batch wide = Batch.of(new float[model().inputShape().size() + 1]);
    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> model().logits(wide)).getMessage());
    assertTrue(message.contains(String.valueOf(wide.width())), message);
  }

  private Gradient gradient(Batch inputs) {
    return model().gradient(inputs, new Margin(Labels.of(inputs, new int[inputs.rows()])));
  }

  private Batch inputs(long seed) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    float[][] x = new float[ROWS][model().inputShape().size()];
    for (float[] row : x) {
      for (int j = 0; j < row.length; j++) {
        float lower = model().domain().lower(j);
        row[j] = lower + random.nextFloat() * (model().domain().upper(j) - lower);
      }
    }
    return Batch.of(x);
  }

  private static void fill(float[] values, RandomGenerator random) {
    for (int j = 0; j < values.length; j++) {
      values[j] = (float) random.nextGaussian();
    }
  }

  private static void unit(float[] values, RandomGenerator random) {
    fill(values, random);
    double sum = 0;
    for (float v : values) {
      sum += (double) v * v;
    }
    for (int j = 0; j < values.length; j++) {
      values[j] = (float) (values[j] / Math.sqrt(sum));
    }
  }

  private static double dot(Batch a, Batch b, int row) {
    double sum = 0;
    for (int j = 0; j < a.width(); j++) {
      sum += (double) a.get(row, j) * b.get(row, j);
    }
    return sum;
  }

  private static float[] all(Batch batch) {
    float[] values = new float[batch.rows() * batch.width()];
    batch.buffer().get(values);
    return values;
  }

  private static void assertClose(float[] expected, float[] actual, double tolerance) {
    float size = 0;
    for (float v : expected) {
      size = Math.max(size, Math.abs(v));
    }
    assertArrayEquals(expected, actual, (float) (tolerance * Math.max(size, 1e-3)));
  }
}
