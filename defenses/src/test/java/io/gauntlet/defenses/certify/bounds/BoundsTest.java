package io.gauntlet.defenses.certify.bounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Layer;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.math.BigDecimal;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BoundsTest {
  private static final List<BoundingMethod> METHODS =
      List.of(
          IntervalBounds.standard(),
          LinearBounds.crownIbp(),
          LinearBounds.crown(),
          LinearBounds.fastLin());

  static Stream<ThreatModel> threats() {
    return Stream.of(ThreatModel.linf(0.1f), ThreatModel.l2(0.3f), ThreatModel.l1(0.5f));
  }

  /**
   * The least margin of a linear model over a ball is known: margin minus radius times dual norm.
   */
  @ParameterizedTest
  @MethodSource("threats")
  void all_methods_are_exact_on_a_linear_model(ThreatModel threat) {
    float[][] weights = {{1, -2, 3}, {-1, 0.5f, 2}, {0, 1, -1}};
    ReluNetwork linear = Mlp.linear(Domain.of(-9, 9), weights, new float[] {0.5f, 0, -1}).network();
    Batch input = Batch.of(new float[] {1, -1, 0.5f});
    for (BoundingMethod method : METHODS) {
      Margins margins = method.margins(Claims.of(linear, threat).about(input, 0));
      for (int c = 1; c < 3; c++) {
        double margin = c == 1 ? 0.5 : 1.5;
        double[] difference = new double[3];
        for (int j = 0; j < 3; j++) {
          difference[j] = weights[0][j] - weights[c][j];
          margin += difference[j] * input.get(0, j);
        }
        double exact = margin - threat.epsilon() * dual(threat.norm(), difference);
        assertThat(margins.lower(c)).as("%s", method).isLessThanOrEqualTo(exact + 1e-15);
        assertThat(margins.lower(c)).as("%s", method).isCloseTo(exact, within(1e-12));
      }
    }
  }

  private static double dual(Norm norm, double[] w) {
    double sum = 0;
    double squares = 0;
    double largest = 0;
    for (double value : w) {
      sum += Math.abs(value);
      squares += value * value;
      largest = Math.max(largest, Math.abs(value));
    }
    return norm == Norm.linf() ? sum : norm == Norm.l2() ? Math.sqrt(squares) : largest;
  }

  @ParameterizedTest
  @MethodSource("threats")
  void logits_and_margins_of_random_points_lie_within(ThreatModel threat) {
    contain(Networks.dense(1, 6, 20, 20, 4), threat, 2000);
    contain(Networks.residual(2), threat, 500);
  }

  @Test
  @Tag("long")
  void logits_of_a_million_random_points_lie_within() {
    for (int seed = 0; seed < 10; seed++) {
      contain(Networks.dense(seed, 6, 20, 20, 4), ThreatModel.linf(0.2f), 50_000);
      contain(Networks.residual(seed), ThreatModel.linf(0.05f), 20_000);
      contain(Networks.residual(seed), ThreatModel.l2(0.4f), 20_000);
      contain(Networks.residual(seed), ThreatModel.l1(0.8f), 10_000);
    }
  }

  private static void contain(ReluNetwork network, ThreatModel threat, int points) {
    Batch input = Networks.input(network, 7);
    int label = network.logits(input).argmax(0);
    Claim claim = Claims.of(network, threat).asEvaluated().about(input, label);
    List<Box> boxes = METHODS.stream().map(method -> method.logits(claim)).toList();
    List<Margins> margins = METHODS.stream().map(method -> method.margins(claim)).toList();
    RandomGenerator random = Seed.of(3).forExample(0);
    int last = network.steps().size();
    for (int i = 0; i < points; i++) {
      float[] x = Networks.near(network, input, threat.norm(), threat.epsilon(), random);
      double[] logits = network.values(x)[last];
      for (int m = 0; m < METHODS.size(); m++) {
        assertThat(boxes.get(m).contains(logits)).as("%s point %s", METHODS.get(m), i).isTrue();
        for (int c = 0; c < logits.length; c++) {
          assertThat(logits[label] - logits[c]).isGreaterThanOrEqualTo(margins.get(m).lower(c));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("threats")
  void each_method_is_at_least_as_tight_as_the_cheaper_one(ThreatModel threat) {
    for (ReluNetwork network : List.of(Networks.dense(1, 6, 20, 20, 4), Networks.residual(2))) {
      Claim claim = Claims.of(network, threat).about(Networks.input(network, 7), 0);
      double intervals = IntervalBounds.standard().margins(claim).least();
      double mixed = LinearBounds.crownIbp().margins(claim).least();
      double linear = LinearBounds.crown().margins(claim).least();
      assertThat(intervals).isLessThan(mixed);
      assertThat(mixed).isLessThan(linear);
    }
  }

  /**
   * Features that cancel: linear bounds see that {@code 1.25 x + 0.25} and {@code 0.25 - 1.25 x}
   * enter the last ReLUs, intervals of the first layer do not. Of what leaves them intervals are
   * exact, linear bounds are not: they go below a ReLU.
   */
  @Test
  void intervals_go_on_from_what_linear_bounds_narrowed() {
    List<Layer> layers =
        List.of(
            dense(new float[] {1, 1}, 2, 2),
            new Layer.Relu(),
            dense(new float[] {2.25f, -1, 1, -2.25f}, -2.25f, 2.75f),
            new Layer.Relu(),
            dense(new float[] {1, -1, 0, 0}, 0, 0));
    ReluNetwork network = ReluNetwork.of(Shape.of(1), Domain.of(-1, 1), layers);
    Claim claim = Claims.of(network, ThreatModel.linf(1)).about(Batch.of(new float[] {0}), 0);
    Box intervals = IntervalBounds.standard().logits(claim);
    assertThat(intervals.upper(0)).isCloseTo(3.5, within(1e-9));
    Box crown = LinearBounds.crown().logits(claim);
    assertThat(crown.lower(0)).isCloseTo(-1.5, within(1e-9)); // at -1
    assertThat(crown.upper(0)).isCloseTo(1.5, within(1e-9)); // at 1
    assertThat(crown.contains(network.values(new float[] {1})[5])).isTrue();
    assertThat(LinearBounds.crown().margins(claim).lower(1)).isCloseTo(-2.5, within(1e-9));
  }

  private static Mlp.Dense dense(float[] weights, float... bias) {
    return new Mlp.Dense(Batch.wrap(weights.length / bias.length, weights), Batch.of(bias));
  }

  @Test
  void cutting_the_ball_to_the_domain_only_narrows_it() {
    ReluNetwork network = Networks.dense(1, 6, 20, 20, 4);
    Batch corner = Batch.of(new float[] {1, 1, -1, 1, -1, 1});
    Claims claims = Claims.of(network, ThreatModel.linf(0.2f));
    for (BoundingMethod method : METHODS) {
      double whole = method.margins(claims.beyondDomain().about(corner, 0)).least();
      assertThat(method.margins(claims.about(corner, 0)).least()).isGreaterThan(whole + 0.01);
    }
  }

  /** Sums that cancel: what 64 bits make of them is off by far more than the bounds are wide. */
  @Test
  void bounds_hold_in_exact_arithmetic_where_rounding_would_break_them() {
    RandomGenerator random = Seed.of(5).forExample(0);
    int wrongInDoubles = 0;
    for (int trial = 0; trial < 200; trial++) {
      Batch first = Networks.gaussian(random, 30, 3, 1);
      Batch second = Networks.gaussian(random, 2, 30, 1e6);
      ReluNetwork network =
          ReluNetwork.of(
              Shape.of(3),
              Domain.of(-1, 1),
              List.of(
                  new Mlp.Dense(first, Batch.of(new float[30])),
                  new Mlp.Dense(second, Batch.of(new float[2]))));
      Batch input = Networks.gaussian(random, 1, 3, 0.1);
      Claim claim = Claims.of(network, ThreatModel.linf(0)).about(input, 0);
      double[] inDoubles = network.values(input.row(0))[2];
      for (int c = 0; c < 2; c++) {
        BigDecimal exact = BigDecimal.ZERO;
        for (int o = 0; o < 30; o++) {
          BigDecimal inner = BigDecimal.ZERO;
          for (int j = 0; j < 3; j++) {
            inner = inner.add(exact(first.get(o, j)).multiply(exact(input.get(0, j))));
          }
          exact = exact.add(inner.multiply(exact(second.get(c, o))));
        }
        wrongInDoubles += exact.compareTo(new BigDecimal(inDoubles[c])) == 0 ? 0 : 1;
        for (BoundingMethod method : METHODS) {
          Box logits = method.logits(claim);
          assertThat(new BigDecimal(logits.lower(c))).isLessThanOrEqualTo(exact);
          assertThat(new BigDecimal(logits.upper(c))).isGreaterThanOrEqualTo(exact);
        }
      }
    }
    assertThat(wrongInDoubles).isGreaterThan(100);
  }

  private static BigDecimal exact(float value) {
    return new BigDecimal(value);
  }

  @Test
  void an_engine_in_32_bits_stays_within_the_drift() {
    Mlp floats =
        Mlp.of(
            Shape.of(50),
            Domain.of(-1, 1),
            List.of(layer(1, 200, 50), layer(2, 200, 200), layer(3, 4, 200)));
    ReluNetwork network = floats.network();
    Batch input = Networks.input(network, 3);
    Claim claim = Claims.of(network, ThreatModel.linf(0.05f)).asEvaluated().about(input, 0);
    double[] drifts = claim.drifts(claim.intervals());
    RandomGenerator random = Seed.of(9).forExample(0);
    double most = 0;
    for (int i = 0; i < 200; i++) {
      float[] x = Networks.near(network, input, Norm.linf(), 0.05f, random);
      double[] exact = network.values(x)[5];
      Batch inFloats = floats.logits(Batch.of(x));
      for (int c = 0; c < 4; c++) {
        double off = Math.abs(inFloats.get(0, c) - exact[c]);
        assertThat(off).isLessThanOrEqualTo(drifts[c]);
        most = Math.max(most, off);
      }
    }
    assertThat(most).isPositive();
  }

  private static Mlp.Dense layer(long seed, int outputs, int inputs) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    return new Mlp.Dense(
        Networks.gaussian(random, outputs, inputs, 1 / Math.sqrt(inputs)),
        Networks.gaussian(random, 1, outputs, 0.1));
  }

  @Test
  void what_no_bound_is_known_for_is_refused() {
    ReluNetwork network = Networks.dense(1, 2, 3, 2);
    Batch input = Batch.of(new float[] {0, 0});
    assertThatThrownBy(() -> Claims.of(network, ThreatModel.l0(1)).about(input, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Linf, L2 and L1")
        .hasMessageContaining("L0");
    assertThatThrownBy(() -> Claims.of(network, ThreatModel.unbounded(Norm.linf())).about(input, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unbounded");
    assertThatThrownBy(() -> Claims.of(network, ThreatModel.linf(1)).about(input, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("labels must be below the model's 2 classes, but was 2");
    assertThatThrownBy(
            () -> Claims.of(network, ThreatModel.linf(1)).about(Batch.of(new float[] {0, 3}), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("domain");
  }

  @Test
  void a_misclassified_input_refutes_its_own_claim() {
    ReluNetwork network = Networks.dense(1, 6, 20, 20, 4);
    Batch input = Networks.input(network, 7);
    int prediction = network.logits(input).argmax(0);
    int wrong = (prediction + 1) % 4;
    Claim claim = Claims.of(network, ThreatModel.linf(0.01f)).about(input, wrong);
    assertThat(LinearBounds.crown().verify(claim))
        .isEqualTo(new Verdict.Falsified(0, wrong, prediction, "CROWN", input));
  }
}
