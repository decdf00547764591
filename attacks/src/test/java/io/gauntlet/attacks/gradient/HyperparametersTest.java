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
        () -> new Pgd(1, 1, 1, Start.CLEAN, List.of(), Effort.ALL_STEPS),
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
                .withEffort(Effort.ALL_STEPS))
        .isEqualTo(new Pgd(7, 2, 3, Start.CLEAN, List.of(Objective.DLR), Effort.ALL_STEPS));
    assertThat(Bim.standard().withSteps(3).withRelativeStep(0.5f)).isEqualTo(new Bim(3, 0.5f));
    assertThat(Fgsm.standard().withObjective(Objective.MARGIN))
        .isEqualTo(new Fgsm(Objective.MARGIN));
    assertThat(RandomNoise.standard().withDraws(5)).isEqualTo(new RandomNoise(5));
  }
}
