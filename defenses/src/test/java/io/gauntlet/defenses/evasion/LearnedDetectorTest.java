package io.gauntlet.defenses.evasion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.defenses.train.SoftmaxLearner;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Models;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import org.junit.jupiter.api.Test;

class LearnedDetectorTest {
  private static final Batch CLEAN = Planted.points(600, 1).inputs();
  private static final Batch HELD_OUT = Planted.points(900, 4).inputs();
  private static final Batch ARRIVING = Planted.points(200, 2).inputs();
  private static final LearnedDetector LEARNED =
      LearnedDetector.standard().withFit(new Fit(60, 32));
  private static final Seed SEED = Seed.of(0);

  /** Seven deviations aside, where the model does not look. */
  private static Batch moved(Batch inputs) {
    return inputs.editRows((row, x) -> x[3] += 0.15f);
  }

  private static SoftmaxLearner learner(int features, int classes) {
    return new SoftmaxLearner(features, classes, Domain.UNIT, SEED);
  }

  private static EvasionDetector taught(SoftmaxLearner net) {
    return LEARNED.fit(net, CLEAN, moved(CLEAN), SEED);
  }

  private static int refused(EvasionDetector detector, Batch inputs) {
    Threshold threshold = Threshold.calibrate(detector, HELD_OUT, 0.05);
    Batch scores = detector.scores(inputs);
    return scores.rowsWhere(row -> threshold.refuses(scores.get(row, 0))).length;
  }

  /** 5 % of 200 are 10; 24 has a probability below 1e-4. */
  @Test
  void what_looks_like_the_adversarial_inputs_is_refused_and_clean_ones_as_seldom_as_asked_for() {
    EvasionDetector ofInputs = taught(learner(4, 2));
    assertThat(refused(ofInputs, moved(ARRIVING))).isGreaterThan(190);
    assertThat(refused(ofInputs, ARRIVING)).isLessThan(24);
    EvasionDetector ofFeatures = LEARNED.fit(Planted.NET, learner(4, 2), CLEAN, moved(CLEAN), SEED);
    assertThat(refused(ofFeatures, moved(ARRIVING))).isGreaterThan(190);
    assertThat(refused(ofFeatures, ARRIVING)).isLessThan(24);
    assertThat(ofFeatures).hasToString("LearnedDetector[fit=Fit[epochs=60, batch=32]] of features");
  }

  @Test
  void the_score_is_how_far_the_logit_of_adversarial_is_above_that_of_clean() {
    SoftmaxLearner net = learner(4, 2);
    Batch scores = taught(net).scores(ARRIVING);
    Batch logits = net.logits(ARRIVING);
    for (int row = 0; row < ARRIVING.rows(); row++) {
      assertThat(scores.get(row, 0)).isEqualTo(logits.get(row, 1) - logits.get(row, 0));
    }
  }

  @Test
  void the_slope_is_exact_through_inputs_and_through_features() {
    Batch few = ARRIVING.slice(0, 40);
    assertThat(Planted.slopeError(taught(learner(4, 2)), few, 1e-2f)).isLessThan(1e-3);
    EvasionDetector ofFeatures = LEARNED.fit(Planted.NET, learner(4, 2), CLEAN, moved(CLEAN), SEED);
    assertThat(Planted.slopeError(ofFeatures, few, 1e-2f)).isLessThan(1e-3);
    assertThat(ofFeatures.route()).isEqualTo("exact gradient");
  }

  @Test
  void one_caller_at_a_time_where_the_net_that_has_learnt_wants_that() {
    EvasionDetector detector = LEARNED.fit(Planted.NET, learner(4, 2), CLEAN, moved(CLEAN), SEED);
    DetectingModel alone =
        new DetectingModel(Planted.NET, detector, Threshold.calibrate(detector, HELD_OUT, 0.05));
    Concurrency expected = new Concurrency(1, Planted.NET.concurrency().preferredBatch());
    assertThat(alone.concurrency()).isEqualTo(expected);
    assertThat(alone.adaptive(Labels.of(0)).concurrency()).isEqualTo(expected);
    DetectingModel free =
        new DetectingModel(Planted.NET, Planted.scoring(x -> x[3]), alone.threshold());
    assertThat(free.concurrency()).isEqualTo(Planted.NET.concurrency());
  }

  @Test
  void nets_and_inputs_that_do_not_fit_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> taught(learner(4, 3)))
        .withMessage("a detector must have the classes clean and adversarial, but had 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> taught(learner(5, 2)))
        .withMessage("a detector of inputs of 4 values must take as many, but takes 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LEARNED.fit(learner(4, 2), CLEAN, CLEAN.slice(0, 0), SEED))
        .withMessage("number of adversarial inputs must be at least 1, but was 0");
  }

  @Test
  void features_without_slopes_are_refused() {
    FeatureModel opaque =
        Models.withFeatures(
            Planted.NET,
            Models.of("layer", Planted.NET.inputShape(), Domain.UNIT, 4, rows -> rows));
    assertThatThrownBy(() -> LEARNED.fit(opaque, learner(4, 2), CLEAN, moved(CLEAN), SEED))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("a detector's attackers differentiate its features");
  }
}
