/**
 * Robustness as a test: assertions on a report, and the contract tests for your own attacks and
 * models.
 *
 * <pre>{@code
 * @Test
 * void digits_keep_80_percent_under_linf_0_1() {
 *   RobustnessReport report =
 *       Robustness.of(model)
 *           .under(ThreatModel.linf(0.1f))
 *           .attackedBy(Pgd.standard().withRestarts(5))
 *           .withSeed(42)
 *           .evaluate(digits.first(500));
 *
 *   assertThat(report).atConfidence(0.95).hasRobustAccuracyAtLeast(0.80).hasNoCaveats();
 * }
 * }</pre>
 *
 * <p>{@link io.gauntlet.junit.RobustAssertions} has the static import. {@link
 * io.gauntlet.junit.AttackContract}, {@link io.gauntlet.junit.ImageAttackContract} (for attacks
 * that need images) and {@link io.gauntlet.junit.ModelContract} are extended, one class for each
 * attack or model. Needs JUnit 5.13 or later, or 6; works without AssertJ and beside it.
 */
@NullMarked
package io.gauntlet.junit;

import org.jspecify.annotations.NullMarked;
