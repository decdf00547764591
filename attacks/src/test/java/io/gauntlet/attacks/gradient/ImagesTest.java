package io.gauntlet.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attack.Goal;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The linear maps of transfer attacks, and attacks through them on an image model. */
class ImagesTest {
  private static final ImageShape SHAPE = new ImageShape(2, 7, 9);
  private static final Images IMAGES = new Images(SHAPE);
  private final RandomGenerator random = Seed.of(4).forExample(0);

  private float[] noise() {
    float[] image = new float[2 * 7 * 9];
    for (int j = 0; j < image.length; j++) {
      image[j] = (float) random.nextGaussian();
    }
    return image;
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += (double) a[j] * b[j];
    }
    return sum;
  }

  @Test
  void the_way_back_is_the_transpose_of_the_way_there() {
    for (int draw = 0; draw < 50; draw++) {
      Images.Shrinking shrinking = IMAGES.shrinking(0.5f, random);
      float[] x = noise();
      float[] y = noise();
      float[] there = x.clone();
      float[] back = y.clone();
      shrinking.apply(there);
      shrinking.applyTransposed(back);
      assertThat(product(there, y)).isCloseTo(product(x, back), within(1e-4));
    }
  }

  @Test
  void full_size_is_the_image_itself() {
    float[] x = noise();
    float[] same = x.clone();
    IMAGES.shrinking(1, random).apply(same);
    assertThat(same).containsExactly(x);
  }

  @Test
  void a_shrunk_constant_is_constant_where_it_is_and_zero_elsewhere() {
    float[] image = new float[2 * 7 * 9];
    Arrays.fill(image, 3);
    new Images.Shrinking(SHAPE, 4, 5, 2, 3).apply(image);
    for (int j = 0; j < image.length; j++) {
      int row = j / 9 % 7;
      int column = j % 9;
      boolean inside = row >= 2 && row < 6 && column >= 3 && column < 8;
      assertThat(image[j]).isCloseTo(inside ? 3 : 0, within(1e-6f));
    }
  }

  @Test
  void blur_spreads_a_point_into_a_gaussian_that_keeps_its_sum() {
    float[] point = new float[2 * 7 * 9];
    point[3 * 9 + 4] = 1;
    IMAGES.blur(point, 5);
    double sum = 0;
    for (int j = 0; j < 63; j++) {
      sum += point[j];
    }
    assertThat(sum).isCloseTo(1, within(1e-6));
    assertThat(point[3 * 9 + 3]).isEqualTo(point[3 * 9 + 5]).isEqualTo(point[2 * 9 + 4]);
    double one = Math.exp(-0.5 * 1.5 * 1.5); // three deviations are two pixels
    assertThat(point[3 * 9 + 3] / point[3 * 9 + 4]).isCloseTo((float) one, within(1e-6f));
    assertThat(point[63 + 3 * 9 + 4]).isZero();
  }

  @Test
  void every_variant_stays_inside_and_is_the_same_in_any_batch() {
    Shape shape = Shape.of(2, 7, 9);
    float[][] weights = {noise(), noise(), noise()};
    Mlp model = Mlp.of(shape, Domain.UNIT, List.of(Mlp.Dense.of(weights, new float[] {0, 0, 0})));
    float[][] rows = new float[4][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = noise();
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = Domain.UNIT.clip(j, rows[i][j]);
      }
    }
    Batch clean = Batch.of(rows);
    int[] right = new int[4];
    Arrays.setAll(right, i -> model.logits(clean).argmax(i));
    Goal goal = new Goal.Untargeted(Labels.of(right));
    for (MiFgsm attack :
        List.of(
            MiFgsm.standard(),
            MiFgsm.nesterov(),
            MiFgsm.diverse(),
            MiFgsm.translationInvariant(),
            MiFgsm.translationInvariant().withEffort(Effort.UNTIL_FOOLED))) {
      for (ThreatModel threat : List.of(ThreatModel.linf(0.2f), ThreatModel.l2(0.5f))) {
        Neighbourhood allowed = threat.around(clean, Domain.UNIT);
        Batch found = attack.perturb(model, allowed, goal, Seed.of(1));
        for (int i = 0; i < 4; i++) {
          assertThat(allowed.contains(found, i)).isTrue();
          Batch alone =
              attack.perturb(model, threat.around(clean.select(i), Domain.UNIT), goal, Seed.of(1));
          assertThat(alone.row(0)).as("%s", attack).containsExactly(found.row(i));
        }
      }
    }
  }

  @Test
  void diversity_and_blur_are_for_images() {
    Mlp table = Mlp.linear(Domain.UNIT, new float[][] {{0, 0}, {1, 1}}, new float[] {0, -1.5f});
    Neighbourhood allowed =
        ThreatModel.linf(0.1f).around(Batch.of(new float[] {0.5f, 0.5f}), Domain.UNIT);
    assertThatThrownBy(
            () ->
                MiFgsm.diverse()
                    .perturb(table, allowed, new Goal.Untargeted(Labels.of(0)), Seed.of(1)))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "images must have the shape channels x height x width or height x width, but the model"
                + " takes 2");
  }

  @Test
  void titles_say_the_variant() {
    assertThat(MiFgsm.standard().title()).isEqualTo("MI-FGSM-10");
    assertThat(MiFgsm.nesterov().title()).isEqualTo("NI-FGSM-10");
    assertThat(MiFgsm.diverse().title()).isEqualTo("DI-MI-FGSM-10");
    assertThat(MiFgsm.translationInvariant().title()).isEqualTo("TI-DI-MI-FGSM-10");
  }
}
