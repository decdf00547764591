package io.gauntlet.attacks.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.Hyperplane;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Square against closed forms, and on images of every shape. */
class SquareOracleTest {
  private static final Square SHORT = Square.standard().withQueries(2000).withHorizon(2000);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void under_linf_it_is_exact_on_a_linear_model(long seed) {
    Hyperplane linear = Hyperplane.of(seed);
    double exact = linear.distanceToBoundary(Norm.linf());
    assertThat(linear.isFooled(SHORT, ThreatModel.linf((float) (0.98 * exact)))).isFalse();
    assertThat(linear.isFooled(SHORT, ThreatModel.linf((float) (1.02 * exact)))).isTrue();
    assertThat(linear.isMoved(SHORT, ThreatModel.linf((float) (1.02 * exact)))).isTrue();
  }

  /** Under L2 and L1 the budget moves from subset to subset, and never quite all of it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void under_l2_and_l1_it_never_succeeds_inside_and_comes_near(long seed) {
    Hyperplane linear = Hyperplane.of(seed);
    for (Norm norm : List.of(Norm.l2(), Norm.l1())) {
      double exact = linear.distanceToBoundary(norm);
      double enough = norm == Norm.l2() ? 1.5 : 3;
      assertThat(linear.isFooled(SHORT, new ThreatModel(norm, (float) (0.98 * exact)))).isFalse();
      assertThat(linear.isFooled(SHORT, new ThreatModel(norm, (float) (enough * exact)))).isTrue();
    }
  }

  /** The mean of an image's left half against that of its right half, of every channel. */
  private static Mlp leftAgainstRight(Shape shape) {
    int width = shape.sizes().get(shape.rank() - 1);
    float[] left = new float[shape.size()];
    for (int j = 0; j < left.length; j++) {
      left[j] = (j % width < (width + 1) / 2 ? 1f : -1f) / left.length;
    }
    Mlp.Dense layer =
        Mlp.Dense.of(new float[][] {new float[left.length], left}, new float[] {0.1f, 0});
    return Mlp.of(shape, Domain.UNIT, List.of(layer));
  }

  @Test
  void images_of_any_height_and_width_are_painted_and_fooled() {
    for (Shape shape :
        List.of(
            Shape.of(3, 32, 32),
            Shape.of(1, 28, 28),
            Shape.of(3, 8, 20),
            Shape.of(2, 20, 3),
            Shape.of(1, 1, 30),
            Shape.of(4, 30, 1),
            Shape.of(1, 2, 2),
            Shape.of(1, 1, 2),
            Shape.of(6, 9))) {
      Mlp model = leftAgainstRight(shape);
      float[] grey = new float[shape.size()];
      Arrays.fill(grey, 0.5f);
      Batch clean = Batch.of(grey, grey, grey);
      Goal goal = new Goal.Untargeted(Labels.of(0, 0, 0));
      for (ThreatModel threat :
          List.of(
              ThreatModel.linf(0.25f),
              ThreatModel.l2((float) (0.3 * Math.sqrt(shape.size()))),
              ThreatModel.l1(0.35f * shape.size()))) {
        Neighbourhood allowed = threat.around(clean, Domain.UNIT);
        Batch found =
            Square.standard()
                .withQueries(500)
                .withHorizon(2000)
                .perturb(model, allowed, goal, Seed.of(1));
        for (int i = 0; i < 3; i++) {
          assertThat(allowed.contains(found, i)).as("%s %s", shape, threat).isTrue();
          float margin = model.logits(found).get(i, 1) - model.logits(found).get(i, 0);
          boolean flat = threat.norm() == Norm.linf();
          // two heaps, one up, one down, all but cancel out in a mean: no oracle under L2 and L1
          assertThat(margin).as("%s %s", shape, threat).isGreaterThan(flat ? 0 : -0.1f);
        }
      }
    }
  }

  @Test
  void a_square_covers_its_area_inside_the_image() {
    RandomGenerator random = Seed.of(5).forExample(0);
    for (Canvas canvas :
        List.of(
            new Canvas(3, 32, 32, true), new Canvas(1, 4, 30, true), new Canvas(1, 40, 1, false))) {
      for (int area = 1; area <= canvas.pixels(); area++) {
        Canvas.Window window = canvas.square(area, random);
        assertThat(window.pixels).doesNotHaveDuplicates();
        for (int pixel : window.pixels) {
          assertThat(pixel).isBetween(0, canvas.pixels() - 1);
        }
        int side = (int) Math.round(Math.sqrt(area));
        boolean fits = side <= canvas.height() && side <= canvas.width();
        if (canvas.ordered() && fits) {
          assertThat(window.pixels).hasSize(Math.max(side * side, 1));
        } else if (canvas.ordered()) { // whole columns
          assertThat(window.pixels).hasSize(area / canvas.height() * canvas.height());
        } else {
          assertThat(window.pixels).hasSize(area);
        }
      }
    }
  }

  @Test
  void every_place_of_an_image_can_be_painted() {
    RandomGenerator random = Seed.of(6).forExample(0);
    Canvas canvas = new Canvas(1, 6, 6, true);
    boolean[] painted = new boolean[36];
    for (int draw = 0; draw < 500; draw++) {
      for (int pixel : canvas.square(4, random).pixels) {
        painted[pixel] = true;
      }
    }
    assertThat(painted).doesNotContain(false);
  }

  @Test
  void bad_values_are_named() {
    assertThatThrownBy(() -> Square.standard().withQueries(0))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("queries must be at least 1, but was 0");
    assertThatThrownBy(() -> Square.standard().withShare(1.5f))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("share must be at most 1, but was 1.5");
    assertThatThrownBy(() -> Square.standard().withHorizon(0))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("horizon must be at least 1, but was 0");
    assertThatThrownBy(() -> Square.standard().withRestarts(0))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("restarts must be at least 1, but was 0");
    assertThat(Square.standard().withQueries(7).withShare(0.5f).withHorizon(9).withRestarts(2))
        .isEqualTo(new Square(7, 0.5f, 9, 2));
  }
}
