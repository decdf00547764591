package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** What two reports of one evaluation share: everything but the time they took. */
final class Reports {
  private Reports() {}

  static void assertSame(RobustnessReport actual, RobustnessReport expected) {
    assertThat(actual.outcomes()).isEqualTo(expected.outcomes());
    assertThat(timeless(actual)).isEqualTo(timeless(expected));
    assertThat(actual.caveats()).isEqualTo(expected.caveats());
    assertThat(actual.adversarial().rows()).isEqualTo(expected.adversarial().rows());
    for (int i = 0; i < actual.adversarial().rows(); i++) {
      assertThat(actual.adversarial().example(i)).isEqualTo(expected.adversarial().example(i));
      assertThat(actual.adversarial().row(i)).containsExactly(expected.adversarial().row(i));
    }
  }

  private static List<AttackSummary> timeless(RobustnessReport report) {
    return report.attacks().stream()
        .map(
            a ->
                new AttackSummary(
                    a.title(),
                    a.name(),
                    a.attempted(),
                    a.fooled(),
                    a.medianDistance(),
                    a.forwardQueries(),
                    a.gradientQueries(),
                    0))
        .toList();
  }
}
