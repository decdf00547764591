package io.gauntlet.attacks.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attacks.extraction.Extraction.Ending;
import io.gauntlet.attacks.image.Digits;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import java.util.List;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A thief without a single digit copies a network that reads digits. */
class DataFreeExtractionTest {
  private static final Judge JUDGE = Judge.of(Digits.net(), Digits.unseen());
  private static final Domain LATENTS = Domain.of(-4, 4);
  private static final DataFreeExtraction ATTACK = DataFreeExtraction.standard().withBatch(16);
  private static final int CYCLE = 16 * (2 + 5);

  private static Oracle oracle(long budget) {
    return Oracle.of(Digits.net(), new Disclosure.Scores(), budget);
  }

  private static TrainableNet student(float rate, long seed) {
    return new TrainableNet(Digits.SHAPE, Domain.UNIT, 32, 10, rate, Seed.of(seed));
  }

  private static TrainableNet generator(float rate, long seed) {
    return new TrainableNet(Shape.of(32), LATENTS, 64, 64, rate, Seed.of(seed + 100));
  }

  private static Extraction<TrainableNet> stolen(DataFreeExtraction attack, long budget) {
    return stolen(attack, budget, generator(0.003f, 1), 1);
  }

  private static Extraction<TrainableNet> stolen(
      DataFreeExtraction attack, long budget, TrainableModel generator, long seed) {
    return attack.extract(oracle(budget), student(0.01f, seed), generator, JUDGE, Seed.of(seed));
  }

  /** Makes uniform noise of latents, and counts what it should have learnt. */
  private static final class Noise implements TrainableModel {
    private final NormalDistribution normal = new NormalDistribution();
    private int steps;

    @Override
    public Shape inputShape() {
      return Shape.of(64);
    }

    @Override
    public Domain domain() {
      return LATENTS;
    }

    @Override
    public int classes() {
      return 64;
    }

    @Override
    public Batch logits(Batch latents) {
      return latents.editRows(
          (i, latent) -> {
            for (int j = 0; j < latent.length; j++) {
              double uniform = normal.cumulativeProbability(latent[j]);
              latent[j] = (float) (Math.log(uniform / (1 - uniform)) / 2); // tanh undoes it
            }
          });
    }

    @Override
    public ForwardPass forward(Batch latents) {
      throw new AssertionError("nobody differentiates a generator by its latents");
    }

    @Override
    public double train(Batch latents, LogitLoss loss) {
      steps++;
      Batch values = loss.values(logits(latents));
      return values.get(0, 0);
    }
  }

  @Test
  void what_the_generator_learns_to_ask_buys_more_than_uniform_noise() {
    double generated = 0;
    double noise = 0;
    for (long seed = 1; seed <= 5; seed++) {
      generated += bought(ATTACK, generator(0.001f, seed), seed);
      noise += bought(ATTACK.withGeneratorSteps(0), new Noise(), seed);
    }
    assertThat(generated / 5).isGreaterThan(0.95).isGreaterThan(noise / 5);
  }

  private static double bought(DataFreeExtraction attack, TrainableModel generator, long seed) {
    TrainableNet copy = student(0.03f, seed);
    attack.extract(oracle(50_000), copy, generator, JUDGE, Seed.of(seed));
    return JUDGE.agreement(copy).rate();
  }

