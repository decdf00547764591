package io.gauntlet.defenses.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Models;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DatasetInferenceTest {
  private static final int FEATURES = 200;
  private static final Certainty WALK = new Certainty.BlindWalk(4, 12, 2, Seed.of(5));

  /** Two classes that overlap, with some labels that nothing explains. */
  private static Examples data(int count, long seed) {
    Batch inputs = Suspects.inputs(count, FEATURES, Seed.of(seed));
    int[] labels = new int[count];
    Arrays.setAll(
        labels,
        i ->
            Seed.of(seed).derive(1).forExample(i).nextDouble() < 0.2
                ? (inputs.get(i, 0) > 0 ? 0 : 1)
                : (inputs.get(i, 0) > 0 ? 1 : 0));
    return Examples.of(inputs, labels);
  }

  /** The linear model that least squares learn, in too many passes. */
  private static Model learnt(Batch inputs, IntToDoubleFunction target) {
    double[] weights = new double[FEATURES];
    for (int epoch = 0; epoch < 30; epoch++) {
      for (int i = 0; i < inputs.rows(); i++) {
        double error = target.applyAsDouble(i) - product(weights, inputs.row(i));
        for (int j = 0; j < FEATURES; j++) {
          weights[j] += 0.5 / FEATURES * error * inputs.get(i, j);
        }
      }
    }
    return linear(weights);
  }

  private static Model learnt(Examples examples) {
    return learnt(examples.inputs(), i -> 2 * examples.labels().atRow(i) - 1);
  }

  private static double product(double[] weights, float[] x) {
    double sum = 0;
    for (int j = 0; j < x.length; j++) {
      sum += weights[j] * x[j];
    }
    return sum;
  }

  private static Model linear(double... weights) {
    return Models.of(
        "linear",
        Shape.of(weights.length),
        Suspects.DOMAIN,
        2,
        inputs ->
            Arrays.stream(inputs)
                .map(x -> new float[] {0, (float) product(weights, x)})
                .toArray(float[][]::new));
  }

  @Test
  void who_is_sure_of_the_members_and_of_nothing_else_is_convicted_as_surely_as_can_be() {
    RandomSplit split = RandomSplit.of(data(20, 1), 10, Seed.of(1));
    Model suspect =
        Models.of(
            "sure",
            Shape.of(FEATURES),
            Suspects.DOMAIN,
            2,
            inputs -> {
              float[][] scores = new float[inputs.length][2];
              for (int row = 0; row < inputs.length; row++) {
                for (int i = 0; i < 10; i++) {
                  if (Arrays.equals(inputs[row], split.members().inputs().row(i))) {
                    scores[row][split.members().labels().atRow(i)] = 1;
                  }
                }
              }
              return scores;
            });
    Evidence evidence = DatasetInference.of(split).verify(suspect);
    assertThat(evidence.matches()).isEqualTo(10);
    assertThat(evidence.effect()).isEqualTo(1);
    assertThat(evidence.pValue()).isCloseTo(1 / 184_756.0, withinPercentage(1e-8)); // 20 choose 10
  }

  @Test
  void a_model_that_has_learnt_the_members_is_convicted_by_scores_and_by_labels_alone() {
    RandomSplit split = RandomSplit.of(data(900, 1), 250, Seed.of(1));
    Model suspect = learnt(split.members());
    DatasetInference inference = DatasetInference.of(split);
    assertThat(inference.verify(suspect).verdict(1e-6)).isEqualTo(Verdict.COPY);
    assertThat(inference.withCertainty(WALK).verify(suspect).verdict(1e-3)).isEqualTo(Verdict.COPY);
  }

  @Test
  void a_copy_that_has_never_seen_the_members_is_convicted() {
    RandomSplit split = RandomSplit.of(data(900, 1), 250, Seed.of(1));
    Batch asked = Suspects.inputs(900, FEATURES, Seed.of(2));
    Batch told = learnt(split.members()).logits(asked);
    Model byScores = learnt(asked, i -> told.get(i, 1));
    Model byLabels = learnt(asked, i -> 2 * told.argmax(i) - 1);
    Evidence closer = DatasetInference.of(split).verify(byScores);
    Evidence coarser = DatasetInference.of(split).verify(byLabels);
    assertThat(closer.verdict(1e-6)).isEqualTo(Verdict.COPY);
    assertThat(coarser.verdict(1e-3)).isEqualTo(Verdict.COPY);
    assertThat(coarser.effect()).isLessThan(closer.effect());
  }

  @Test
  void an_innocent_is_convicted_no_more_often_than_alpha() {
    Examples all = data(200, 1);
    Model innocent = learnt(data(100, 2));
    int splits = 1000;
    int byScores = 0;
    int byLabels = 0;
    for (int lot = 0; lot < splits; lot++) {
      DatasetInference inference = DatasetInference.of(RandomSplit.of(all, 120, Seed.of(lot)));
      byScores += inference.verify(innocent).verdict(0.05) == Verdict.COPY ? 1 : 0;
    }
    Certainty brief = new Certainty.BlindWalk(1, 4, 5, Seed.of(5));
    for (int lot = 0; lot < 200; lot++) {
      DatasetInference inference =
          DatasetInference.of(RandomSplit.of(all, 120, Seed.of(lot))).withCertainty(brief);
      byLabels += inference.verify(innocent).verdict(0.05) == Verdict.COPY ? 1 : 0;
    }
    assertThat(byScores).isBetween(1, Suspects.mostOf(splits, 0.05));
    assertThat(byLabels).isLessThanOrEqualTo(Suspects.mostOf(200, 0.05));
  }

  @Test
  void parts_that_were_not_drawn_by_lot_accuse_the_innocent() {
    Examples all = data(400, 1);
    int[] easy = all.inputs().rowsWhere(i -> Math.abs(all.inputs().get(i, 0)) > 0.7f);
    int[] hard = all.inputs().rowsWhere(i -> Math.abs(all.inputs().get(i, 0)) <= 0.7f);
    RandomSplit not = new RandomSplit(all.select(easy), all.select(hard));
    double[] weights = new double[FEATURES];
    weights[0] = 1;
    Model innocent = linear(weights); // surer the further from the boundary
    assertThat(DatasetInference.of(not).verify(innocent).verdict(1e-6)).isEqualTo(Verdict.COPY);
  }

  @Test
  void a_blind_walk_counts_the_steps_to_the_boundary() {
    Model threshold =
        Models.ofLabels(
            "threshold",
            Shape.of(1),
            Domain.UNIT,
            2,
            inputs -> Arrays.stream(inputs).mapToInt(x -> x[0] > 0.5f ? 1 : 0).toArray());
    Examples examples = Examples.of(Batch.of(new float[] {0.72f}, new float[] {0.3f}), 1, 1);
    for (int seed = 0; seed < 20; seed++) {
      double[] taken = new Certainty.BlindWalk(1, 7, 0.1f, Seed.of(seed)).of(threshold, examples);
      assertThat(taken[0]).isIn(3.0, 7.0); // 0.72, 0.62, 0.52, or into the wall
      assertThat(taken[1]).isZero(); // wrong where it stands
    }
    double[] mean = new Certainty.BlindWalk(400, 7, 0.1f, Seed.of(1)).of(threshold, examples);
    assertThat(mean[0]).isCloseTo(5, within(0.5));
  }

  @Test
  void a_split_by_lot_leaves_nothing_out_and_follows_the_seed() {
    Examples all = data(50, 1).slice(10, 50);
    RandomSplit split = RandomSplit.of(all, 30, Seed.of(1));
    assertThat(split.members().count()).isEqualTo(30);
    assertThat(
            LongStream.concat(positions(split.members()), positions(split.heldOut()))
                .sorted()
                .toArray())
        .isEqualTo(positions(all).toArray());
    assertThat(RandomSplit.of(all, 30, Seed.of(1)).members().digest())
        .isEqualTo(split.members().digest());
    assertThat(RandomSplit.of(all, 30, Seed.of(2)).members().digest())
        .isNotEqualTo(split.members().digest());
  }

  private static LongStream positions(Examples examples) {
    return LongStream.range(0, examples.count()).map(i -> examples.inputs().example((int) i));
  }

  @Test
  void each_example_is_as_probable_a_member_as_any_other() {
    Examples all = data(8, 1);
    int[] drawn = new int[8];
    for (int lot = 0; lot < 4000; lot++) {
      positions(RandomSplit.of(all, 2, Seed.of(lot)).members()).forEach(i -> drawn[(int) i]++);
    }
    assertThat(Arrays.stream(drawn).boxed())
        .allSatisfy(times -> assertThat(times).isBetween(860, 1140));
  }

  @Test
  void parts_that_prove_nothing_are_refused() {
    Examples all = data(8, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RandomSplit.of(all, 8, Seed.of(1)))
        .withMessage("held-out examples must be at least 1, but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RandomSplit(all, all.as(Shape.of(2, 100))))
        .withMessage("both parts must have one shape, but had 200 and 2x100");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Certainty.BlindWalk(1, 1, Float.NaN, Seed.of(1)))
        .withMessage("stride must be finite and positive, but was NaN");
  }
}
