package io.gauntlet.attacks.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.Recorder;
import io.gauntlet.attacks.image.Digits;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatchTest {
  private static final ThreatModel ANYTHING = ThreatModel.unbounded(Norm.l0());

  /** Two channels, three lines, four columns; never says anything but class 0. */
  private static final Mlp FLAT =
      Mlp.of(
          Shape.of(2, 3, 4),
          Domain.of(0, 9),
          List.of(Mlp.Dense.of(new float[2][24], new float[] {1, 0})));

  private static final Patch PATCH =
      new Patch(
          Batch.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}),
          2,
          Form.SQUARE,
          new Where.At(1, 2),
          "by hand");

  private static List<List<Float>> asked(Patch patch, Seed seed) {
    Recorder model = new Recorder(FLAT);
    Neighbourhood allowed = ANYTHING.around(Batch.of(new float[24]), FLAT.domain());
    Goal goal = new Goal.Untargeted(Labels.of(0));
    patch.perturb(model, allowed, goal, seed);
    return model.asked().getOrDefault(0L, List.of());
  }

  @Test
  void at_a_place_its_pixels_are_pasted_as_they_are() {
    assertThat(asked(PATCH, Seed.of(1)))
        .containsExactly(
            List.of(
                0f, 0f, 0f, 0f, 0f, 0f, 1f, 2f, 0f, 0f, 3f, 4f, // first channel
                0f, 0f, 0f, 0f, 0f, 0f, 5f, 6f, 0f, 0f, 7f, 8f));
  }

  @Test
  void everywhere_is_every_place_once() {
    List<List<Float>> asked = asked(PATCH.everywhere(1), Seed.of(1));
    assertThat(asked).hasSize(2 * 3).doesNotHaveDuplicates();
    for (List<Float> image : asked) {
      assertThat(image).contains(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f);
    }
    assertThat(asked(PATCH.everywhere(2), Seed.of(1))).hasSize(2).isSubsetOf(asked);
  }

  @Test
  void random_places_are_among_them_and_follow_the_seed() {
    List<List<Float>> drawn = asked(PATCH.atRandom(40), Seed.of(1));
    assertThat(drawn).hasSize(40);
    assertThat(List.copyOf(new HashSet<>(drawn)))
        .containsExactlyInAnyOrderElementsOf(asked(PATCH.everywhere(1), Seed.of(1)));
    assertThat(asked(PATCH.atRandom(40), Seed.of(2))).isNotEqualTo(drawn);
  }

  @Test
  void a_circle_leaves_its_corners_alone() {
    assertThat(Form.CIRCLE.opaque(4))
        .containsExactly(
            false, true, true, false, //
            true, true, true, true, //
            true, true, true, true, //
            false, true, true, false);
    assertThat(Form.SQUARE.opaque(2)).containsOnly(true);
  }

  @Test
  void everywhere_fools_exactly_whom_some_place_fools() {
    float[] white = {1, 1, 1, 1};
    Patch patch = new Patch(Batch.of(white), 2, Form.SQUARE, new Where.Everywhere(1), "white");
    Examples images = Digits.unseen().first(60);
    RobustnessReport report =
        Robustness.of(Digits.net()).under(ANYTHING).attackedBy(patch).evaluate(images);
    int fooled = 0;
    for (int row = 0; row < images.count(); row++) {
      boolean byHand = false;
      for (int place = 0; place < 49; place++) {
        byHand |= isFooledBy(images, row, place / 7, place % 7);
      }
      assertThat(report.outcomes().get(row) instanceof Outcome.Survived).isEqualTo(!byHand);
      fooled += byHand ? 1 : 0;
    }
    assertThat(fooled).isPositive();
    assertThat(report.count(Outcome.Survived.class)).as("a telling sample").isPositive();
  }

  private static boolean isFooledBy(Examples images, int row, int top, int left) {
    Batch x =
        images
            .inputs()
            .select(row)
            .editRows(
                (i, pixels) -> {
                  for (int p = 0; p < 4; p++) {
                    pixels[(top + p / 2) * 8 + left + p % 2] = 1;
                  }
                });
    return Digits.net().logits(x).argmax(0) != images.labels().atRow(row);
  }

  @Test
  void under_l0_it_needs_as_many_features_as_it_has() {
    float[] grey = {0.3f, 0.3f, 0.3f, 0.3f};
    Patch patch = new Patch(Batch.of(grey), 2, Form.SQUARE, new Where.At(3, 3), "grey");
    Examples images = Digits.unseen().first(40);
    RobustnessReport enough =
        Robustness.of(Digits.net()).under(ThreatModel.l0(4)).attackedBy(patch).evaluate(images);
    RobustnessReport tooFew =
        Robustness.of(Digits.net()).under(ThreatModel.l0(3)).attackedBy(patch).evaluate(images);
    assertThat(enough.attacks().get(0).forwardQueries())
        .isEqualTo(enough.attacks().get(0).attempted());
    assertThat(tooFew.attacks().get(0).forwardQueries()).isZero();
  }

  @Test
  void its_name_says_which_it_is() {
    assertThat(PATCH.title()).isEqualTo("Patch-2x2");
    assertThat(PATCH.toString())
        .startsWith("Patch[side=2, form=SQUARE, where=At[top=1, left=2], by hand, ");
    Patch other = new Patch(Batch.of(new float[8]), 2, Form.SQUARE, PATCH.where(), "by hand");
    assertThat(other.toString()).isNotEqualTo(PATCH.toString());
  }

  @Test
  void what_does_not_fit_is_refused() {
    assertThatThrownBy(() -> asked(PATCH.at(2, 2), Seed.of(1)))
        .hasMessage(
            "a patch must lie on the image with as many channels, but 2x2x2 At[top=2, left=2] was"
                + " put on 2x3x4");
    Patch grey = new Patch(Batch.of(new float[4]), 2, Form.SQUARE, new Where.Random(1), "");
    assertThatThrownBy(() -> asked(grey, Seed.of(1)))
        .hasMessage(
            "a patch must lie on the image with as many channels, but 1x2x2 Random[places=1] was"
                + " put on 2x3x4");
    Patch large = new Patch(Batch.of(new float[32]), 4, Form.SQUARE, new Where.Everywhere(1), "");
    assertThatThrownBy(() -> asked(large, Seed.of(1))).hasMessageContaining("2x4x4");
  }

  @Test
  void bad_hyperparameters_are_named() {
    assertThatThrownBy(() -> PATCH.at(-1, 0)).hasMessage("top must be at least 0, but was -1");
    assertThatThrownBy(() -> PATCH.at(0, -2)).hasMessage("left must be at least 0, but was -2");
    assertThatThrownBy(() -> PATCH.atRandom(0)).hasMessage("places must be at least 1, but was 0");
    assertThatThrownBy(() -> PATCH.everywhere(0))
        .hasMessage("stride must be at least 1, but was 0");
    assertThatThrownBy(() -> new Patch(PATCH.pixels(), 3, Form.SQUARE, PATCH.where(), ""))
        .hasMessage(
            "a patch of side 3 needs one row of whole channels of 9 pixels, but had 1 rows of 8");
    assertThatThrownBy(
            () -> new Patch(Batch.of(new float[] {Float.NaN}), 1, Form.SQUARE, PATCH.where(), ""))
        .hasMessage("pixels must be finite, but feature 0 was NaN");
  }
}
