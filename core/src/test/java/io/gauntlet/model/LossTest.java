package io.gauntlet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LossTest {
  /** Every loss, with its formula written down a second time, in double and as in its paper. */
  enum Kind {
    CROSS_ENTROPY {
      @Override
      LogitLoss loss(Labels labels, Labels targets) {
        return new CrossEntropy(labels);
      }

      @Override
      double formula(double[] z, int label, int target) {
        double max = descending(z)[0];
        return max + Math.log(Arrays.stream(z).map(v -> Math.exp(v - max)).sum()) - z[label];
      }
    },
    MARGIN {
      @Override
      LogitLoss loss(Labels labels, Labels targets) {
        return new Margin(labels);
      }

      @Override
      double formula(double[] z, int label, int target) {
        return bestExcept(label, z) - z[label];
      }
    },
    DLR {
      @Override
      LogitLoss loss(Labels labels, Labels targets) {
        return new Dlr(labels);
      }

      @Override
      double formula(double[] z, int label, int target) {
        double[] s = descending(z);
        return -(z[label] - bestExcept(label, z)) / (s[0] - s[2] + 1e-12);
      }
    },
    TARGETED_DLR {
      @Override
      LogitLoss loss(Labels labels, Labels targets) {
        return new Dlr(labels, targets);
      }

      @Override
      double formula(double[] z, int label, int target) {
        double[] s = descending(z);
        return -(z[label] - z[target]) / (s[0] - (s[2] + s[3]) / 2 + 1e-12);
      }
    };

    abstract LogitLoss loss(Labels labels, Labels targets);

    abstract double formula(double[] z, int label, int target);

    static double bestExcept(int label, double[] z) {
      double best = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < z.length; k++) {
        best = k == label ? best : Math.max(best, z[k]);
      }
      return best;
    }

    static double[] descending(double[] z) {
      double[] sorted = Arrays.stream(z).map(v -> -v).sorted().toArray();
      return Arrays.stream(sorted).map(v -> -v).toArray();
    }
  }

  /** Rows of random logits, labels and targets, for examples that do not count from zero. */
  private static final class Case {
    final Batch logits;
    final Labels labels;
    final Labels targets;

    Case(long seed, int classes) {
      SplittableRandom random = new SplittableRandom(seed);
      int rows = 40;
      float[] z = new float[rows * classes];
      int[] label = new int[rows];
      int[] target = new int[rows];
      long[] examples = new long[rows];
      for (int i = 0; i < rows; i++) {
        float scale = new float[] {1e-3f, 1, 30}[i % 3];
        // spaced so that a difference quotient never steps over a kink
        int[] order = permutation(classes, random);
        for (int k = 0; k < classes; k++) {
          z[i * classes + k] = scale * (order[k] + 0.6f * random.nextFloat() - classes / 2f);
        }
        label[i] = random.nextInt(classes);
        target[i] = (label[i] + 1 + random.nextInt(classes - 1)) % classes;
        examples[i] = 10 + 3L * i;
      }
      logits = Batch.wrap(classes, z).standingFor(examples);
      labels = Labels.of(logits, label);
      targets = Labels.of(logits, target);
    }

    private static int[] permutation(int n, SplittableRandom random) {
      int[] order = new int[n];
      for (int k = 0; k < n; k++) {
        int other = random.nextInt(k + 1);
        order[k] = order[other];
        order[other] = k;
      }
      return order;
    }
  }

  private static double[] wide(float... values) {
    double[] wide = new double[values.length];
    for (int k = 0; k < wide.length; k++) {
      wide[k] = values[k];
    }
    return wide;
  }

  @ParameterizedTest
  @EnumSource
  void has_the_value_of_its_formula(Kind kind) {
    for (int classes : new int[] {4, 5, 10, 100}) {
      Case c = new Case(classes, classes);
      Batch values = kind.loss(c.labels, c.targets).values(c.logits);
      assertThat(values.width()).isEqualTo(1);
      for (int i = 0; i < c.logits.rows(); i++) {
        double[] z = wide(c.logits.row(i));
        double expected = kind.formula(z, c.labels.atRow(i), c.targets.atRow(i));
        assertThat(values.example(i)).isEqualTo(c.logits.example(i));
        // one rounding to float, of the value or of the logits' difference
        assertThat((double) values.get(i, 0))
            .as("%s of row %s", kind, i)
            .isEqualTo(expected, within(1e-12 + 1.2e-7 * Math.abs(expected)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void has_the_gradient_of_its_formula(Kind kind) {
    for (int classes : new int[] {4, 5, 10, 30}) {
      Case c = new Case(classes, classes);
      Batch gradient = kind.loss(c.labels, c.targets).gradient(c.logits);
      for (int i = 0; i < c.logits.rows(); i++) {
        double[] z = wide(c.logits.row(i));
        double spread = Kind.descending(z)[0] - Kind.descending(z)[classes - 1];
        double step = 1e-5 * Math.min(1, spread);
        for (int k = 0; k < classes; k++) {
          double[] up = z.clone();
          double[] down = z.clone();
          up[k] += step;
          down[k] -= step;
          int label = c.labels.atRow(i);
          int target = c.targets.atRow(i);
          double expected =
              (kind.formula(up, label, target) - kind.formula(down, label, target)) / (2 * step);
          // central differences: 1e-10 of curvature, and 1e-13 / 1e-5 of cancellation in values of
          // up to 1000, of a derivative in the order of 1 or, for ratios, of classes / spread
          double size = Math.max(1, classes * classes / spread);
          assertThat((double) gradient.get(i, k))
              .as("%s of row %s by logit %s", kind, i, k)
              .isEqualTo(expected, within(2e-6 * size));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void negated_is_minus_the_loss_and_twice_is_the_loss(Kind kind) {
    Case c = new Case(1, 6);
    LogitLoss loss = kind.loss(c.labels, c.targets);
    LogitLoss negated = loss.negated();
    for (int i = 0; i < c.logits.rows(); i++) {
      assertThat(negated.values(c.logits).get(i, 0)).isEqualTo(-loss.values(c.logits).get(i, 0));
      for (int k = 0; k < 6; k++) {
        assertThat(negated.gradient(c.logits).get(i, k))
            .isEqualTo(-loss.gradient(c.logits).get(i, k));
      }
    }
    assertThat(negated.negated()).isEqualTo(loss);
  }

  @ParameterizedTest
  @EnumSource
  void looks_up_labels_by_example_not_by_row(Kind kind) {
    Case c = new Case(2, 6);
    LogitLoss loss = kind.loss(c.labels, c.targets);
    int[] chosen = {7, 3, 3, 39, 0};
    Batch some = c.logits.select(chosen);
    for (int i = 0; i < chosen.length; i++) {
      assertThat(loss.values(some).row(i)).containsExactly(loss.values(c.logits).row(chosen[i]));
      assertThat(loss.gradient(some).row(i))
          .containsExactly(loss.gradient(c.logits).row(chosen[i]));
    }
  }

  @ParameterizedTest
  @EnumSource
  void does_not_change_with_a_shift(Kind kind) {
    for (float shift : new float[] {-1024, 64, 4096}) {
      assertInvariant(kind, 1, shift);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DLR", "TARGETED_DLR"})
  void of_a_ratio_does_not_change_with_the_scale(Kind kind) {
    for (float scale : new float[] {1 / 1024f, 8, 1 << 20}) {
      assertInvariant(kind, scale, 0);
    }
  }

  private static void assertInvariant(Kind kind, float scale, float shift) {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 50; i++) {
      float[] z = new float[6];
      float[] moved = new float[6];
      for (int k = 0; k < 6; k++) {
        z[k] = random.nextInt(-40, 41) / 4f; // quarters: exact in float after the change too
        moved[k] = scale * z[k] + shift;
      }
      Labels label = Labels.of(random.nextInt(6));
      Labels target = Labels.of((label.atRow(0) + 1) % 6);
      LogitLoss loss = kind.loss(label, target);
      double[] sorted = Kind.descending(wide(z));
      if (kind == Kind.DLR && sorted[0] == sorted[2]) {
        continue; // three equal best logits: a ratio by 1e-12, which does scale
      }
      float[] before = loss.values(Batch.of(z)).row(0);
      assertThat(loss.values(Batch.of(moved)).row(0))
          // the 1e-12 in the divisor, against a spread of at least 1/4096
          .usingComparatorWithPrecision(Math.abs(before[0]) * 2e-8f)
          .containsExactly(before);
      float[] slope = loss.gradient(Batch.of(z)).row(0);
      float[] slopeMoved = loss.gradient(Batch.of(moved)).row(0);
      for (int k = 0; k < 6; k++) {
        assertThat(slopeMoved[k] * scale)
            .isEqualTo(slope[k], within(1e-6f * Math.max(1, Math.abs(slope[k]))));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DLR", "TARGETED_DLR"})
  void of_equal_logits_is_zero_however_large_they_are(Kind kind) {
    for (float level : new float[] {0, 1, 1e4f, 123456.7f, 1e8f, -1e8f, 1e30f}) {
      Batch logits = Batch.of(new float[] {level, level, level, level, level});
      LogitLoss loss = kind.loss(Labels.of(1), Labels.of(3));
      assertThat(loss.values(logits).get(0, 0)).as("%s", level).isZero();
      for (float slope : loss.gradient(logits).row(0)) {
        assertThat(slope).isFinite();
      }
    }
  }

  @Test
  void dlr_of_three_equal_best_logits_is_the_margin_over_1e_12() {
    Batch logits = Batch.of(new float[] {20000, 20000, 20000, 19999});
    assertThat(new Dlr(Labels.of(3)).values(logits).get(0, 0)).isEqualTo(1e12f, within(1e6f));
  }

  @Test
  void dlr_of_a_label_in_third_place_is_flat() {
    Batch logits = Batch.of(new float[] {3, 1, 2, 0});
    assertThat(new Dlr(Labels.of(1)).values(logits).get(0, 0)).isEqualTo(1, within(1e-6f));
    for (float slope : new Dlr(Labels.of(1)).gradient(logits).row(0)) {
      assertThat(slope).isEqualTo(0, within(1e-12f)); // what the divisor adds
    }
  }

  @Test
  void cross_entropy_of_a_confident_answer_is_small_but_not_zero() {
    for (int gap : new int[] {20, 40, 70, 87, 100}) {
      Batch logits = Batch.of(new float[] {0, gap, -gap});
      CrossEntropy loss = new CrossEntropy(Labels.of(1));
      // e^-100 = 4e-44 is a denormal float of 26 steps, the others have all digits
      double precision = gap == 100 ? 0.02 : 2e-7;
      double other = Math.exp(-gap);
      assertThat(loss.values(logits).get(0, 0) / other).isEqualTo(1, within(precision));
      float[] slope = loss.gradient(logits).row(0);
      assertThat(slope[0] / other).isEqualTo(1, within(precision));
      assertThat(slope[1]).isEqualTo(-slope[0] - slope[2]);
    }
  }

  @Test
  void cross_entropy_of_a_hopeless_answer_is_the_gap() {
    Batch logits = Batch.of(new float[] {1e30f, 0, -1e30f});
    CrossEntropy loss = new CrossEntropy(Labels.of(1));
    assertThat(loss.values(logits).get(0, 0)).isEqualTo(1e30f);
    assertThat(loss.gradient(logits).row(0)).containsExactly(1, -1, 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void cross_entropy_s_gradient_adds_up_to_zero(long seed) {
    Case c = new Case(seed, 7);
    Batch gradient = new CrossEntropy(c.labels).gradient(c.logits);
    for (int i = 0; i < gradient.rows(); i++) {
      double sum = 0;
      for (float slope : gradient.row(i)) {
        sum += slope;
      }
      assertThat(sum).isEqualTo(0, within(1e-6)); // seven floats of at most 1
    }
  }

  @Test
  void margin_of_a_tie_is_zero_and_the_first_rival_carries_the_gradient() {
    Batch logits = Batch.of(new float[] {2, 5, 5, 5});
    assertThat(new Margin(Labels.of(2)).values(logits).get(0, 0)).isZero();
    assertThat(new Margin(Labels.of(2)).gradient(logits).row(0)).containsExactly(0, 1, -1, 0);
    assertThat(new Margin(Labels.of(1)).gradient(logits).row(0)).containsExactly(0, -1, 1, 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void margin_has_the_sign_of_the_answer(long seed) {
    Case c = new Case(seed, 5);
    Batch values = new Margin(c.labels).values(c.logits);
    for (int i = 0; i < values.rows(); i++) {
      assertThat(values.get(i, 0) > 0).isEqualTo(c.logits.argmax(i) != c.labels.atRow(i));
    }
  }

  @Test
  void too_few_classes_are_refused() {
    Labels label = Labels.of(0);
    Labels target = Labels.of(1);
    for (LogitLoss loss : List.of(new Dlr(label), new Dlr(label, target))) {
      boolean untargeted = loss.equals(new Dlr(label));
      Batch logits = Batch.of(untargeted ? new float[2] : new float[3]);
      String expected =
          untargeted
              ? "the untargeted DLR loss needs at least 3 classes, but the model has 2"
              : "the targeted DLR loss needs at least 4 classes, but the model has 3";
      assertThatIllegalArgumentException()
          .isThrownBy(() -> loss.values(logits))
          .withMessage(expected);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> loss.gradient(logits))
          .withMessage(expected);
    }
    Batch single = Batch.of(new float[1], new float[1]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Margin(Labels.of(0, 0)).values(single))
        .withMessage("classes of a margin must be at least 2, but was 1");
  }

  @ParameterizedTest
  @EnumSource
  void a_label_the_model_does_not_have_is_refused(Kind kind) {
    // in the first of two rows, where reading on would silently find the second row
    Batch logits = Batch.of(new float[] {1, 2, 3, 4}, new float[] {4, 3, 2, 1});
    LogitLoss loss = kind.loss(Labels.of(4, 0), Labels.of(0, 1));
    String message = "labels must be below the model's 4 classes, but example 0 has label 4";
    assertThatIllegalArgumentException().isThrownBy(() -> loss.values(logits)).withMessage(message);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.gradient(logits))
        .withMessage(message);
  }

  @ParameterizedTest
  @EnumSource
  void an_example_without_a_label_is_refused(Kind kind) {
    Batch logits = Batch.of(new float[] {1, 2, 3, 4}).standingFor(9);
    LogitLoss loss = kind.loss(Labels.of(1, 0), Labels.of(0, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.values(logits))
        .withMessage("example 9 is not among the 2 examples [0, 1]");
  }

  @ParameterizedTest
  @EnumSource
  void nan_logits_are_not_repaired(Kind kind) {
    for (int position = 0; position < 4; position++) {
      float[] z = {1, 2, 3, 4};
      z[position] = Float.NaN;
      Batch values =
          kind.loss(Labels.of(position), Labels.of((position + 1) % 4)).values(Batch.of(z));
      assertThat(values.get(0, 0)).isNaN();
    }
  }
}