  @Test
  void standard_is_the_papers() {
    assertThat(DataFreeExtraction.standard())
        .isEqualTo(new DataFreeExtraction(256, 1, 5, 1, 0.001f, 10));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 17, CYCLE - 1, CYCLE, CYCLE + 1, 3 * CYCLE + 50})
  void every_budget_is_spent_to_the_last_query(int budget) {
    Recorded victim = new Recorded(Digits.net());
    Extraction<TrainableNet> stolen =
        ATTACK.extract(
            Oracle.of(victim, new Disclosure.Scores(), budget),
            student(0.01f, 1),
            generator(0.003f, 1),
            JUDGE,
            Seed.of(1));
    assertThat(stolen.queries()).isEqualTo(budget);
    assertThat(victim.asked).hasSize(budget);
    assertThat(stolen.ending()).isEqualTo(Ending.BUDGET_SPENT);
    assertThat(stolen.curve().get(stolen.curve().size() - 1))
        .isEqualTo(new Extraction.Point(budget, JUDGE.agreement(stolen.surrogate())));
  }

  @ParameterizedTest
  @CsvSource({"111, 0", "112, 1", "223, 1", "224, 2"})
  void the_generator_learns_only_what_there_is_budget_left_to_use(int budget, int steps) {
    Noise generator = new Noise();
    stolen(ATTACK, budget, generator, 1);
    assertThat(generator.steps).isEqualTo(steps);
  }

  @Test
  void the_copy_is_measured_after_equal_parts_of_the_budget() {
    assertThat(stolen(ATTACK.withRounds(4), 4 * CYCLE).curve())
        .extracting(Extraction.Point::queries)
        .containsExactly(1L * CYCLE, 2L * CYCLE, 3L * CYCLE, 4L * CYCLE);
  }

  @Test
  void what_a_former_theft_has_spent_is_not_spent_again() {
    Oracle oracle = oracle(500);
    oracle.ask(Digits.unseen().inputs().slice(0, 300));
    assertThat(
            ATTACK
                .extract(oracle, student(0.01f, 1), generator(0.003f, 1), JUDGE, Seed.of(1))
                .queries())
        .isEqualTo(200);
    assertThatThrownBy(
            () ->
                ATTACK.extract(oracle, student(0.01f, 1), generator(0.003f, 1), JUDGE, Seed.of(1)))
        .hasMessage("remaining query budget must be at least 1, but was 0");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void what_a_busy_victim_is_asked_again_comes_off_the_budget(int every) {
    Oracle oracle = Oracle.of(new Busy(Digits.net(), every), new Disclosure.Scores(), 500);
    Extraction<TrainableNet> stolen =
        ATTACK.extract(oracle, student(0.01f, 1), generator(0.003f, 1), JUDGE, Seed.of(1));
    assertThat(stolen.ending()).isEqualTo(Ending.BUDGET_SPENT);
    assertThat(stolen.queries()).isEqualTo(oracle.queries()).isBetween(484L, 500L);
  }

  @Test
  void the_same_seed_steals_the_same_and_another_one_something_else() {
    Batch unseen = Digits.unseen().inputs();
    Batch first = stolen(ATTACK, 500).surrogate().logits(unseen);
    assertThat(stolen(ATTACK, 500).surrogate().logits(unseen).buffer()).isEqualTo(first.buffer());
    Batch other =
        ATTACK
            .extract(oracle(500), student(0.01f, 1), generator(0.003f, 1), JUDGE, Seed.of(2))
            .surrogate()
            .logits(unseen);
    assertThat(other.buffer()).isNotEqualTo(first.buffer());
  }

  @Test
  void a_victim_that_withholds_scores_is_refused_before_anything_is_asked() {
    for (Disclosure less : List.of(new Disclosure.LabelOnly(), new Disclosure.TopK(3))) {
      Oracle oracle = Oracle.of(Digits.net(), less, 500);
      assertThatThrownBy(
              () ->
                  ATTACK.extract(
                      oracle, student(0.01f, 1), generator(0.003f, 1), JUDGE, Seed.of(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "data-free extraction needs the scores of all classes, but the victim reveals "
                  + less);
      assertThat(oracle.queries()).isZero();
    }
  }

  @Test
  void what_does_not_fit_is_refused_before_anything_is_asked() {
    Oracle oracle = oracle(500);
    TrainableNet nine = new TrainableNet(Digits.SHAPE, Domain.UNIT, 4, 9, Seed.of(1));
    assertThatThrownBy(() -> ATTACK.extract(oracle, nine, generator(0.003f, 1), JUDGE, Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("victim and surrogate must have equal class counts, but they were 10 and 9");
    TrainableNet narrow = new TrainableNet(Shape.of(32), LATENTS, 4, 63, Seed.of(1));
    assertThatThrownBy(() -> ATTACK.extract(oracle, student(0.01f, 1), narrow, JUDGE, Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the generator must have one output for each of the victim's 64 features, but had 63");
    assertThat(oracle.queries()).isZero();
  }

  @Test
  void who_learns_too_fast_is_named() {
    assertThatThrownBy(
            () ->
                ATTACK.extract(
                    oracle(2000), student(1e30f, 1), generator(0.003f, 1), JUDGE, Seed.of(1)))
        .isInstanceOf(ModelException.class)
        .hasMessageMatching(
            "the (surrogate|generator)'s loss must be finite, but after \\d+ queries it was .*:"
                + " .*");
    assertThatThrownBy(() -> stolen(ATTACK, 2000, generator(Float.NaN, 1), 1))
        .isInstanceOf(ModelException.class)
        .hasMessage("the generator's outputs must be numbers, but output 0 of example 0 was NaN");
  }

  @Test
  void raw_outputs_reach_every_corner_of_the_domain_and_nothing_beyond() {
    Domain domain = Domain.perFeature(List.of(new Range(-1, 1), new Range(10, 40)));
    Generator generator =
        new Generator(new TrainableNet(Shape.of(3), LATENTS, 4, 2, Seed.of(1)), domain);
    Batch raw =
        Batch.of(
            new float[] {0, 0},
            new float[] {-1e9f, 1e9f},
            new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY});
    Batch inputs = generator.squashed(raw);
    assertThat(inputs.row(0)).containsExactly(0, 25);
    assertThat(inputs.row(1)).containsExactly(-1, 40);
    assertThat(inputs.row(2)).containsExactly(1, 10);
  }

  @Test
  void latents_are_standard_normal_within_the_generators_domain() {
    TrainableNet network = new TrainableNet(Shape.of(50), Domain.of(-1, 5), 1, 2, Seed.of(1));
    Batch latents = new Generator(network, Domain.UNIT).latents(400, Seed.of(1));
    network.domain().check(latents);
    int clipped = 0;
    int positive = 0;
    for (int i = 0; i < latents.rows(); i++) {
      for (int j = 0; j < latents.width(); j++) {
        clipped += latents.get(i, j) == -1 ? 1 : 0;
        positive += latents.get(i, j) > 0 ? 1 : 0;
      }
    }
    assertThat(clipped / 20_000.0).isCloseTo(0.1587, within(0.01));
    assertThat(positive / 20_000.0).isCloseTo(0.5, within(0.015));
  }

  @Test
  void hyperparameters_are_checked() {
    assertThatThrownBy(() -> ATTACK.withBatch(0)).hasMessageContaining("batch");
    assertThatThrownBy(() -> ATTACK.withGeneratorSteps(-1)).hasMessageContaining("generatorSteps");
    assertThatThrownBy(() -> ATTACK.withSurrogateSteps(0)).hasMessageContaining("surrogateSteps");
    assertThatThrownBy(() -> ATTACK.withDirections(0)).hasMessageContaining("directions");
    assertThatThrownBy(() -> ATTACK.withDifference(0)).hasMessageContaining("difference");
    assertThatThrownBy(() -> ATTACK.withDifference(Float.NaN)).hasMessageContaining("difference");
    assertThatThrownBy(() -> ATTACK.withRounds(0)).hasMessageContaining("rounds");
  }
}
