package io.gauntlet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DomainTest {
  private static final Domain TABLE =
      Domain.perFeature(List.of(new Range(0, 1), new Range(-5, 100)));

  @Test
  void of_one_range_serves_every_feature() {
    assertThat(Domain.UNIT.lower(99)).isZero();
    assertThat(Domain.UNIT.upper(99)).isEqualTo(1);
    assertThat(Domain.UNIT.range(7)).isEqualTo(Range.UNIT);
    assertThat(Domain.of(0, 255)).hasToString("[0.0, 255.0]");
  }

  @Test
  void per_feature_has_its_own_range_for_each() {
    assertThat(TABLE.lower(1)).isEqualTo(-5);
    assertThat(TABLE.upper(0)).isEqualTo(1);
    assertThat(TABLE.range(1)).isEqualTo(new Range(-5, 100));
    assertThat(TABLE).hasToString("[[0.0, 1.0], [-5.0, 100.0]]");
  }

  @Test
  void contains_its_border_and_never_nan() {
    assertThat(TABLE.contains(1, -5)).isTrue();
    assertThat(TABLE.contains(1, 100)).isTrue();
    assertThat(TABLE.contains(1, Math.nextUp(100f))).isFalse();
    assertThat(TABLE.contains(0, -Float.MIN_VALUE)).isFalse();
    assertThat(TABLE.contains(0, Float.NaN)).isFalse();
    assertThat(TABLE.contains(0, Float.POSITIVE_INFINITY)).isFalse();
  }

  @Test
  void clip_goes_to_the_nearest_legal_value_and_keeps_nan() {
    assertThat(TABLE.clip(1, -9)).isEqualTo(-5);
    assertThat(TABLE.clip(1, 9)).isEqualTo(9);
    assertThat(TABLE.clip(0, Float.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(TABLE.clip(0, Float.NaN)).isNaN();
  }

  @Test
  void check_returns_legal_inputs_and_names_the_first_illegal_value() {
    Batch legal = Batch.of(new float[] {1, 100}, new float[] {0, -5});
    assertThat(TABLE.check(legal)).isSameAs(legal);
    Batch illegal = Batch.of(new float[] {1, 100}, new float[] {0, -5.5f}).standingFor(3, 8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TABLE.check(illegal))
        .withMessage(
            "inputs must lie in the model's domain [-5.0, 100.0], but feature 1 of example 8 was"
                + " -5.5");
  }

  @Test
  void check_refuses_another_width() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TABLE.check(Batch.of(new float[3])))
        .withMessage("inputs must have 2 features like the domain, but have 3");
  }

  @Test
  void is_a_value() {
    List<Range> ranges = new ArrayList<>(List.of(new Range(0, 1), new Range(-5, 100)));
    Domain copy = Domain.perFeature(ranges);
    ranges.clear();
    assertThat(copy).isEqualTo(TABLE).hasSameHashCodeAs(TABLE).isNotEqualTo(Domain.UNIT);
    assertThat(Domain.of(0, 1)).isEqualTo(Domain.UNIT);
  }

  @Test
  void of_no_range_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Domain.perFeature(List.of()))
        .withMessage("a domain needs at least one range, but had none");
  }

  @Test
  void ranges_are_finite_and_not_empty() {
    float[][] wrong = {
      {1, 1}, {2, 1}, {Float.NaN, 1}, {0, Float.NaN}, {0, Float.POSITIVE_INFINITY}, {-1f / 0, 0}
    };
    for (float[] ends : wrong) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Range(ends[0], ends[1]))
          .withMessage(
              "range must be finite with lower < upper, but was ["
                  + ends[0]
                  + ", "
                  + ends[1]
                  + "]");
    }
    assertThat(new Range(-1, 2)).hasToString("[-1.0, 2.0]");
  }
}
