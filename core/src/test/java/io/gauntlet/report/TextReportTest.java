package io.gauntlet.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.threat.ThreatModel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

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
                        randomised model must average over its draws
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
                new Caveat.BlackBoxBeatWhiteBox(Integer.MAX_VALUE),
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
