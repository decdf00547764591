package io.gauntlet.attacks.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attacks.image.Digits;
import io.gauntlet.attacks.image.Placement;
import io.gauntlet.attacks.image.Pose;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdversarialPatchTest {
  private static final ThreatModel ANYTHING = ThreatModel.unbounded(Norm.l0());
  private static final AdversarialPatch RECIPE =
      AdversarialPatch.standard()
          .withShare(0.2f)
          .withEpochs(5)
          .withViews(new AdversarialPatch.Views(22.5f, 0.8f, 1.2f));

  private static Patch random(long seed, Patch like) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    float[] pixels = new float[like.pixels().width()];
    for (int j = 0; j < pixels.length; j++) {
      pixels[j] = random.nextFloat();
    }
    return new Patch(Batch.of(pixels), like.side(), like.form(), like.where(), "random");
  }

  private static double rate(Patch patch) {
    AttackSummary summary =
        Robustness.of(Digits.net())
            .under(ANYTHING)
            .attackedBy(patch)
            .evaluate(Digits.unseen())
            .attacks()
            .get(0);
    return (double) summary.fooled() / summary.attempted();
  }

  @ParameterizedTest
  @EnumSource
  void at_any_one_place_it_fools_unseen_digits_more_often_than_a_random_patch(Form form) {
    Patch patch = RECIPE.withForm(form).craft(Digits.net(), Digits.training(), Seed.of(1));
    double crafted = rate(patch.atRandom(1));
    assertThat(crafted).isGreaterThan(0.4);
    for (long seed = 1; seed <= 3; seed++) {
      assertThat(crafted).isGreaterThan(1.4 * rate(random(seed, patch).atRandom(1)));
    }
    assertThat(rate(patch)).as("ten places").isGreaterThan(crafted);
  }

  @Test
  void towards_a_class_it_leads_there_and_a_random_patch_does_not() {
    int target = 4;
    Patch patch =
        RECIPE.withShare(0.3f).towards(target).craft(Digits.net(), Digits.training(), Seed.of(1));
    int[] others =
        IntStream.range(0, Digits.unseen().count())
            .filter(row -> Digits.unseen().labels().atRow(row) != target)
            .toArray();
    Examples unseen = Digits.unseen().select(others);
    double there = rateTowards(target, patch.atRandom(1), unseen);
    assertThat(there).isGreaterThan(0.3);
    for (long seed = 1; seed <= 3; seed++) {
      double random = rateTowards(target, random(seed, patch).atRandom(1), unseen);
      assertThat(there).isGreaterThan(2 * random);
    }
  }

  private static double rateTowards(int target, Patch patch, Examples unseen) {
    int[] targets = new int[unseen.count()];
    Arrays.fill(targets, target);
    AttackSummary summary =
        Robustness.of(Digits.net())
            .under(ANYTHING)
            .attackedBy(patch)
            .towards(Labels.of(unseen.inputs(), targets))
            .evaluate(unseen)
            .attacks()
            .get(0);
    return (double) summary.fooled() / summary.attempted();
  }

  @Test
  void the_gradient_by_the_patch_agrees_with_finite_differences() {
    Examples images = Digits.training().first(3);
    LogitLoss loss = new CrossEntropy(Labels.of(7, 7, 7)); // none is: a loss with a slope
    ImageShape image = ImageShape.of(Digits.SHAPE);
    boolean[] opaque = Form.CIRCLE.opaque(4);
    Placement[] places = {
      Placement.of(4, opaque, image, Pose.shifted(0.3f, -1).turned(17)),
      Placement.of(4, opaque, image, Pose.shifted(1, 1.5f).turned(-8).scaled(1.2f)),
      Placement.of(4, opaque, image, Pose.shifted(2, 2))
    };
    float[] pixels = new float[16];
    for (int j = 0; j < pixels.length; j++) {
      pixels[j] = 0.3f + 0.02f * j;
    }
    Batch byPatch =
        AdversarialPatch.ascent(Digits.net(), images.inputs(), Batch.of(pixels), places, loss);
    for (int j = 0; j < 16; j++) {
      double step = 1e-3;
      double above = lossAt(pixels, j, (float) step, images, places, loss);
      double below = lossAt(pixels, j, (float) -step, images, places, loss);
      assertThat((double) byPatch.get(0, j))
          .as("pixel %s", j)
          .isCloseTo((above - below) / (2 * step), within(0.02));
    }
    assertThat(byPatch.get(0, 0)).as("a corner of a circle").isZero();
    assertThat(Norm.linf().of(byPatch.row(0))).as("worth comparing").isGreaterThan(0.5);
  }

  private static double lossAt(
      float[] pixels, int j, float step, Examples images, Placement[] places, LogitLoss loss) {
    float[] stepped = pixels.clone();
    stepped[j] += step;
    Batch patched = images.inputs().editRows((i, x) -> places[i].paint(stepped, x));
    Batch values = loss.values(Digits.net().logits(patched));
    return (double) values.get(0, 0) + values.get(1, 0) + values.get(2, 0);
  }

  @Test
  void on_a_linear_model_it_takes_the_best_legal_colour_of_each_channel() {
    // class 1 is the sum of the first channel minus that of the second
    int area = 16;
    float[] w = new float[2 * area];
    Arrays.fill(w, 0, area, 1);
    Arrays.fill(w, area, 2 * area, -1);
    List<Range> ranges = new ArrayList<>();
    for (int j = 0; j < 2 * area; j++) {
      ranges.add(j < area ? new Range(-1, 3) : new Range(0, 2));
    }
    Mlp linear =
        Mlp.of(
            Shape.of(2, 4, 4),
            Domain.perFeature(ranges),
            List.of(Mlp.Dense.of(new float[][] {new float[2 * area], w}, new float[2])));
    Examples image = new Examples(linear.inputShape(), Batch.of(new float[2 * area]), labels(0));
    Patch patch =
        AdversarialPatch.standard()
            .withForm(Form.SQUARE)
            .withShare(0.25f)
            .withViews(AdversarialPatch.Views.UPRIGHT)
            .withCap(1000)
            .craft(linear, image, Seed.of(1));
    assertThat(patch.side()).isEqualTo(2);
    assertThat(patch.pixels().row(0)).containsExactly(3, 3, 3, 3, 0, 0, 0, 0);
  }

  private static Labels labels(int... classes) {
    return Labels.of(classes);
  }

  @Test
  void the_same_seed_crafts_the_same_bits_and_another_one_others() {
    AdversarialPatch quick = RECIPE.withEpochs(1);
    Examples some = Digits.training().first(200);
    Patch once = quick.craft(Digits.net(), some, Seed.of(1));
    Patch again = quick.craft(Digits.net(), some, Seed.of(1));
    Patch other = quick.craft(Digits.net(), some, Seed.of(2));
    assertThat(again.pixels().row(0)).containsExactly(once.pixels().row(0));
    assertThat(other.pixels().row(0)).isNotEqualTo(once.pixels().row(0));
  }

  @Test
  void its_side_follows_from_its_share_of_the_area() {
    Examples one = Digits.training().first(1);
    AdversarialPatch quick =
        RECIPE.withEpochs(1).withViews(AdversarialPatch.Views.UPRIGHT).withShare(0.25f);
    assertThat(quick.withForm(Form.SQUARE).craft(Digits.net(), one, Seed.of(1)).side())
        .isEqualTo(4);
    assertThat(quick.withForm(Form.CIRCLE).craft(Digits.net(), one, Seed.of(1)).side())
        .isEqualTo(5); // a disc of 16 pixels is 4.5 wide
    assertThatThrownBy(() -> quick.withShare(1).craft(Digits.net(), one, Seed.of(1)))
        .hasMessage(
            "a patch must fit into the image, but one of share 1.0 is up to 9.0 pixels wide on"
                + " 1x8x8");
  }

  @Test
  void inputs_that_are_no_images_are_refused() {
    Mlp flat = Mlp.linear(Domain.UNIT, new float[2][5], new float[2]);
    Examples one = Examples.of(Batch.of(new float[5]), 0);
    assertThatThrownBy(() -> RECIPE.craft(flat, one, Seed.of(1)))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the model takes 5");
  }

  @Test
  void bad_hyperparameters_are_named() {
    assertThatThrownBy(() -> RECIPE.withShare(0))
        .hasMessage("share must be finite and positive, but was 0.0");
    assertThatThrownBy(() -> RECIPE.withShare(1.5f))
        .hasMessage("share must be at most 1, but was 1.5");
    assertThatThrownBy(() -> RECIPE.withEpochs(0))
        .hasMessage("epochs must be at least 1, but was 0");
    assertThatThrownBy(() -> RECIPE.withBatch(0)).hasMessage("batch must be at least 1, but was 0");
    assertThatThrownBy(() -> RECIPE.withTravel(-1))
        .hasMessage("travel must be finite and positive, but was -1.0");
    assertThatThrownBy(() -> RECIPE.withCap(Float.NaN))
        .hasMessage("cap must be finite and positive, but was NaN");
    assertThatThrownBy(() -> RECIPE.towards(-1))
        .hasMessage("target must be at least 0, but was -1");
    assertThatThrownBy(() -> new AdversarialPatch.Views(-1, 1, 1))
        .hasMessage("degrees must be finite and not negative, but was -1.0");
    assertThatThrownBy(() -> new AdversarialPatch.Views(0, 0, 1))
        .hasMessage("smallest scale must be finite and positive, but was 0.0");
    assertThatThrownBy(() -> new AdversarialPatch.Views(0, 2, 1))
        .hasMessage("smallest scale must be at most the largest, 1.0, but was 2.0");
  }

  @Test
  void a_wither_changes_one_thing() {
    AdversarialPatch.Views views = new AdversarialPatch.Views(1, 2, 3);
    assertThat(
            AdversarialPatch.standard()
                .withForm(Form.SQUARE)
                .withShare(0.3f)
                .withViews(views)
                .withEpochs(4)
                .withBatch(5)
                .withTravel(0.6f)
                .withCap(7)
                .towards(8))
        .isEqualTo(
            new AdversarialPatch(Form.SQUARE, 0.3f, views, 4, 5, 0.6f, 7, OptionalInt.of(8)));
  }
}
