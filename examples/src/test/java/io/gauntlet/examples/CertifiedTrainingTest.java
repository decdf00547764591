package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attacks.gradient.Apgd;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.certify.bounds.Certification;
import io.gauntlet.defenses.certify.bounds.CertificationReport;
import io.gauntlet.defenses.certify.bounds.IntervalBounds;
import io.gauntlet.defenses.certify.bounds.LinearBounds;
import io.gauntlet.defenses.certify.bounds.Sandwich;
import io.gauntlet.defenses.certify.train.Blueprint;
import io.gauntlet.defenses.certify.train.IntervalTraining;
import io.gauntlet.defenses.certify.train.LearningNetwork;
import io.gauntlet.defenses.train.Hardening;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks that were trained for certificates have them, and attacks agree. */
class CertifiedTrainingTest {
  private static final ThreatModel THREAT = ThreatModel.linf(0.1f);
  private static final Examples LEARNT = Digits.all().slice(0, 1297);
  private static final Examples TEST = Digits.all().slice(1297, 1447);

  private static LearningNetwork learner() {
    return LearningNetwork.of(
        Blueprint.of(Digits.SHAPE, Domain.UNIT)
            .convolution(8, 4, 2, 1)
            .convolution(16, 4, 2, 1)
            .dense(50)
            .dense(10)
            .draw(Seed.of(1)),
        3e-3f);
  }

  static Stream<IntervalTraining> recipes() {
    return Stream.of(IntervalTraining.standard(), IntervalTraining.crownIbp());
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void most_digits_are_certified_and_no_attack_turns_one_that_is(IntervalTraining recipe) {
    LearningNetwork learner = learner();
    Hardening.against(THREAT, recipe)
        .withFit(new Fit(25, 32))
        .withWarmUp(1, 7)
        .train(learner, LEARNT, Seed.of(1));

    CertificationReport certified = certified(learner.network());
    Sandwich sandwich =
        Sandwich.of( // throws where a certificate is broken
            certified,
            Robustness.of(learner.network())
                .under(THREAT)
                .attackedBy(Pgd.standard(), Apgd.targeted().withTargets(3).withSteps(30))
                .withSeed(1)
                .evaluate(TEST));
    assertThat(sandwich.certifiedAccuracy().value()).isGreaterThan(0.55);
    assertThat(sandwich.gap()).isLessThan(0.2);
  }

  @Test
  void of_the_same_network_trained_plainly_these_bounds_certify_nothing() {
    LearningNetwork learner = learner();
    new Fit(8, 32).train(learner, LEARNT, Seed.of(1));
    assertThat(certified(learner.network()).certified().value()).isLessThan(0.05);
  }

  private static CertificationReport certified(ReluNetwork network) {
    return Certification.of(network, THREAT)
        .by(IntervalBounds.standard(), LinearBounds.crownIbp())
        .certify(TEST);
  }
}
