package io.gauntlet.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Objective;
import io.gauntlet.attacks.noise.RandomNoise;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HyperparametersTest {
  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void counts_are_at_least_one(int bad) {
    assertRefused(() -> Pgd.standard().withSteps(bad), "steps must be at least 1, but was " + bad);
    assertRefused(
        () -> Pgd.standard().withRestarts(bad), "restarts must be at least 1, but was " + bad);
    assertRefused(() -> Bim.standard().withSteps(bad), "steps must be at least 1, but was " + bad);
    assertRefused(
        () -> RandomNoise.standard().withDraws(bad), "draws must be at least 1, but was " + bad);
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -0.5f, Float.NaN, Float.POSITIVE_INFINITY})
  void lengths_are_finite_and_positive(float bad) {
    assertRefused(
        () -> Pgd.standard().withTravel(bad), "travel must be finite and positive, but was " + bad);
    assertRefused(
        () -> Bim.standard().withRelativeStep(bad),
        "relativeStep must be finite and positive, but was " + bad);
  }

  @Test
  void no_objective_is_refused() {
    assertRefused(
        () -> new Pgd(1, 1, 1, Start.CLEAN, List.of(), Effort.ALL_STEPS, 1),
        "number of objectives must be at least 1, but was 0");
  }

  @Test
  void a_wither_changes_one_thing() {
    assertThat(
            Pgd.standard()
                .withSteps(7)
                .withTravel(2)
                .withRestarts(3)
                .withStart(Start.CLEAN)
                .withObjective(Objective.DLR)
                .withEffort(Effort.ALL_STEPS)
                .withDraws(5))
        .isEqualTo(new Pgd(7, 2, 3, Start.CLEAN, List.of(Objective.DLR), Effort.ALL_STEPS, 5));
    assertThat(Bim.standard().withSteps(3).withRelativeStep(0.5f)).isEqualTo(new Bim(3, 0.5f));
    assertThat(Fgsm.standard().withObjective(Objective.MARGIN))
        .isEqualTo(new Fgsm(Objective.MARGIN));
    assertThat(RandomNoise.standard().withDraws(5)).isEqualTo(new RandomNoise(5));
    assertThat(
            Apgd.dlr()
                .withSteps(7)
                .withRestarts(3)
                .withObjective(Objective.MARGIN)
                .withTargets(2)
                .withDraws(4))
        .isEqualTo(new Apgd(7, 3, Objective.MARGIN, 2, 4));
    assertThat(Fab.standard().withSteps(7).withRestarts(3).withTargets(2))
        .isEqualTo(new Fab(7, 3, 2, 0.1f, 1.05f, 0.9f));
    assertThat(
            MiFgsm.standard()
                .withSteps(7)
                .withRelativeStep(0.5f)
                .withDecay(0.9f)
                .withLookahead(true)
                .withDiversity(0.3f)
                .withBlur(5)
                .withEffort(Effort.UNTIL_FOOLED))
        .isEqualTo(new MiFgsm(7, 0.5f, 0.9f, true, 0.3f, 5, Effort.UNTIL_FOOLED));
  }

  @Test
  void bad_values_of_autoattacks_parts_are_named() {
    assertRefused(() -> Apgd.dlr().withSteps(0), "steps must be at least 1, but was 0");
    assertRefused(() -> Apgd.dlr().withRestarts(0), "restarts must be at least 1, but was 0");
    assertRefused(() -> Apgd.dlr().withTargets(-1), "targets must be at least 0, but was -1");
    assertRefused(() -> Apgd.dlr().withDraws(0), "draws must be at least 1, but was 0");
    assertRefused(() -> Fab.standard().withSteps(0), "steps must be at least 1, but was 0");
    assertRefused(() -> Fab.standard().withRestarts(0), "restarts must be at least 1, but was 0");
    assertRefused(() -> Fab.standard().withTargets(-1), "targets must be at least 0, but was -1");
    assertRefused(() -> new Fab(1, 1, 0, 0, 1, 0.5f), "pull must be in (0, 1], but was 0.0");
    assertRefused(() -> new Fab(1, 1, 0, 2, 1, 0.5f), "pull must be in (0, 1], but was 2.0");
    assertRefused(
        () -> new Fab(1, 1, 0, 1, Float.NaN, 0.5f), "overshoot must be at least 1, but was NaN");
    assertRefused(() -> new Fab(1, 1, 0, 1, 1, 1), "retreat must be in (0, 1), but was 1.0");
  }

  @Test
  void bad_values_of_transfer_attacks_are_named() {
    assertRefused(() -> MiFgsm.standard().withSteps(0), "steps must be at least 1, but was 0");
    assertRefused(
        () -> MiFgsm.standard().withRelativeStep(0),
        "relativeStep must be finite and positive, but was 0.0");
    assertRefused(
        () -> MiFgsm.standard().withDecay(-1),
        "decay must be finite and not negative, but was -1.0");
    assertRefused(
        () -> MiFgsm.standard().withDiversity(Float.NaN),
        "diversity must be in [0, 1], but was NaN");
    assertRefused(
        () -> MiFgsm.standard().withBlur(4), "blur must be odd and at least 1, but was 4");
  }
}
