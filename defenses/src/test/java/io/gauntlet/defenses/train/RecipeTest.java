package io.gauntlet.defenses.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeTest {
  private static final float EPSILON = 0.1f;
  private static final float RATE = 0.5f;
  private static final Seed SEED = Seed.of(1);
  private static final Batch CLEAN =
      Batch.of(new float[] {0.5f, 0.4f}, new float[] {0.3f, 0.7f}, new float[] {0.03f, 0.04f});
  private static final Labels LABELS = Labels.of(0, 1, 1);
  private static final LogitLoss LOSS = new CrossEntropy(LABELS);

  private final LinearLearner model = new LinearLearner(RATE, 0);
  private final Neighbourhood allowed = ThreatModel.linf(EPSILON).around(CLEAN, Domain.UNIT);

  /** The worst case of a linear model: every feature moves against the label, as far as it may. */
  private static Batch worst(Batch clean) {
    float[][] towardsOne = {{-1, 1}}; // signs of w1 - w0 of LinearLearner
    return clean.editRows(
        (i, x) -> {
          for (int j = 0; j < x.length; j++) {
            float sign = (LABELS.atRow(i) == 0 ? 1 : -1) * towardsOne[0][j];
            x[j] = Math.min(1, Math.max(0, x[j] + EPSILON * sign));
          }
        });
  }

  private static void assertClose(Batch actual, Batch expected) {
    assertThat(actual.rows()).isEqualTo(expected.rows());
    for (int i = 0; i < expected.rows(); i++) {
      assertThat(actual.row(i)).containsExactly(expected.row(i), within(1e-6f));
    }
  }

  /** Where one step of plain gradient descent on these inputs leads. */
  private static Batch descended(Batch inputs) {
    LinearLearner fresh = new LinearLearner(RATE, 0);
    return fresh.parameters().minus(fresh.parameterGradient(inputs, LOSS).times(RATE));
  }

  @Test
  void standard_training_steps_down_the_loss_of_the_batch_as_it_is() {
    new StandardTraining().step(model, allowed, LABELS, SEED);
    assertClose(model.parameters(), descended(CLEAN));
  }

  @Test
  void adversarial_training_steps_down_the_loss_of_the_worst_case() {
    double loss =
        AdversarialTraining.against(ProjectedAscent.standard().withSteps(8))
            .step(model, allowed, LABELS, SEED);

    Batch worst = worst(CLEAN);
    assertClose(model.parameters(), descended(worst));
    Batch losses = LOSS.values(new LinearLearner(RATE, 0).logits(worst));
    assertThat(loss)
        .isCloseTo((losses.get(0, 0) + losses.get(1, 0) + losses.get(2, 0)) / 3, within(1e-6));
  }

  @Test
  void fast_training_takes_one_step_of_five_quarters_of_epsilon_from_a_start_in_the_whole_ball() {
    FastTraining.standard().step(model, allowed, LABELS, SEED);

    Batch start = ThreatModel.linf(EPSILON).around(CLEAN, Domain.of(-1, 2)).sample(SEED);
    assertThat(Math.min(start.get(2, 0), start.get(2, 1))).isNegative(); // outside the domain
    Batch signs = worst(CLEAN).minus(CLEAN);
    Batch reached =
        start.editRows(
            (i, x) -> {
              for (int j = 0; j < x.length; j++) {
                float near = CLEAN.get(i, j);
                float far = x[j] + 1.25f * EPSILON * Math.signum(signs.get(i, j));
                x[j] = Math.max(0, Math.min(near + EPSILON, Math.max(near - EPSILON, far)));
              }
            });
    assertClose(model.taught.get(0), reached);
    assertClose(model.parameters(), descended(reached));
  }

  @Test
  void free_training_replays_a_batch_and_moves_it_by_the_gradient_of_each_step() {
    FreeTraining free = FreeTraining.standard().withReplays(3).withStepSize(0.5f);
    double loss = free.step(model, allowed, LABELS, SEED);

    LinearLearner byHand = new LinearLearner(RATE, 0);
    Batch x = allowed.sample(SEED);
    double sum = 0;
    for (int replay = 0; replay < 3; replay++) {
      assertClose(model.taught.get(replay), x);
      Batch slope = byHand.gradient(x, LOSS).byInput();
      sum += byHand.train(x, LOSS);
      x = allowed.ascended(x, slope, 0.5f * EPSILON);
    }
    assertThat(model.taught).hasSize(3);
    assertClose(model.parameters(), byHand.parameters());
    assertThat(loss).isCloseTo(sum / 3, within(1e-6));
  }

  @Test
  void a_share_of_the_batch_stays_clean_another_one_for_every_seed() {
    Batch clean = random(40);
    Labels labels = Labels.of(clean, new int[40]);
    Neighbourhood around = ThreatModel.linf(EPSILON).around(clean, Domain.UNIT);
    AdversarialTraining<?> half = AdversarialTraining.standard().withCleanShare(0.5f);
    for (int seed = 0; seed < 2; seed++) {
      AdversarialTraining.standard()
          .withCleanShare(half.cleanShare())
          .step(model, around, labels, Seed.of(seed));
    }
    boolean[][] kept = new boolean[2][40];
    for (int seed = 0; seed < 2; seed++) {
      int count = 0;
      for (int i = 0; i < 40; i++) {
        kept[seed][i] = model.taught.get(seed).get(i, 0) == clean.get(i, 0);
        count += kept[seed][i] ? 1 : 0;
      }
      assertThat(count).isEqualTo(20);
    }
    assertThat(kept[1]).isNotEqualTo(kept[0]);
  }

  private static Batch random(int rows) {
    RandomGenerator random = SEED.forExample(0);
    float[][] values = new float[rows][LinearLearner.FEATURES];
    for (float[] row : values) {
      row[0] = 0.2f + 0.6f * random.nextFloat();
      row[1] = 0.2f + 0.6f * random.nextFloat();
    }
    return Batch.of(values);
  }

  @Test
  void a_batch_attacked_by_several_threads_is_the_one_that_a_single_thread_attacks() {
    Batch clean = random(37);
    Labels labels = Labels.of(clean, new int[37]);
    Neighbourhood around = ThreatModel.linf(EPSILON).around(clean, Domain.UNIT);
    LinearLearner shared = new LinearLearner(RATE, 0, new Concurrency(4, 5));
    LinearLearner alone = new LinearLearner(RATE, 0, new Concurrency(1, 5));
    AdversarialTraining.standard().withCleanShare(0).step(shared, around, labels, SEED);
    AdversarialTraining.standard().withCleanShare(0).step(alone, around, labels, SEED);
    assertThat(shared.taught.get(0).buffer()).isEqualTo(alone.taught.get(0).buffer());
    for (int i = 0; i < 37; i++) {
      assertThat(shared.taught.get(0).example(i)).isEqualTo(i);
    }
    assertThat(shared.parameters().row(0)).containsExactly(alone.parameters().row(0));
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.1f, 1, Float.NaN})
  void a_share_of_clean_examples_leaves_some_to_attack(float share) {
    assertThatThrownBy(() -> AdversarialTraining.standard().withCleanShare(share))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cleanShare must be at least 0 and below 1, but was " + share);
  }

  @Test
  void hyperparameters_are_checked() {
    assertThatThrownBy(() -> FreeTraining.standard().withReplays(1))
        .hasMessage("replays must be at least 2, but was 1");
    assertThatThrownBy(() -> FastTraining.standard().withStepSize(0))
        .hasMessage("stepSize must be finite and positive, but was 0.0");
    assertThatThrownBy(() -> ProjectedAscent.standard().withSteps(0))
        .hasMessage("steps must be at least 1, but was 0");
    assertThatThrownBy(() -> new Schedule.Cyclic(1))
        .hasMessage("peak must be between 0 and 1, but was 1.0");
  }
}
