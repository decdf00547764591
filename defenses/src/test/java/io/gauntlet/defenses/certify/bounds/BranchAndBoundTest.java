package io.gauntlet.defenses.certify.bounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Layer;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.threat.ThreatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BranchAndBoundTest {
  private static final double EPSILON = 0.25;

  @Test
  void agrees_with_brute_force_on_networks_of_two_inputs() {
    int certified = 0;
    int falsified = 0;
    int beyondCrown = 0;
    for (int seed = 0; seed < 60; seed++) {
      ReluNetwork network = Networks.dense(seed, 2, 5, 4, 2);
      Batch input = Networks.input(network, seed).times(0.6f); // far enough from the domain's ends
      int label = network.logits(input).argmax(0);
      double exact = leastMargin(network, input, label);
      Claim claim = Claims.of(network, ThreatModel.linf((float) EPSILON)).about(input, label);
      Verdict verdict = BranchAndBound.standard().verify(claim);
      if (verdict instanceof Verdict.Certified proved) {
        certified++;
        assertThat(exact).as("seed %s", seed).isGreaterThanOrEqualTo(proved.margin() - 1e-6);
        beyondCrown += LinearBounds.crown().verify(claim) instanceof Verdict.Certified ? 0 : 1;
      } else if (verdict instanceof Verdict.Falsified refuted) {
        falsified++;
        assertThat(exact).as("seed %s", seed).isLessThanOrEqualTo(1e-6);
        Batch found = refuted.counterexample();
        assertThat(network.logits(found).argmax(0)).isNotEqualTo(label);
        for (int j = 0; j < 2; j++) {
          assertThat(Math.abs((double) found.get(0, j) - input.get(0, j)))
              .isLessThanOrEqualTo(EPSILON);
        }
      } else {
        assertThat(Math.abs(exact)).as("seed %s", seed).isLessThan(1e-3);
      }
    }
    assertThat(certified).isGreaterThan(20);
    assertThat(falsified).isGreaterThan(10);
    assertThat(beyondCrown).isPositive();
  }

  /**
   * The least margin: a piecewise linear function is least at a corner of its pieces, where two
   * lines meet, each an edge of the square or where one ReLU switches. Corners are rounded to 32
   * bits.
   */
  private static double leastMargin(ReluNetwork network, Batch input, int label) {
    List<double[]> lines = new ArrayList<>(); // a * x + b * y + c = 0
    for (int j = 0; j < 2; j++) {
      for (double side : new double[] {-EPSILON, EPSILON}) {
        lines.add(new double[] {1 - j, j, -(input.get(0, j) + side)});
      }
    }
    for (int pattern = 0; pattern < 1 << 5; pattern++) {
      addSwitches(network, pattern, lines);
    }
    double least = Double.POSITIVE_INFINITY;
    for (int a = 0; a < lines.size(); a++) {
      for (int b = 0; b < a; b++) {
        double[] p = lines.get(a);
        double[] q = lines.get(b);
        double determinant = p[0] * q[1] - p[1] * q[0];
        double x = (p[1] * q[2] - q[1] * p[2]) / determinant;
        double y = (q[0] * p[2] - p[0] * q[2]) / determinant;
        if (Math.abs(x - input.get(0, 0)) <= EPSILON + 1e-9
            && Math.abs(y - input.get(0, 1)) <= EPSILON + 1e-9) {
          double[] logits = network.values(new float[] {(float) x, (float) y})[5];
          least = Math.min(least, logits[label] - logits[1 - label]);
        }
      }
    }
    return least;
  }

  /** Where ReLUs of either layer switch, the first layer being on as the bits say. */
  private static void addSwitches(ReluNetwork network, int pattern, List<double[]> lines) {
    double[] origin = linear(network, pattern, 0, 0);
    double[] alongX = linear(network, pattern, 1, 0);
    double[] alongY = linear(network, pattern, 0, 1);
    for (int j = 0; j < origin.length; j++) {
      lines.add(new double[] {alongX[j] - origin[j], alongY[j] - origin[j], origin[j]});
    }
  }

  /** What enters the ReLUs of both layers, if the first were linear. */
  private static double[] linear(ReluNetwork network, int pattern, float x, float y) {
    double[] first = network.values(new float[] {x, y})[1];
    double[] kept = first.clone();
    for (int j = 0; j < kept.length; j++) {
      kept[j] = (pattern >> j & 1) == 1 ? kept[j] : 0;
    }
    double[] second = ((Layer.Linear) network.steps().get(2).layer()).apply(kept);
    double[] all = new double[first.length + second.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  @Test
  void certifies_and_refutes_more_than_linear_bounds_on_a_residual_network() {
    int settled = 0;
    for (int seed = 0; seed < 10; seed++) {
      ReluNetwork network = Networks.residual(seed);
      Batch input = Networks.input(network, seed);
      Claim claim =
          Claims.of(network, ThreatModel.linf(0.02f))
              .asEvaluated()
              .about(input, network.logits(input).argmax(0));
      boolean open = LinearBounds.crown().verify(claim) instanceof Verdict.Undecided;
      Verdict verdict = BranchAndBound.standard().withNodes(100).verify(claim);
      settled += open && !(verdict instanceof Verdict.Undecided) ? 1 : 0;
    }
    assertThat(settled).isPositive();
  }

  @Test
  void an_exhausted_budget_leaves_the_claim_undecided() {
    int undecided = 0;
    for (int seed = 0; seed < 60; seed++) {
      ReluNetwork network = Networks.dense(seed, 2, 5, 4, 2);
      Batch input = Networks.input(network, seed).times(0.6f);
      Claim claim =
          Claims.of(network, ThreatModel.linf((float) EPSILON))
              .about(input, network.logits(input).argmax(0));
      BranchAndBound one = BranchAndBound.standard().withNodes(1).withSteps(0);
      Verdict verdict = one.verify(claim);
      if (verdict instanceof Verdict.Undecided open) {
        undecided++;
        assertThat(open.margin()).isLessThanOrEqualTo(0);
        assertThat(LinearBounds.crown().verify(claim)).isInstanceOf(Verdict.Undecided.class);
      }
    }
    assertThat(undecided).isPositive();
  }

  @Test
  void hyperparameters_are_checked() {
    assertThatThrownBy(() -> BranchAndBound.standard().withNodes(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("nodes must be at least 1, but was 0");
    assertThatThrownBy(() -> BranchAndBound.standard().withLimit(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit must be positive");
  }
}
