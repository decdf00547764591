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

  @Test
  void without_a_bound_any_size_is_allowed() {
    ThreatModel anything = ThreatModel.unbounded(Norm.l2());
    assertThat(anything.isBounded()).isFalse();
    assertThat(anything.epsilon()).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(anything).hasToString("L2 unbounded");
    assertThat(anything.withQueries(50)).hasToString("L2 unbounded, 50 queries");
    assertThat(anything.withQueries(50).isBounded()).isFalse();
    assertThat(anything).isNotEqualTo(ThreatModel.unbounded(Norm.l1()));
    assertThat(new ThreatModel(Norm.l2(), Float.POSITIVE_INFINITY)).isEqualTo(anything);
  }

  @Test
  void with_a_bound_however_large_it_is_bounded() {
    assertThat(ThreatModel.linf(Float.MAX_VALUE).isBounded()).isTrue();
    assertThat(ThreatModel.l0(Integer.MAX_VALUE).isBounded()).isTrue();
    assertThat(ThreatModel.l1(0).isBounded()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(floats = {-1, Float.NaN, Float.NEGATIVE_INFINITY})
  void no_bound_is_infinity_and_nothing_else(float epsilon) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ThreatModel(Norm.l1(), epsilon))
        .withMessage("epsilon must be finite and not negative, but was " + epsilon);
  }
}
