package io.gauntlet.defenses.certify.bounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SandwichTest {
  /** Class 1 above 0, class 0 below: an input is as robust as it is far from zero. */
  private static final Mlp SIGN =
      Mlp.linear(Domain.of(-1, 1), new float[][] {{-1}, {1}}, new float[] {0, 0});

  private static final ThreatModel THREAT = ThreatModel.linf(0.25f);
  private static final Examples EXAMPLES =
      Examples.of(
          Batch.of(new float[][] {{0.5f}, {0.1f}, {-0.5f}, {-0.1f}, {0.9f}}), 1, 1, 0, 0, 0);

  /** Pushes everything down as far as it may. */
  private record Down() implements Attack<Model> {
    @Override
    public Batch perturb(Model model, Neighbourhood allowed, Goal goal, Seed seed) {
      return allowed.project(
          allowed
              .clean()
              .editRows(
                  (row, x) -> {
                    x[0] -= 1;
                  }));
    }
  }

  private static RobustnessReport attacked(ThreatModel threat, Examples examples) {
    return Robustness.of(SIGN).under(threat).attackedBy(new Down()).withSeed(1).evaluate(examples);
  }

  private static CertificationReport certified() {
    return Certification.of(SIGN.network(), THREAT).withWorkers(2).certify(EXAMPLES);
  }

  @Test
  void names_what_lies_between() {
    CertificationReport certificates = certified();
    assertThat(certificates.certifiedExamples()).containsExactly(0L, 2L);
    assertThat(certificates.uncertifiedRows()).containsExactly(1, 3, 4);
    assertThat(certificates.count(Verdict.Falsified.class)).isEqualTo(1);
    Sandwich sandwich = Sandwich.of(certificates, attacked(THREAT, EXAMPLES));
    assertThat(sandwich.certified()).containsExactly(0L, 2L);
    assertThat(sandwich.between()).containsExactly(3L);
    assertThat(sandwich.gap()).isEqualTo(0.2);
    assertThat(sandwich)
        .hasToString(
            """
            certified 40.00 % <= true robust accuracy <= 60.00 % left by attacks
            gap 20.00 points: 1 of 5 examples within Linf epsilon 0.25 neither certified nor turned
            in between: 3
            """);
    assertThat(sandwich.toJson()).contains("\"gap\": 0.2", "\"certifiedAccuracy\": 0.4");
  }

  @Test
  void attacks_on_the_rest_are_enough() {
    CertificationReport certificates = certified();
    Examples rest = EXAMPLES.select(certificates.uncertifiedRows());
    assertThat(Sandwich.of(certificates, attacked(THREAT, rest)))
        .isEqualTo(Sandwich.of(certificates, attacked(THREAT, EXAMPLES)));
  }

  @Test
  void a_refuted_claim_counts_as_turned() {
    CertificationReport certificates =
        Certification.of(SIGN.network(), THREAT).by(BranchAndBound.standard()).certify(EXAMPLES);
    assertThat(certificates.count(Verdict.Falsified.class)).isEqualTo(3);
    assertThat(Sandwich.of(certificates, attacked(THREAT, EXAMPLES)).between()).isEmpty();
  }

  @Test
  void an_attack_inside_a_certificate_is_loud() {
    Set<Long> all = Set.of(0L, 1L, 2L, 3L, 4L);
    assertThatThrownBy(
            () -> Sandwich.of(THREAT, all, Set.of(0L, 1L, 4L), attacked(THREAT, EXAMPLES)))
        .isInstanceOfSatisfying(
            BrokenCertificateException.class,
            broken -> assertThat(broken.examples()).containsExactly(1L, 4L))
        .hasMessageContaining("inside a certificate");
  }

  @Test
  void both_sides_must_be_about_the_same() {
    CertificationReport certificates = certified();
    assertThatThrownBy(() -> Sandwich.of(certificates, attacked(ThreatModel.linf(0.2f), EXAMPLES)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Linf epsilon 0.2");
    assertThatThrownBy(() -> Sandwich.of(certificates, attacked(THREAT, EXAMPLES.first(2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("example 3 is neither");
    assertThatThrownBy(
            () -> Sandwich.of(THREAT, List.of(0L, 1L), List.of(), attacked(THREAT, EXAMPLES)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not among them");
  }
}
