package io.gauntlet.threat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreatModelTest {
  @Test
  void prints_what_the_attacker_may_do() {
    assertThat(ThreatModel.linf(8 / 255f)).hasToString("Linf epsilon " + 8 / 255f);
    assertThat(ThreatModel.l0(12)).hasToString("L0 epsilon 12.0");
    assertThat(ThreatModel.l1(1.5f).withQueries(5000))
        .hasToString("L1 epsilon 1.5, 5000 queries"); // also under a locale with other digits
  }

  @Test
  void with_a_query_budget_is_another_threat() {
    ThreatModel unlimited = ThreatModel.l2(1);
    assertThat(unlimited.queries()).isEmpty();
    assertThat(unlimited.withQueries(7)).isNotEqualTo(unlimited);
    assertThat(unlimited.withQueries(7).queries()).hasValue(7);
    assertThat(unlimited).isEqualTo(new ThreatModel(Norm.l2(), 1, OptionalLong.empty()));
  }

  @ParameterizedTest
  @ValueSource(floats = {-1, -Float.MIN_VALUE, Float.NaN, Float.POSITIVE_INFINITY})
  void refuses_a_radius_that_is_none(float epsilon) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ThreatModel.linf(epsilon))
        .withMessage("epsilon must be finite and not negative, but was " + epsilon);
  }

  @Test
  void refuses_a_budget_of_no_queries() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ThreatModel.linf(1).withQueries(0))
        .withMessage("queries must be at least 1, but was 0");
  }

  @Test
  void allows_a_radius_of_zero() {
    assertThat(ThreatModel.linf(0).epsilon()).isZero();
  }
}
