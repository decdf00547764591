package io.gauntlet.defenses.postprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MadPoisoningTest {
  private static final float[][] WEIGHTS = {{0.3f, -0.2f}, {0.1f, 0.5f}, {-0.4f, 0.2f}};
  private static final Mlp SURROGATE = Mlp.linear(Domain.UNIT, WEIGHTS, new float[3]);
  private static final float[] X = {0.7f, 0.4f};

  private static double[] logSoftmax(double[][] weights) {
    double[] z = new double[3];
    double sum = 0;
    for (int k = 0; k < 3; k++) {
      z[k] = weights[k][0] * X[0] + weights[k][1] * X[1];
      sum += Math.exp(z[k]);
    }
    for (int k = 0; k < 3; k++) {
      z[k] -= Math.log(sum);
    }
    return z;
  }

  /** Gradients of every log-probability by all six weights, by central differences. */
  private static double[][] jacobian() {
    double[][] jacobian = new double[3][6];
    double h = 1e-5;
    for (int w = 0; w < 6; w++) {
      double[][] up = copy();
      double[][] down = copy();
      up[w / 2][w % 2] += h;
      down[w / 2][w % 2] -= h;
      for (int k = 0; k < 3; k++) {
        jacobian[k][w] = (logSoftmax(up)[k] - logSoftmax(down)[k]) / (2 * h);
      }
    }
    return jacobian;
  }

  private static double[][] copy() {
    double[][] copy = new double[3][2];
    for (int k = 0; k < 3; k++) {
      copy[k][0] = WEIGHTS[k][0];
      copy[k][1] = WEIGHTS[k][1];
    }
    return copy;
  }

  private static double cosine(float[] y, float[] other) {
    double[][] jacobian = jacobian();
    double inner = 0;
    double a = 0;
    double b = 0;
    for (int w = 0; w < 6; w++) {
      double u = 0;
      double v = 0;
      for (int k = 0; k < 3; k++) {
        u += y[k] * jacobian[k][w];
        v += other[k] * jacobian[k][w];
      }
      inner += u * v;
      a += u * u;
      b += v * v;
    }
    return inner / Math.sqrt(a * b);
  }

  private static float[] poisoned(float epsilon, Argmax argmax, float[] y) {
    MadPoisoning guard = new MadPoisoning(epsilon, argmax, GradientKernel.lastLayer(SURROGATE));
    Query query = new Query("eve", Batch.of(X), Instant.EPOCH);
    return guard.apply(query, Batch.of(y)).row(0);
  }

  private static double l1(float[] a, float[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += Math.abs(a[k] - b[k]);
    }
    return sum;
  }

  @Test
  void the_last_layers_kernel_is_that_of_finite_differences() {
    double[][] jacobian = jacobian();
    float[] kernel = GradientKernel.lastLayer(SURROGATE).of(Batch.of(X)).row(0);
    double features = X[0] * X[0] + X[1] * X[1];
    for (int k = 0; k < 3; k++) {
      for (int l = 0; l < 3; l++) {
        double product = 0;
        for (int w = 0; w < 6; w++) {
          product += jacobian[k][w] * jacobian[l][w];
        }
        assertThat(features * kernel[3 * k + l]).isCloseTo(product, within(1e-6));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_answer_stays_in_its_budget_on_the_simplex_and_turns_the_step(Argmax argmax) {
    RandomGenerator random = Seed.of(1).forExample(0);
    for (int run = 0; run < 200; run++) {
      float a = random.nextFloat();
      float b = random.nextFloat() * (1 - a);
      float[] y = {a, b, 1 - a - b};
      float epsilon = 0.05f + 1.9f * random.nextFloat();
      float[] answer = poisoned(epsilon, argmax, y);
      assertThat(l1(y, answer)).isLessThanOrEqualTo(epsilon + 1e-5);
      assertThat((double) answer[0] + answer[1] + answer[2]).isCloseTo(1, within(1e-5));
      assertThat(cosine(y, answer)).isLessThan(1 - 1e-6);
      if (argmax == Argmax.KEPT) {
        assertThat(Rows.argmax(answer)).isEqualTo(Rows.argmax(y));
      }
    }
  }

  @Test
  void no_way_towards_a_class_turns_the_step_further() {
    RandomGenerator random = Seed.of(2).forExample(0);
    for (int run = 0; run < 50; run++) {
      float a = random.nextFloat();
      float b = random.nextFloat() * (1 - a);
      float[] y = {a, b, 1 - a - b};
      double furthest = 1;
      for (int k = 0; k < 3; k++) {
        float[] vertex = {k == 0 ? 1 : 0, k == 1 ? 1 : 0, k == 2 ? 1 : 0};
        float share = (float) Math.min(1, 0.5 / l1(y, vertex));
        float[] point = new float[3];
        for (int l = 0; l < 3; l++) {
          point[l] = y[l] + share * (vertex[l] - y[l]);
        }
        furthest = Math.min(furthest, cosine(y, point));
      }
      assertThat(cosine(y, poisoned(0.5f, Argmax.FREE, y))).isCloseTo(furthest, within(1e-3));
    }
  }

  @Test
  void a_budget_outside_the_simplex_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MadPoisoning(2.5f, Argmax.KEPT, inputs -> inputs))
        .withMessageContaining("2.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MadPoisoning(Float.NaN, Argmax.KEPT, inputs -> inputs));
  }
}
