package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

/** What two reports of one evaluation share: everything but the time they took. */
final class Reports {
  private Reports() {}

  static void assertSame(RobustnessReport actual, RobustnessReport expected) {
    assertThat(actual.outcomes()).isEqualTo(expected.outcomes());
    assertThat(actual.attacks())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("seconds")
        .isEqualTo(expected.attacks());
    assertThat(actual.caveats()).isEqualTo(expected.caveats());
    assertThat(actual.adversarial().rows()).isEqualTo(expected.adversarial().rows());
    for (int i = 0; i < actual.adversarial().rows(); i++) {
      assertThat(actual.adversarial().example(i)).isEqualTo(expected.adversarial().example(i));
      assertThat(actual.adversarial().row(i)).containsExactly(expected.adversarial().row(i));
    }
  }
}
