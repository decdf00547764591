package io.gauntlet.defenses.certify.clever;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CleverTest {
  private static final Seed SEED = Seed.of(11);
  private static final Domain WIDE = Domain.of(-9, 9);
  private static final Mlp LINEAR =
      Mlp.linear(WIDE, new float[][] {{3, -1, 0}, {0, 1, 2}, {-5, 0, 1}}, new float[] {1, 0, 2});

  /**
   * Answered 0; the logits are 4, 0 and -3, its weights less those of 1 and 2 (3,-2,-2), (8,-1,-1).
   */
  private static final Batch POINT = Batch.of(new float[] {1, 0, 0});

  private static Clever small(Norm norm, float radius) {
    return Clever.standard(norm, radius).withBatches(10).withSamples(8);
  }

  @Test
  void of_a_linear_model_it_is_the_distance_of_the_boundary() {
    assertLinear(Norm.linf(), 4 / 7.0, 7 / 10.0);
    assertLinear(Norm.l2(), 4 / Math.sqrt(17), 7 / Math.sqrt(66));
    assertLinear(Norm.l1(), 4 / 3.0, 7 / 8.0);
  }

  private static void assertLinear(Norm norm, double towards1, double towards2) {
    Clever clever = small(norm, 3);
    CleverEstimate estimate = clever.estimate(LINEAR, POINT, SEED).get(0);
    assertThat(estimate.answer()).isZero();
    assertThat(estimate.score()).isCloseTo(Math.min(towards1, towards2), within(1e-6));
    assertThat(estimate.nearest().label()).isEqualTo(towards1 < towards2 ? 1 : 2);
    assertThat(estimate.isCapped()).isFalse();
    assertThat(estimate.nearest().fitted()).isTrue();
    assertThat(targeted(clever, 1)).isCloseTo(towards1, within(1e-6));
    assertThat(targeted(clever, 2)).isCloseTo(towards2, within(1e-6));
  }

  private static double targeted(Clever clever, int target) {
    return clever.estimate(LINEAR, POINT, Labels.of(target), SEED).get(0).score();
  }

  @Test
  void no_score_is_larger_than_the_radius() {
    CleverEstimate estimate = small(Norm.l2(), 0.5f).estimate(LINEAR, POINT, SEED).get(0);
    assertThat(estimate.score()).isEqualTo(0.5);
    assertThat(estimate.isCapped()).isTrue();
    assertThat(estimate)
        .hasToString(
            "example 0: L2 0.5000 of class 0 towards 2 is an estimate, not a certificate (and all"
                + " of the radius)");
  }

  @Test
  void a_tie_has_no_distance() {
    Mlp alike = Mlp.linear(WIDE, new float[][] {{1, 2}, {1, 2}}, new float[2]);
    CleverEstimate estimate =
        small(Norm.l2(), 1).estimate(alike, Batch.of(new float[2]), SEED).get(0);
    assertThat(estimate.score()).isZero();
    assertThat(estimate.isCapped()).isFalse();
  }

  /** One hidden unit, so that the margin has two slopes: 1, and 3 where the unit is on. */
  @Test
  void where_the_slopes_follow_no_distribution_the_largest_that_was_seen_stands_for_it() {
    Mlp bent =
        Mlp.of(
            Shape.of(1),
            WIDE,
            List.of(
                Mlp.Dense.of(new float[][] {{1}, {-1}, {1}}, new float[] {9, 9, -0.9f}),
                Mlp.Dense.of(new float[][] {{1, 0, 2}, {0.5f, 0.5f, 0}}, new float[2])));
    CleverEstimate estimate =
        Clever.standard(Norm.l2(), 1)
            .withBatches(60)
            .withSamples(14) // about half of the batches see the steep side, 5 % of the ball
            .estimate(bent, Batch.of(new float[1]), SEED)
            .get(0);
    assertThat(estimate.nearest().slope()).isCloseTo(3, within(1e-6));
    assertThat(estimate.nearest().fitted()).isFalse();
  }

  /**
   * The logits' difference is 1 until the first feature is 0.1 larger, then falls to -1 within a
   * millionth, where nobody looks: Goodfellow's staircase with one step.
   */
  @Test
  void masked_gradients_make_it_larger_than_the_distance_at_which_the_model_is_fooled() {
    float steep = 1e6f;
    Mlp cliff =
        Mlp.of(
            Shape.of(2),
            WIDE,
            List.of(
                Mlp.Dense.of(
                    new float[][] {{steep, 0}, {steep, 0}},
                    new float[] {-0.1f * steep, -0.1f * steep - 1}),
                Mlp.Dense.of(new float[][] {{-2, 2}, {0, 0}}, new float[] {1, 0})));
    Batch input = Batch.of(new float[2]);
    CleverEstimate estimate =
        Clever.standard(Norm.l2(), 1)
            .withBatches(20)
            .withSamples(50)
            .estimate(cliff, input, SEED)
            .get(0);
    assertThat(estimate.score()).isEqualTo(1);
    assertThat(estimate.nearest().slope()).isZero();
    Batch adversarial = Batch.of(new float[] {0.11f, 0});
    assertThat(cliff.logits(input).argmax(0)).isZero();
    assertThat(cliff.logits(adversarial).argmax(0)).isOne();
  }

  private static Mlp net(int seed) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    return Mlp.of(Shape.of(3), WIDE, List.of(layer(random, 3, 16, 0.8), layer(random, 16, 3, 0.4)));
  }

  private static Mlp.Dense layer(RandomGenerator random, int inputs, int outputs, double size) {
    float[][] weights = new float[outputs][];
    for (int k = 0; k < outputs; k++) {
      weights[k] = gaussian(random, inputs, size);
    }
    return Mlp.Dense.of(weights, gaussian(random, outputs, 0.3));
  }

  private static float[] point(int seed) {
    return gaussian(Seed.of(seed).forExample(1), 3, 1.5);
  }

  private static float[] gaussian(RandomGenerator random, int count, double size) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (size * random.nextGaussian());
    }
    return values;
  }

  /** A net that wants to be driven otherwise, and takes nothing that its domain has not. */
  private record Driven(Mlp net, Concurrency concurrency, Domain domain)
      implements DifferentiableModel {
    @Override
    public Shape inputShape() {
      return net.inputShape();
    }

    @Override
    public int classes() {
      return net.classes();
    }

    @Override
    public Batch logits(Batch inputs) {
      return net.logits(domain.check(inputs));
    }

    @Override
    public ForwardPass forward(Batch inputs) {
      return net.forward(domain.check(inputs));
    }
  }

  @Test
  void an_example_gets_the_same_whatever_the_batch_and_the_threads() {
    Batch inputs = Batch.of(point(1), point(2), point(3));
    Clever clever = small(Norm.l2(), 1);
    List<CleverEstimate> three = clever.estimate(net(5), inputs, SEED);
    Driven other = new Driven(net(5), new Concurrency(2, 3), WIDE);
    assertThat(clever.estimate(other, inputs.select(2, 0), SEED))
        .containsExactly(three.get(2), three.get(0));
    assertThat(clever.estimate(net(5), inputs, Seed.of(12))).isNotEqualTo(three);
  }

  @Test
  void points_outside_of_the_domain_are_never_asked_about() {
    Driven unit = new Driven(net(5), Concurrency.SINGLE_THREADED, Domain.UNIT);
    Batch corner = Batch.of(new float[] {0, 1, 1});
    assertThat(small(Norm.linf(), 2).estimate(unit, corner, SEED)).hasSize(1);
  }

  @Test
  void what_the_model_answers_already_is_no_target() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> targeted(small(Norm.l2(), 1), 0))
        .withMessage(
            "a target must be another class than the model's answer, but example 0 is answered 0"
                + " already");
    assertThatIllegalArgumentException().isThrownBy(() -> targeted(small(Norm.l2(), 1), 3));
  }

  @Test
  void gradients_that_are_none_are_refused() {
    Mlp broken = Mlp.linear(WIDE, new float[][] {{1, Float.NaN}, {0, 0}}, new float[2]);
    assertThatThrownBy(() -> small(Norm.l2(), 1).estimate(broken, Batch.of(new float[2]), SEED))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("every gradient must be finite, but one of example 0 ");
  }

  @Test
  void numbers_that_make_no_sense_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Clever.standard(Norm.l0(), 1))
        .withMessage("norm must be L1, L2 or Linf, but was L0");
    assertThatIllegalArgumentException().isThrownBy(() -> Clever.standard(Norm.l2(), 0));
    assertThatIllegalArgumentException().isThrownBy(() -> small(Norm.l2(), 1).withBatches(1));
    assertThatIllegalArgumentException().isThrownBy(() -> small(Norm.l2(), 1).withSamples(0));
  }
}
