package io.gauntlet.defenses.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SuspicionTest {
  private static Suspicion suspicion() {
    Findings findings = new Findings(7);
    findings.poisoned("class 0", new int[] {0, 2, 4}, new double[] {3, 1, 2}, 1.5, "two kinds");
    findings.clean("class 1", new int[] {1, 3}, new double[] {9, 1}, "one kind");
    findings.notJudged("class 2", new int[] {5, 6}, "2 rows");
    return findings.suspicion();
  }

  @Test
  void a_row_is_flagged_where_it_scores_above_the_threshold_of_its_part() {
    assertThat(suspicion().flagged()).containsExactly(0, 4);
    assertThat(suspicion().verdicts()).extracting(Verdict::flagged).containsExactly(2, 0, 0);
    assertThat(suspicion().verdict(3).part()).isEqualTo("class 1");
    assertThat(suspicion().score(2)).isEqualTo(1);
  }

  @Test
  void rows_that_are_not_judged_are_neither_flagged_nor_clean() {
    assertThat(suspicion().notJudged()).containsExactly(5, 6);
    assertThat(suspicion().isFlagged(5)).isFalse();
    assertThat(suspicion().verdict(5).ruling()).isEqualTo(Ruling.NOT_JUDGED);
    assertThat(suspicion().verdict(5).reason()).isEqualTo("2 rows");
    assertThat(suspicion()).hasToString("2 of 7 rows flagged, 2 not judged");
  }

  /** Poisoned 3 and 1, clean 9, 2 and 1: of six pairs two are won and one is a tie. */
  @Test
  void accuracy_counts_pairs_and_leaves_out_what_was_not_judged() {
    Suspicion.Accuracy accuracy = suspicion().against(row -> row == 0 || row == 2 || row == 6);
    assertThat(accuracy.poisoned()).isEqualTo(2);
    assertThat(accuracy.clean()).isEqualTo(3);
    assertThat(accuracy.truePositiveRate()).isEqualTo(0.5);
    assertThat(accuracy.falsePositiveRate()).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(accuracy.auroc()).isCloseTo(2.5 / 6, within(1e-12));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> suspicion().against(row -> row >= 5))
        .withMessageContaining("poisoned");
  }

  @Test
  void a_detector_of_ones_own_judges_all_rows_as_one_part() {
    Suspicion own = Suspicion.of(new double[] {1, 3, 2}, 2, "above two");
    assertThat(own.flagged()).containsExactly(1);
    assertThat(own.verdict(0).reason()).isEqualTo("above two");
    assertThat(Suspicion.of(new double[0], 2, "").flagged()).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Suspicion.of(new double[] {Double.NaN}, 2, ""))
        .withMessageContaining("NaN");
  }

  @Test
  void no_row_goes_without_a_verdict() {
    Findings findings = new Findings(2);
    findings.clean("class 0", new int[] {0}, new double[] {1}, "");
    assertThatIllegalStateException()
        .isThrownBy(findings::suspicion)
        .withMessageContaining("row 1");
  }
}
