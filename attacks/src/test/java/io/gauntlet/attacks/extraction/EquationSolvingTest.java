package io.gauntlet.attacks.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attacks.Net;
import io.gauntlet.attacks.extraction.Extraction.Ending;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.Range;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EquationSolvingTest {
  private static final Disclosure SCORES = new Disclosure.Scores();

  private final Regression truth = new Regression(30, 4);
  private final Mlp victim = truth.victim;

  /** A softmax regression over a domain in which no two features have the same range. */
  private static final class Regression {
    final float[][] weights;
    final float[] bias;
    final Mlp victim;

    Regression(int features, int classes) {
      RandomGenerator random = Seed.of(features).forExample(classes);
      List<Range> ranges = new ArrayList<>();
      for (int j = 0; j < features; j++) {
        ranges.add(new Range(-1 - random.nextFloat(), 1 + 2 * random.nextFloat()));
      }
      weights = new float[classes][features];
      bias = new float[classes];
      for (int k = 0; k < classes; k++) {
        for (int j = 0; j < features; j++) {
          weights[k][j] = (float) random.nextGaussian();
        }
        bias[k] = (float) random.nextGaussian();
      }
      victim = Mlp.linear(Domain.perFeature(ranges), weights, bias);
    }
  }

  private static Judge judge(Model victim) {
    Batch inputs =
        new Box(victim.domain(), victim.inputShape().size()).sample(500, Seed.of(77).forExample(0));
    return Judge.of(victim, Examples.of(inputs, new int[500]));
  }

  private Extraction<Mlp> stolen(EquationSolving attack, Model from, long budget) {
    return attack.extract(Oracle.of(from, SCORES, budget), judge(victim), Seed.of(1));
  }

  /** Weights and biases, which softmax leaves undetermined up to a shift over the classes. */
  private static double largestError(Regression truth, Mlp copy) {
    int features = copy.inputShape().size();
    float[][] probes = new float[features + 1][features];
    for (int j = 0; j < features; j++) {
      probes[j + 1][j] = 1;
    }
    double[][] found = CentredScores.of(copy.logits(Batch.of(probes)));
    double largest = 0;
    for (int j = -1; j < features; j++) {
      float[] expected = new float[truth.bias.length];
      for (int k = 0; k < expected.length; k++) {
        expected[k] = j < 0 ? truth.bias[k] : truth.weights[k][j];
      }
      double[] centred = CentredScores.of(Batch.of(expected))[0];
      for (int k = 0; k < expected.length; k++) {
        double got = found[j + 1][k] - (j < 0 ? 0 : found[0][k]);
        largest = Math.max(largest, Math.abs(got - centred[k]));
      }
    }
    return largest;
  }

  @ParameterizedTest
  @CsvSource({"30, 4", "30, 2", "30, 10", "1, 2", "7, 3"})
  void d_plus_one_answers_give_every_weight_to_four_digits(int features, int classes) {
    Regression regression = new Regression(features, classes);
    Extraction<Mlp> stolen =
        EquationSolving.standard()
            .extract(
                Oracle.of(regression.victim, SCORES, features + 1),
                judge(regression.victim),
                Seed.of(1));
    assertThat(stolen.queries()).isEqualTo(features + 1);
    assertThat(stolen.ending()).isEqualTo(Ending.COMPLETE);
    assertThat(largestError(regression, stolen.surrogate())).isLessThan(1e-4);
    assertThat(stolen.curve())
        .containsExactly(new Extraction.Point(features + 1, new Share(500, 500)));
  }

  @Test
  void one_answer_less_leaves_one_feature_without_weight() {
    Extraction<Mlp> stolen = stolen(EquationSolving.standard(), victim, 30);
    assertThat(stolen.ending()).isEqualTo(Ending.BUDGET_SPENT);
    assertThat(stolen.queries()).isEqualTo(30);
    float[] centre = new Box(victim.domain(), 30).centre();
    Batch moved = Batch.of(centre).editRows((i, x) -> x[29] = victim.domain().upper(29));
    assertThat(stolen.surrogate().logits(moved).row(0))
        .containsExactly(stolen.surrogate().logits(Batch.of(centre)).row(0), within(1e-5f));
    assertThat(stolen.curve().get(0).agreement().rate()).isBetween(0.6, 0.999);
  }

  @Test
  void a_single_answer_gives_a_constant() {
    Extraction<Mlp> stolen = stolen(EquationSolving.standard(), victim, 1);
    assertThat(stolen.queries()).isEqualTo(1);
    float[] centre = new Box(victim.domain(), 30).centre();
    assertThat(stolen.surrogate().logits(Batch.of(new float[30])).argmax(0))
        .isEqualTo(victim.logits(Batch.of(centre)).argmax(0));
  }

  @Test
  void more_answers_average_rounding_out() {
    Model rounded = new Rounded(victim, 0.1f);
    double minimal =
        largestError(truth, stolen(EquationSolving.standard(), rounded, 5000).surrogate());
    double averaged =
        largestError(
            truth, stolen(EquationSolving.standard().withExtra(2000), rounded, 5000).surrogate());
    assertThat(averaged).isLessThan(minimal / 5);
  }

  @Test
  void extra_questions_find_out_a_victim_that_is_not_linear() {
    Mlp net = Net.of(1, 1).model();
    Extraction<Mlp> stolen =
        EquationSolving.standard()
            .withExtra(50)
            .extract(Oracle.of(net, SCORES, 1000), judge(net), Seed.of(1));
    assertThat(stolen.ending()).isEqualTo(Ending.MISFIT);
    assertThat(stolen(EquationSolving.standard().withExtra(50), victim, 1000).ending())
        .isEqualTo(Ending.COMPLETE);
  }

  @Test
  void a_victim_that_keeps_its_scores_is_refused() {
    for (Disclosure silent : List.of(new Disclosure.LabelOnly(), new Disclosure.TopK(2))) {
      Oracle oracle = Oracle.of(victim, silent, 100);
      assertThatThrownBy(
              () -> EquationSolving.standard().extract(oracle, judge(victim), Seed.of(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("needs the scores of all classes")
          .hasMessageContaining(silent.toString());
      assertThat(oracle.queries()).isZero();
    }
  }

  @Test
  void hyperparameters_are_checked() {
    assertThatThrownBy(() -> EquationSolving.standard().withExtra(-1))
        .hasMessage("extra must be at least 0, but was -1");
    assertThatThrownBy(() -> EquationSolving.standard().withTolerance(Float.NaN))
        .hasMessageContaining("tolerance");
  }
}
