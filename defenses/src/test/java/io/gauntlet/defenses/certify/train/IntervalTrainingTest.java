package io.gauntlet.defenses.certify.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.certify.bounds.Certification;
import io.gauntlet.defenses.certify.bounds.Claim;
import io.gauntlet.defenses.certify.bounds.Claims;
import io.gauntlet.defenses.certify.bounds.IntervalBounds;
import io.gauntlet.defenses.certify.bounds.LinearBounds;
import io.gauntlet.defenses.certify.bounds.Margins;
import io.gauntlet.defenses.train.Hardening;
import io.gauntlet.model.Batch;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTrainingTest {
  private static final float EPSILON = 0.08f;
  private static final double STEP = 0x1p-17;
  private static final Examples POINTS = Nets.examples(5);

  /** The loss as the papers write it, of the bounds that certificates are made of, in 64 bits. */
  private static double loss(ReluNetwork network, double kappa, double beta) {
    double sum = 0;
    for (int row = 0; row < POINTS.count(); row++) {
      Batch input = POINTS.inputs().select(row);
      int label = POINTS.labels().atRow(row);
      Claim claim = Claims.of(network, ThreatModel.linf(EPSILON)).about(input, label);
      Margins intervals = IntervalBounds.standard().margins(claim);
      Margins lines = LinearBounds.crownIbp().margins(claim);
      double[] worst = new double[network.classes()];
      for (int k = 0; k < worst.length; k++) {
        worst[k] = -beta * lines.lower(k) - (1 - beta) * intervals.lower(k);
      }
      double[] logits = network.values(input.row(0))[network.steps().size()];
      sum += kappa * crossEntropy(logits, label) + (1 - kappa) * crossEntropy(worst, label);
    }
    return sum / POINTS.count();
  }

  private static double crossEntropy(double[] logits, int label) {
    return Math.log(Arrays.stream(logits).map(z -> Math.exp(z - logits[label])).sum());
  }

  private static LearningNetwork.PieceLoss trained(ReluNetwork network, double kappa, double beta) {
    return new IntervalTraining.Moment((float) kappa, (float) beta)
        .loss(EPSILON, network.domain(), POINTS.labels());
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "0.25, 0", "0, 0", "0, 1", "0.5, 0.25"})
  void the_gradient_is_that_of_the_loss_over_certified_bounds(double kappa, double beta) {
    ReluNetwork network = Nets.convolutional();
    LearningNetwork learner = LearningNetwork.of(network, 1);
    Batch slopes = learner.parameterGradient(POINTS.inputs(), trained(network, kappa, beta));

    float[] start = learner.parameters().row(0);
    for (int p = 0; p < start.length; p++) {
      float[] moved = start.clone();
      moved[p] = (float) (start[p] + STEP);
      double up = moved[p];
      learner.setParameters(Batch.of(moved));
      double above = loss(learner.network(), kappa, beta);
      moved[p] = (float) (start[p] - STEP);
      learner.setParameters(Batch.of(moved));
      double below = loss(learner.network(), kappa, beta);
      assertThat((double) slopes.get(0, p))
          .as("parameter %s", p)
          .isCloseTo((above - below) / (up - moved[p]), within(2e-5));
    }
  }

  @ParameterizedTest
  @CsvSource({"0.25, 0", "0, 0.5", "0, 1"})
  void a_step_reports_the_loss_over_certified_bounds(double kappa, double beta) {
    ReluNetwork network = Nets.convolutional();
    double before =
        LearningNetwork.of(network, 0.01f).learn(POINTS.inputs(), trained(network, kappa, beta));
    assertThat(before).isCloseTo(loss(network, kappa, beta), within(1e-5));
  }

  /** Plain cross-entropy at first, then more and more of the bounds, of which lines come first. */
  @Test
  void kappa_and_beta_follow_epsilon() {
    IntervalTraining training = new IntervalTraining(0.5, 0.8);
    assertThat(training.at(0)).isEqualTo(new IntervalTraining.Moment(1, 0.8f));
    assertThat(training.at(0.25)).isEqualTo(new IntervalTraining.Moment(0.875f, 0.6f));
    assertThat(training.at(1)).isEqualTo(new IntervalTraining.Moment(0.5f, 0));
  }

  @Test
  void a_step_is_by_intervals_alone_at_full_weight() {
    LearningNetwork one = LearningNetwork.of(Nets.convolutional(), 0.01f);
    LearningNetwork other = LearningNetwork.of(Nets.convolutional(), 0.01f);
    double reported =
        IntervalTraining.crownIbp()
            .step(one, allowed(ThreatModel.linf(EPSILON)), POINTS.labels(), Seed.of(1));
    other.learn(POINTS.inputs(), trained(Nets.convolutional(), 0.5, 0));

    assertThat(reported).isCloseTo(loss(Nets.convolutional(), 0.5, 0), within(1e-5));
    assertThat(one.parameters().row(0)).isEqualTo(other.parameters().row(0));
  }

  @Test
  void the_loss_falls_and_certificates_come() {
    Examples images = Nets.examples(60);
    ThreatModel threat = ThreatModel.linf(0.03f);
    LearningNetwork learner = LearningNetwork.of(Nets.convolutional(), 0.01f);
    int before = certified(learner.network(), threat, images);
    Hardening.against(threat, IntervalTraining.crownIbp())
        .withFit(new Fit(40, 20))
        .withWarmUp(5, 15)
        .train(learner, images, Seed.of(1));
    assertThat(certified(learner.network(), threat, images))
        .isGreaterThan(50)
        .isGreaterThan(before + 30);
  }

  private static int certified(ReluNetwork network, ThreatModel threat, Examples images) {
    return Certification.of(network, threat)
        .by(IntervalBounds.standard())
        .certify(images)
        .certified()
        .count();
  }

  private static Neighbourhood allowed(ThreatModel threat) {
    return threat.around(POINTS.inputs(), Nets.convolutional().domain());
  }

  @Test
  void other_norms_and_weights_are_refused() {
    LearningNetwork learner = LearningNetwork.of(Nets.convolutional(), 0.01f);
    assertThatThrownBy(
            () ->
                IntervalTraining.standard()
                    .step(learner, allowed(ThreatModel.l2(1)), POINTS.labels(), Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("interval bounds are trained under Linf, but the norm was L2");
    assertThatThrownBy(() -> IntervalTraining.standard().withKappa(1.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kappa must be from 0 to 1, but was 1.5");
    assertThatThrownBy(() -> IntervalTraining.standard().withBeta(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("beta must be from 0 to 1, but was NaN");
  }
}
