package io.gauntlet.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.SelfCheck;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextReportTest {
  @Test
  void it_is_an_aligned_table_that_says_everything() {
    assertThat(TextReport.toString(Fixed.report()))
        .isEqualTo(
            """
            Attacker    untargeted: may change an input by Linf up to 0.03137
            Clean       75.0 % of 5 examples are classified correctly
            Robust      20.0 % still are after every attack (95 % interval 0.5 % to 94.7 %)
            Unfinished  2 examples

            attack  tried on  fooled  success  median dist.  gradients    forwards    time
            Noise          4       0    0.0 %             -          0         400   0.3 s
            PGD-40         3       1   33.3 %        0.3333        120  5000000000  12.3 s
            Late           0       0        -             -          0           0   0.0 s

            Caveat      TimeRanOut: the time limit left 2 examples unfinished; they do not count as robust
            """);
  }

  @Test
  void a_budget_of_queries_belongs_to_the_attacker() {
    RobustnessReport report =
        Fixed.report(
            ThreatModel.l2(2).withQueries(1000),
            List.of(new Outcome.Survived(0, 1, 1)),
            List.of(),
            List.of(),
            Batch.of());
    assertThat(TextReport.toString(report))
        .startsWith(
            """
            Attacker    untargeted: may change an input by L2 up to 2.000 and ask 1000 times per attack
            Clean       100.0 % of 1 examples are classified correctly
            Robust      100.0 % still are after every attack (95 % interval 2.5 % to 100.0 %)

            attack""");
  }

  private static RobustnessReport unbounded(Norm norm, double... distances) {
    List<Outcome> outcomes = new ArrayList<>(List.of(new Outcome.Misclassified(0, 0, 1)));
    for (double distance : distances) {
      long example = outcomes.size();
      outcomes.add(
          Double.isInfinite(distance)
              ? new Outcome.Survived(example, 0, 0)
              : new Outcome.Fooled(example, 0, 1, "A", distance));
    }
    return Fixed.report(
        ThreatModel.unbounded(norm), outcomes, Fixed.ATTACKS.subList(1, 2), List.of(), Batch.of());
  }

  @Test
  void without_a_bound_the_median_distance_and_the_curve_say_what_a_rate_cannot() {
    assertThat(TextReport.toString(unbounded(Norm.l2(), 0.25, 0.5, 0.5, 0.875)))
        .isEqualTo(
            """
            Attacker    untargeted: may change an input to anything legal, the closest by L2 counts
            Clean       80.0 % of 5 examples are classified correctly
            Distance    half of those are fooled by an L2 change of 0.5000 or less

            epsilon             0.0     0.2     0.4     0.6     0.8    1.0
            robust accuracy  80.0 %  80.0 %  60.0 %  20.0 %  20.0 %  0.0 %

            attack  tried on  fooled  success  median dist.  gradients    forwards    time
            PGD-40         3       1   33.3 %        0.3333        120  5000000000  12.3 s
            """);
  }

  @Test
  void without_a_bound_survivors_are_said() {
    double never = Double.POSITIVE_INFINITY;
    assertThat(TextReport.toString(unbounded(Norm.l0(), 3, 7, never, never, never)))
        .contains(
            """
            Distance    half or more of those were not fooled by any change
            Survived    3 examples were not fooled by any change

            epsilon               0       1       2       3       4       5       6       7
            robust accuracy  83.3 %  83.3 %  83.3 %  66.7 %  66.7 %  66.7 %  66.7 %  50.0 %
            """);
    assertThat(TextReport.toString(unbounded(Norm.l1(), never)))
        .contains(
            """
            epsilon               0
            robust accuracy  50.0 %
            """);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-38, 7.1e-8, 0.0123, 1, 123456789, 1e30})
  void without_a_bound_it_fits_100_columns_whatever_the_distance(double distance) {
    String text = TextReport.toString(unbounded(Norm.l1(), distance, distance / 3));
    assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    assertThat(text).containsPattern("robust accuracy  66.7 %.*  0.0 %\n");
  }

  @Test
  void every_caveat_stands_alone_and_is_broken_between_words() {
    RobustnessReport report =
        Fixed.report(
            ThreatModel.linf(0.1f),
            List.of(),
            List.of(new Caveat.LooksLikeProbabilities(), new Caveat.AnswersVary(0.125)));
    assertThat(TextReport.toString(report))
        .endsWith(
            """

            Caveat      LooksLikeProbabilities: the scores look like softmax output; attacks need logits, on
                        probabilities their gradients vanish

            Caveat      AnswersVary: the model answers the same input differently (by up to 0.125): attacks on a
                        randomised model must average over its draws, and take all their steps: a first success
                        may be luck
            """);
  }

  @Test
  void nothing_makes_it_wider_than_100_columns_or_puts_other_digits_into_it() {
    AttackSummary huge =
        new AttackSummary(
            "T".repeat(120),
            "N".repeat(120),
            Integer.MAX_VALUE,
            1_000_000,
            1.23456789e-7,
            Long.MAX_VALUE,
            1_000_000_000_000L,
            1e6);
    RobustnessReport report =
        Fixed.report(
            new ThreatModel(
                ThreatModel.linf(0).norm(), 1.2345e-7f, OptionalLong.of(Long.MAX_VALUE)),
            List.of(huge, Fixed.ATTACKS.get(0)),
            List.of(
                new Caveat.ZeroGradients(Integer.MAX_VALUE),
                new Caveat.LooksLikeProbabilities(),
                new Caveat.AnswersVary(1e30),
                new Caveat.SelfCheckFailed(
                    new SelfCheck.Fault.RowsMix("gradients", Integer.MAX_VALUE, 1e30)),
                new Caveat.BlackBoxBeatWhiteBox(Integer.MAX_VALUE),
                new Caveat.StillGaining("PGD-40", Integer.MAX_VALUE, Integer.MAX_VALUE),
                new Caveat.UnboundedNotReachingZero(Integer.MAX_VALUE, Integer.MAX_VALUE),
                new Caveat.DistancesUnfinished(Integer.MAX_VALUE),
                new Caveat.TooFewExamples(5, 0.1234),
                new Caveat.TimeRanOut(2)));
    String text = TextReport.toString(report);
    assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(text)).isTrue();
    assertThat(text).contains("T  2147483647").endsWith("\n").doesNotContain(" \n");
    List<String> table = text.lines().dropWhile(line -> !line.startsWith("attack")).toList();
    assertThat(table.subList(0, 3)).extracting(String::length).containsOnly(100);
  }
}
