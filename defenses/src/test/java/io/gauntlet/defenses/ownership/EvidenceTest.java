package io.gauntlet.defenses.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvidenceTest {
  private static final double DIGITS = 1e-8; // per cent

  private static BigInteger choose(int n, int k) {
    BigInteger ways = BigInteger.ONE;
    for (int i = 0; i < k; i++) {
      ways = ways.multiply(BigInteger.valueOf(n - i)).divide(BigInteger.valueOf(i + 1));
    }
    return ways;
  }

  private static double ratio(BigInteger some, BigInteger all) {
    return new BigDecimal(some).divide(new BigDecimal(all), MathContext.DECIMAL64).doubleValue();
  }

  /** For each number of matches, the share of {@code odds^trials} draws with as many or more. */
  private static double[] binomialTails(int trials, int odds) {
    double[] tails = new double[trials + 1];
    BigInteger some = BigInteger.ZERO;
    for (int m = trials; m >= 0; m--) {
      some = some.add(choose(trials, m).multiply(BigInteger.valueOf(odds - 1).pow(trials - m)));
      tails[m] = ratio(some, BigInteger.valueOf(odds).pow(trials));
    }
    return tails;
  }

  /** Of all choices of the cases, those with so many matches or more. */
  private static double hypergeometricTail(int matches, int cases, int all, int allMatches) {
    BigInteger some = BigInteger.ZERO;
    for (int m = matches; m <= Math.min(cases, allMatches); m++) {
      if (cases - m <= all - allMatches) {
        some = some.add(choose(allMatches, m).multiply(choose(all - allMatches, cases - m)));
      }
    }
    return ratio(some, choose(all, cases));
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "7, 2", "40, 3", "100, 2", "100, 10", "400, 10"})
  void chance_is_the_exact_binomial_tail_down_to_its_smallest(int trials, int odds) {
    double[] tails = binomialTails(trials, odds);
    for (int matches = 0; matches <= trials; matches++) {
      double exact = tails[matches];
      if (exact > Double.MIN_NORMAL) {
        assertThat(Evidence.byChance(matches, trials, 1.0 / odds).pValue())
            .as("%s of %s", matches, trials)
            .isCloseTo(exact, withinPercentage(DIGITS));
      }
    }
    assertThat(Evidence.byChance(100, 100, 0.5).pValue())
        .isCloseTo(Math.scalb(1.0, -100), withinPercentage(DIGITS));
  }

  @Test
  void controls_give_the_exact_hypergeometric_tail_of_every_small_table() {
    for (int cases = 1; cases <= 8; cases++) {
      for (int controls = 1; controls <= 9; controls++) {
        for (int a = 0; a <= cases; a++) {
          for (int b = 0; b <= controls; b++) {
            assertThat(Evidence.againstControls(a, cases, b, controls).pValue())
                .as("%s of %s against %s of %s", a, cases, b, controls)
                .isCloseTo(
                    hypergeometricTail(a, cases, cases + controls, a + b),
                    withinPercentage(DIGITS));
          }
        }
      }
    }
  }

  @Test
  void controls_give_the_exact_tail_of_a_large_table_too() {
    assertThat(Evidence.againstControls(241, 450, 60, 150).pValue())
        .isCloseTo(hypergeometricTail(241, 450, 600, 301), withinPercentage(1e-6));
    assertThat(Evidence.againstControls(60, 64, 10, 640).pValue())
        .isCloseTo(hypergeometricTail(60, 64, 704, 70), withinPercentage(1e-6));
  }

  @Test
  void nothing_is_shown_by_no_trials_or_no_controls() {
    assertThat(Evidence.byChance(0, 0, 0.1).pValue()).isEqualTo(1);
    assertThat(Evidence.againstControls(0, 0, 3, 9).pValue()).isEqualTo(1);
    assertThat(Evidence.againstControls(9, 9, 0, 0).pValue()).isEqualTo(1);
  }

  @Test
  void a_certain_match_shows_nothing_and_an_impossible_one_everything() {
    assertThat(Evidence.byChance(9, 9, 1).pValue()).isEqualTo(1);
    assertThat(Evidence.byChance(1, 9, 0).pValue()).isZero();
  }

  @Test
  void effect_is_the_rate_beyond_the_expected_one() {
    Evidence evidence = Evidence.againstControls(6, 8, 1, 4);
    assertThat(evidence.rate()).isEqualTo(0.75);
    assertThat(evidence.nullRate()).isEqualTo(0.25);
    assertThat(evidence.effect()).isEqualTo(0.5);
  }

  @Test
  void a_verdict_needs_a_p_value_at_or_below_alpha() {
    Evidence evidence = new Evidence(3, 4, 0.5, 0.01);
    assertThat(evidence.verdict(0.01)).isEqualTo(Verdict.COPY);
    assertThat(evidence.verdict(Math.nextDown(0.01))).isEqualTo(Verdict.NOT_SHOWN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> evidence.verdict(Double.NaN))
        .withMessage("alpha must lie between 0 and 1, but was NaN");
  }

  @Test
  void impossible_evidence_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Evidence(5, 4, 0.5, 0.5))
        .withMessage("trials must be at least 5, but was 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Evidence(1, 4, 1.5, 0.5))
        .withMessage("nullRate must lie in [0, 1], but was 1.5");
    assertThatIllegalArgumentException().isThrownBy(() -> new Evidence(1, 4, 0.5, Double.NaN));
  }

  @Test
  void evidence_reads_the_same_in_every_locale() {
    assertThat(Evidence.byChance(20, 20, 0.5)).hasToString("20 of 20, 50.0% expected, p = 9.5e-07");
  }
}
