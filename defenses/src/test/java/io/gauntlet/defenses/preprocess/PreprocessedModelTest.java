package io.gauntlet.defenses.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Range;
import io.gauntlet.model.SelfCheck;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PreprocessedModelTest {
  private static final Shape SHAPE = Shape.of(1, 6, 6);
  private static final Labels LABELS = Labels.of(0, 1, 2, 0, 1);
  private static final Batch IMAGES = Noise.images(5, 36, 1);

  private static Mlp net(Domain domain) {
    RandomGenerator random = Seed.of(7).forExample(0);
    return Mlp.of(
        SHAPE,
        domain,
        List.of(
            Mlp.Dense.of(weights(12, 36, random), new float[12]),
            Mlp.Dense.of(weights(3, 12, random), new float[3])));
  }

  private static float[][] weights(int outputs, int inputs, RandomGenerator random) {
    float[][] weights = new float[outputs][inputs];
    for (float[] row : weights) {
      for (int i = 0; i < inputs; i++) {
        row[i] = (float) (random.nextGaussian() / Math.sqrt(inputs));
      }
    }
    return weights;
  }

  private static final Mlp NET = net(Domain.UNIT);

  @Test
  void answers_through_all_stages_in_order() {
    PreprocessedModel model =
        PreprocessedModel.of(NET, new GaussianSmoothing(0.7f), new BitDepth(1));
    Draw draw = Draw.of(Seed.of(0), IMAGES);
    Batch smooth = new GaussianSmoothing(0.7f).apply(IMAGES, SHAPE, draw);
    Batch seen = new BitDepth(1).apply(smooth, SHAPE, draw);
    assertThat(model.logits(IMAGES).buffer()).isEqualTo(NET.logits(seen).buffer());
    assertThat(model.naive()).isSameAs(NET);
    assertThat(model.adaptive(LABELS).logits(IMAGES).buffer())
        .isEqualTo(model.logits(IMAGES).buffer());
    assertThat(model.route())
        .isEqualTo(
            "GaussianSmoothing[deviation=0.7]: exact gradient; BitDepth[bits=1]: BPDA, the"
                + " identity in place of the rounding's derivative");
  }

  @Test
  void gradients_through_exact_stages_are_the_slopes_in_any_domain() {
    SelfCheck check = SelfCheck.standard().withDraws(8);
    List<Range> ranges = new ArrayList<>();
    for (int j = 0; j < 36; j++) {
      ranges.add(new Range(-1 - j % 3, 2 + j));
    }
    for (Domain domain :
        List.of(Domain.UNIT, Domain.of(-1, 1), Domain.of(0, 255), Domain.perFeature(ranges))) {
      PreprocessedModel model =
          PreprocessedModel.of(net(domain), new GaussianSmoothing(0.6f), new MedianSmoothing(3));
      assertThat(check.examine(model.adaptive(LABELS))).isEmpty();
    }
  }

  @Test
  void another_domain_is_scaled_there_and_back() {
    Batch bytes = IMAGES.times(255);
    PreprocessedModel scaled = PreprocessedModel.of(net(Domain.of(0, 255)), new BitDepth(3));
    Draw draw = Draw.of(Seed.of(0), IMAGES);
    Batch expected = NET.logits(new BitDepth(3).apply(IMAGES, SHAPE, draw)).times(255);
    Batch found = scaled.logits(bytes); // the net has no bias, so that logits scale too
    for (int j = 0; j < 3; j++) {
      assertThat(found.get(2, j)).isCloseTo(expected.get(2, j), within(1e-3f));
    }
  }

  @Test
  void where_there_is_no_slope_attackers_follow_that_of_the_net_at_what_it_sees() {
    DifferentiableModel view = PreprocessedModel.of(NET, new BitDepth(2)).adaptive(LABELS);
    Batch seen = new BitDepth(2).apply(IMAGES, SHAPE, Draw.of(Seed.of(0), IMAGES));
    CrossEntropy loss = new CrossEntropy(LABELS);
    assertThat(view.gradient(IMAGES, loss).byInput().buffer())
        .isEqualTo(NET.gradient(seen, loss).byInput().buffer());
  }

  @Test
  void attackers_get_the_mean_over_their_draws_of_logits_losses_and_gradients() {
    RandomResizePad pad = new RandomResizePad(0.5f);
    CrossEntropy loss = new CrossEntropy(LABELS);
    PreprocessedModel model = PreprocessedModel.of(NET, pad).withSeed(Seed.of(5));
    Batch logits = IMAGES.withValues(3, new float[15]);
    Batch losses = IMAGES.withValues(1, new float[5]);
    Batch slopes = IMAGES.times(0);
    DifferentiableModel once = model.withDraws(1).adaptive(LABELS);
    for (int draw = 0; draw < 4; draw++) { // the same draws, one at a time
      Gradient gradient = once.gradient(IMAGES, loss);
      logits = logits.plus(gradient.logits());
      losses = losses.plus(gradient.losses());
      slopes = slopes.plus(gradient.byInput());
    }
    Gradient mean = model.withDraws(4).adaptive(LABELS).gradient(IMAGES, loss);
    assertClose(mean.logits(), logits.times(0.25f));
    assertClose(mean.losses(), losses.times(0.25f));
    assertClose(mean.byInput(), slopes.times(0.25f));
    assertThat(model.route()).endsWith("EOT, mean over 10 draws");
    assertThat(model.adaptive(LABELS).concurrency().preferredBatch())
        .isEqualTo(NET.concurrency().preferredBatch() / 10);
  }

  @Test
  void the_jacobian_of_the_mean_is_the_mean_of_the_jacobians() {
    PreprocessedModel model = PreprocessedModel.of(NET, new RandomResizePad(0.5f)).withDraws(6);
    try (ForwardPass pass = model.adaptive(LABELS).forward(IMAGES)) {
      Batch weights = pass.logits();
      Batch slope = pass.backward(weights);
      Batch direction = Noise.images(5, 36, 9);
      float step = 1e-3f;
      Batch up = model.adaptive(LABELS).logits(IMAGES.plus(direction.times(step))); // same draws
      Batch change = up.minus(weights).times(1 / step);
      for (int row = 0; row < 5; row++) {
        assertThat(Noise.dot(slope, direction, row))
            .isCloseTo(Noise.dot(change, weights, row), within(2e-3));
      }
    }
  }

  private static void assertClose(Batch found, Batch expected) {
    for (int row = 0; row < expected.rows(); row++) {
      assertThat(found.row(row)).containsExactly(expected.row(row), within(1e-5f));
    }
  }

  @Test
  void every_question_draws_afresh_and_a_new_model_repeats_the_old_ones_draws() {
    PreprocessedModel model = PreprocessedModel.of(NET, new RandomResizePad(0.5f));
    Batch first = model.logits(IMAGES);
    Batch second = model.logits(IMAGES);
    assertThat(second.buffer()).isNotEqualTo(first.buffer());
    PreprocessedModel again = model.withDraws(10);
    assertThat(again.logits(IMAGES).buffer()).isEqualTo(first.buffer());
    assertThat(again.logits(IMAGES).buffer()).isEqualTo(second.buffer());
    assertThat(model.withSeed(Seed.of(1)).logits(IMAGES).buffer()).isNotEqualTo(first.buffer());
    assertThat(model.withDraws(1).adaptive(LABELS).logits(IMAGES).buffer())
        .isNotEqualTo(first.buffer()); // attackers cannot foresee the model's draws
  }

  @Test
  void draws_do_not_depend_on_batch_order_or_thread() throws Exception {
    PreprocessedModel model = PreprocessedModel.of(NET, new RandomResizePad(0.5f));
    Batch first = model.logits(IMAGES);
    Batch second = model.logits(IMAGES);
    PreprocessedModel other = model.withDraws(10);
    Batch twice = other.logits(IMAGES.select(4, 4));
    assertThat(twice.row(0)).containsExactly(first.row(4));
    assertThat(twice.row(1)).containsExactly(second.row(4));
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Batch>> tasks = new ArrayList<>();
      for (int row = 3; row >= 0; row--) {
        Batch alone = IMAGES.select(row);
        tasks.add(
            () -> {
              other.logits(alone);
              return other.logits(alone);
            });
      }
      List<Future<Batch>> answers = pool.invokeAll(tasks);
      for (int i = 0; i < 4; i++) {
        assertThat(answers.get(i).get().row(0)).containsExactly(second.row(3 - i));
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void images_are_asked_for_when_the_model_is_made() {
    Mlp flat = Mlp.linear(Domain.UNIT, new float[2][36], new float[2]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreprocessedModel.of(flat, new BitDepth(3), new MedianSmoothing(3)))
        .withMessageContaining("but the model takes 36");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreprocessedModel.of(NET))
        .withMessageContaining("at least one stage");
    assertThat(PreprocessedModel.of(flat, new BitDepth(3)).classes()).isEqualTo(2);
  }

  @Test
  void the_fingerprint_tells_stages_and_seeds_apart() {
    PreprocessedModel model = PreprocessedModel.of(NET, new BitDepth(3));
    assertThat(model.fingerprint()).startsWith(NET.fingerprint());
    assertThat(PreprocessedModel.of(NET, new BitDepth(4)).fingerprint())
        .isNotEqualTo(model.fingerprint());
    assertThat(model.withSeed(Seed.of(1)).fingerprint()).isNotEqualTo(model.fingerprint());
  }
}
