package io.gauntlet.defenses.certify.smoothing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

class SmoothedModelTest {
  private static final Noise NOISE = new Noise.Gaussian(1);
  private static final Mlp STEP =
      Mlp.linear(Domain.of(-5, 5), new float[][] {{0}, {1}}, new float[2]);
  private static final Batch INPUTS = Batch.of(new float[][] {{-1}, {0.3f}, {0.3f}, {5}});

  @Test
  void its_softmax_is_the_share_of_the_votes() {
    int draws = 10_000;
    Batch logits = SmoothedModel.of(STEP, NOISE, draws, Seed.of(1)).logits(INPUTS);
    for (int i = 0; i < INPUTS.rows(); i++) {
      double share = new NormalDistribution(null, 0, 1).cumulativeProbability(INPUTS.get(i, 0));
      assertThat(Math.exp(logits.get(i, 1))).isCloseTo(share, within(0.02));
      assertThat(Math.exp(logits.get(i, 0)) + Math.exp(logits.get(i, 1)))
          .isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void a_class_without_votes_keeps_a_finite_score() {
    SmoothedModel model = SmoothedModel.of(STEP, new Noise.Gaussian(0.1f), 10, Seed.of(1));
    Batch logits = model.logits(Batch.of(new float[] {5}));
    assertThat(logits.get(0, 0)).isCloseTo((float) Math.log(0.5 / 11), within(1e-6f));
    assertThat(logits.get(0, 1)).isCloseTo((float) Math.log(10.5 / 11), within(1e-6f));
  }

  @Test
  void the_same_input_gets_the_same_answer_and_the_next_one_other_noise() {
    SmoothedModel model = SmoothedModel.of(STEP, NOISE, 1000, Seed.of(1));
    assertThat(model.logits(INPUTS).buffer()).isEqualTo(model.logits(INPUTS).buffer());
    assertThat(model.logits(INPUTS.select(2)).row(0)).isEqualTo(model.logits(INPUTS).row(2));
    Batch next = Batch.of(new float[] {Math.nextUp(0.3f)}).standingFor(2);
    assertThat(model.logits(next).row(0)).isNotEqualTo(model.logits(INPUTS).row(2));
  }

  @Test
  void its_name_tells_base_noise_and_seed() {
    assertThat(SmoothedModel.of(STEP, NOISE, 7, Seed.of(1)).fingerprint())
        .contains(STEP.fingerprint(), "Gaussian[sigma=1.0]", "7 draws", "Seed[root=1]");
  }

  /** Draws with the stream that the view draws from, put into the definition. */
  @Test
  void the_soft_view_is_the_logarithm_of_the_mean_softmax() {
    Seed seed = Seed.of(9);
    Batch logits = SoftSmoothedModel.of(STEP, NOISE, 50, seed).logits(INPUTS);
    for (int i = 0; i < INPUTS.rows(); i++) {
      Batch copies =
          Votes.noisyCopies(NOISE, INPUTS.select(i), 50, seed.forExample(INPUTS.example(i)));
      double sum = 0;
      for (int j = 0; j < 50; j++) {
        sum += 1 / (1 + Math.exp(-copies.get(j, 0)));
      }
      assertThat(Math.exp(logits.get(i, 1))).isCloseTo(sum / 50, within(1e-6));
    }
  }

  /** Half-softmax of logits (0, 1000 x): the mean over copies would be 0 or 1 in float. */
  @Test
  void the_soft_view_stays_finite_where_every_copy_is_certain() {
    Mlp steep = Mlp.linear(Domain.of(-5, 5), new float[][] {{0}, {1000}}, new float[2]);
    SoftSmoothedModel model = SoftSmoothedModel.of(steep, new Noise.Uniform(1), 8, Seed.of(1));
    Batch x = Batch.of(new float[] {5});
    assertThat(model.logits(x).get(0, 0)).isFinite().isLessThan(-3000);
    try (var pass = model.forward(x)) {
      float slope = pass.backward(Batch.of(new float[] {1, 0})).get(0, 0);
      assertThat(slope).isCloseTo(-1000, within(1f));
    }
  }

  @Test
  void the_soft_view_gives_the_base_as_many_copies_as_it_likes() {
    SoftSmoothedModel model = SoftSmoothedModel.of(STEP, NOISE, 16, Seed.of(1));
    assertThat(model.concurrency().preferredBatch()).isEqualTo(4);
    assertThat(model.logits(INPUTS.select()).rows()).isZero();
  }

  @Test
  void no_draws_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SmoothedModel.of(STEP, NOISE, 0, Seed.of(1)))
        .withMessageContaining("draws must be at least 1, but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SoftSmoothedModel.of(STEP, NOISE, 0, Seed.of(1)))
        .withMessageContaining("draws must be at least 1, but was 0");
  }
}
