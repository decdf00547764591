package io.gauntlet.attacks.corruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.Recorder;
import io.gauntlet.attacks.image.Digits;
import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CorruptionTest {
  private static final ImageShape LINE = new ImageShape(1, 1, 4);
  private static final ImageShape COLOURS = new ImageShape(3, 1, 2);

  private static float[] filtered(ImageShape image, Kind kind, float level, float... x) {
    float[] copy = x.clone();
    new Filter(image).apply(kind, level, copy, Seed.of(1).forExample(0));
    return copy;
  }

  @Test
  void brightness_adds() {
    assertThat(filtered(LINE, Kind.BRIGHTER, 0.25f, 0, 0.5f, 1, 0.25f))
        .containsExactly(0.25f, 0.75f, 1.25f, 0.5f);
    assertThat(filtered(LINE, Kind.DARKER, 0.25f, 0, 0.5f, 1, 0.25f))
        .containsExactly(-0.25f, 0.25f, 0.75f, 0);
  }

  @Test
  void contrast_goes_to_the_mean() {
    assertThat(filtered(LINE, Kind.CONTRAST, 0.5f, 0, 0.5f, 1, 0.5f))
        .containsExactly(0.25f, 0.5f, 0.75f, 0.5f);
    assertThat(filtered(LINE, Kind.CONTRAST, 1, 0, 0.5f, 1, 0.5f)).containsOnly(0.5f);
  }

  @Test
  void a_box_is_the_mean_of_what_it_reaches() {
    // a quarter of the shorter side of 4 is one pixel each way; the rim goes on beyond itself
    ImageShape square = new ImageShape(1, 4, 4);
    float[] point = new float[16];
    point[5] = 9;
    assertThat(filtered(square, Kind.BOX_BLUR, 0.25f, point))
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0);
    float[] corner = new float[16];
    corner[0] = 9;
    assertThat(filtered(square, Kind.BOX_BLUR, 0.25f, corner))
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(4, 2, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void a_box_that_reaches_half_a_pixel_counts_it_half() {
    ImageShape square = new ImageShape(1, 5, 5);
    float[] point = new float[25];
    point[12] = 16;
    float[] found = filtered(square, Kind.BOX_BLUR, 0.1f, point);
    assertThat(found[12]).isCloseTo(4, within(1e-5f)); // weights 1/4, 1/2, 1/4 each way
    assertThat(found[11]).isCloseTo(2, within(1e-5f));
    assertThat(found[6]).isCloseTo(1, within(1e-5f));
  }

  @Test
  void a_gaussian_is_the_convolution_worked_out_by_hand() {
    int side = 9;
    ImageShape square = new ImageShape(1, side, side);
    RandomGenerator random = Seed.of(4).forExample(0);
    float[] x = new float[side * side];
    for (int j = 0; j < x.length; j++) {
      x[j] = random.nextFloat();
    }
    double deviation = 0.1 * side;
    float[] found = filtered(square, Kind.GAUSSIAN_BLUR, 0.1f, x);
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        double sum = 0;
        double weights = 0;
        for (int down = -8; down <= 8; down++) {
          for (int right = -8; right <= 8; right++) {
            double weight = Math.exp(-(down * down + right * right) / (2 * deviation * deviation));
            int i = Math.min(side - 1, Math.max(0, row + down));
            int j = Math.min(side - 1, Math.max(0, column + right));
            sum += weight * x[i * side + j];
            weights += weight;
          }
        }
        assertThat((double) found[row * side + column]).isCloseTo(sum / weights, within(2e-4));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GAUSSIAN_BLUR", "BOX_BLUR", "CONTRAST", "FADE"})
  void an_even_grey_image_stays_what_it_is(Kind kind) {
    float[] even = new float[3 * 25];
    Arrays.fill(even, 0.5f);
    assertThat(filtered(new ImageShape(3, 5, 5), kind, 0.4f, even))
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(even);
  }

  @Test
  void a_third_of_a_turn_of_hue_makes_red_green_and_green_blue() {
    float[] found = filtered(COLOURS, Kind.HUE, 2 / 3f, 1, 0.5f, 0.25f, 0.5f, 0, 0.5f);
    assertThat(found)
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(0, 0.5f, 1, 0.5f, 0.25f, 0.5f);
  }

  @Test
  void fading_ends_at_grey() {
    float grey = 0.299f * 1 + 0.587f * 0.25f;
    assertThat(filtered(COLOURS, Kind.FADE, 1, 1, 0, 0.25f, 0, 0, 0))
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(grey, 0, grey, 0, grey, 0);
  }

  @Test
  void noise_has_the_size_it_says() {
    ImageShape large = new ImageShape(1, 100, 100);
    float[] quarter = new float[10_000];
    Arrays.fill(quarter, 0.25f);
    assertThat(deviation(filtered(large, Kind.GAUSSIAN_NOISE, 0.1f, quarter), 0.25))
        .isCloseTo(0.1, within(0.003));
    assertThat(deviation(filtered(large, Kind.SHOT_NOISE, 0.1f, quarter), 0.25))
        .isCloseTo(0.05, within(0.0015)); // times the root of a quarter
    assertThat(filtered(large, Kind.SHOT_NOISE, 0.1f, new float[10_000])).containsOnly(0);
    float[] spoilt = filtered(large, Kind.SALT_AND_PEPPER, 0.1f, quarter);
    int salt = 0;
    int pepper = 0;
    for (float v : spoilt) {
      salt += v == 1 ? 1 : 0;
      pepper += v == 0 ? 1 : 0;
    }
    assertThat(salt).isBetween(430, 570);
    assertThat(pepper).isBetween(430, 570);
  }

  private static double deviation(float[] x, double mean) {
    double sum = 0;
    for (float v : x) {
      sum += (v - mean) * (v - mean);
    }
    return Math.sqrt(sum / x.length);
  }

  @Test
  void more_salt_keeps_the_salt_there_was() {
    ImageShape large = new ImageShape(1, 100, 100);
    float[] quarter = new float[10_000];
    Arrays.fill(quarter, 0.25f);
    float[] little = filtered(large, Kind.SALT_AND_PEPPER, 0.1f, quarter);
    float[] much = filtered(large, Kind.SALT_AND_PEPPER, 0.3f, quarter);
    for (int j = 0; j < little.length; j++) {
      if (little[j] != 0.25f) {
        assertThat(much[j]).isEqualTo(little[j]);
      }
    }
  }

  /** One pixel, class 1 above 0.5 in a domain from -1 to 3. */
  private static final Mlp THRESHOLD =
      Mlp.of(
          Shape.of(1, 1),
          Domain.of(-1, 3),
          List.of(Mlp.Dense.of(new float[][] {{0}, {1}}, new float[] {0.5f, 0})));

  @Test
  void levels_are_shares_of_the_domain_and_the_first_that_fools_is_the_last_asked() {
    Recorder model = new Recorder(THRESHOLD);
    Corruption brighter = Corruption.standard(Kind.BRIGHTER).withLevels(0.125f, 0.25f, 0.5f);
    for (ThreatModel threat : List.of(ThreatModel.linf(3), ThreatModel.unbounded(Norm.linf()))) {
      Neighbourhood allowed = threat.around(Batch.of(new float[] {-0.25f}), model.domain());
      Goal goal = new Goal.Untargeted(Labels.of(0));
      model.asked().clear();
      Batch found = brighter.perturb(model, allowed, goal, Seed.of(1));
      assertThat(found.row(0)).containsExactly(0.75f);
      assertThat(model.asked().get(0L)).containsExactly(List.of(0.25f), List.of(0.75f));
    }
  }

  @Test
  void a_level_outside_the_ball_is_not_asked() {
    Recorder model = new Recorder(THRESHOLD);
    Neighbourhood allowed =
        ThreatModel.linf(0.6f).around(Batch.of(new float[] {-0.25f}), model.domain());
    Goal goal = new Goal.Untargeted(Labels.of(0));
    Corruption brighter = Corruption.standard(Kind.BRIGHTER).withLevels(0.125f, 0.25f, 0.5f);
    Batch found = brighter.perturb(model, allowed, goal, Seed.of(1));
    assertThat(model.asked().get(0L)).containsExactly(List.of(0.25f));
    assertThat(found.row(0)).as("nearest to being fooled").containsExactly(0.25f);
  }

  @Test
  void every_kind_that_grey_digits_can_suffer_fools_some_and_costs_its_levels() {
    List<Corruption> all = Corruption.all(Digits.SHAPE);
    assertThat(all).extracting(Corruption::kind).doesNotContain(Kind.FADE, Kind.HUE).hasSize(8);
    for (Corruption corruption : all) {
      RobustnessReport report =
          Robustness.of(Digits.net())
              .under(ThreatModel.unbounded(Norm.l2()))
              .attackedBy(corruption)
              .evaluate(Digits.unseen().first(200));
      AttackSummary summary = report.attacks().get(0);
      assertThat(summary.fooled()).as(corruption.title()).isPositive();
      assertThat(summary.forwardQueries()).isLessThan(10L * summary.attempted());
    }
  }

  @Test
  void colours_can_suffer_all_kinds_and_grey_images_refuse_some_by_name() {
    assertThat(Corruption.all(Shape.of(3, 8, 8))).hasSize(Kind.values().length);
    Neighbourhood allowed = ThreatModel.linf(1).around(Batch.of(new float[] {0}), Domain.UNIT);
    Goal goal = new Goal.Untargeted(Labels.of(0));
    assertThatThrownBy(
            () -> Corruption.standard(Kind.HUE).perturb(THRESHOLD, allowed, goal, Seed.of(1)))
        .hasMessage("HUE needs images of three channels, but the model takes 1x1x1");
  }

  @Test
  void standard_levels_are_ten_and_end_at_the_strongest() {
    for (Kind kind : Kind.values()) {
      List<Float> levels = Corruption.standard(kind).levels();
      assertThat(levels).hasSize(10);
      assertThat(levels.get(9)).isEqualTo((float) kind.strongest());
    }
  }

  @Test
  void standard_levels_read_well() {
    assertThat(Corruption.standard(Kind.SALT_AND_PEPPER).levels())
        .hasToString("[0.03, 0.06, 0.09, 0.12, 0.15, 0.18, 0.21, 0.24, 0.27, 0.3]");
  }

  @Test
  void its_name_carries_kind_and_levels() {
    Corruption corruption = new Corruption(Kind.SALT_AND_PEPPER, List.of(0.25f, 0.5f));
    assertThat(corruption.title()).isEqualTo("Salt and pepper");
    assertThat(corruption).hasToString("Corruption[kind=SALT_AND_PEPPER, levels=[0.25, 0.5]]");
  }

  @Test
  void bad_levels_are_named() {
    Corruption good = Corruption.standard(Kind.FADE);
    for (Float[] bad :
        new Float[][] {{0f}, {-0.5f}, {1.5f}, {0.5f, 0.5f}, {0.5f, 0.25f}, {0.5f, Float.NaN}}) {
      assertThatThrownBy(() -> good.withLevels(bad))
          .isExactlyInstanceOf(IllegalArgumentException.class)
          .hasMessage("levels must ascend above 0 and up to 1, but were " + List.of(bad));
    }
    assertThatThrownBy(good::withLevels)
        .hasMessage("a corruption needs at least one level, but had none");
  }
}
