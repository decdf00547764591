package io.gauntlet.attacks.spatial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.image.Digits;
import io.gauntlet.attacks.image.Padding;
import io.gauntlet.attacks.image.Placement;
import io.gauntlet.attacks.image.Pose;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Margin;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RotationTranslationTest {
  private static final ThreatModel ANYTHING = ThreatModel.l2(8); // settled by the first success
  private static final ThreatModel CLOSEST = ThreatModel.unbounded(Norm.l2());
  private static final Mlp NET = Digits.net();
  private static final Examples IMAGES = Digits.unseen().first(60);

  /** A milder grid, which {@link #gridByHand} works out again: shifts of a quarter of a pixel. */
  private static final RotationTranslation GRID =
      RotationTranslation.standard()
          .withDegrees(8)
          .withShift(0.03125f)
          .withSearch(new Search.Grid(5, 3));

  private static List<Pose> gridByHand() {
    List<Pose> poses = new ArrayList<>();
    for (float turn : new float[] {-8, -4, 0, 4, 8}) {
      for (float down : new float[] {-0.25f, 0, 0.25f}) {
        for (float right : new float[] {-0.25f, 0, 0.25f}) {
          poses.add(Pose.shifted(down, right).turned(turn));
        }
      }
    }
    return poses;
  }

  private static Batch moved(Batch clean, Pose pose, Padding padding) {
    Placement placement = Placement.of(ImageShape.of(Digits.SHAPE), pose, padding);
    return clean.editRows(
        (i, x) -> {
          Arrays.fill(x, 0);
          placement.paint(clean.row(i), x);
        });
  }

  private static RobustnessReport evaluate(RotationTranslation attack, ThreatModel threat) {
    return Robustness.of(NET).under(threat).attackedBy(attack).withSeed(3).evaluate(IMAGES);
  }

  @ParameterizedTest
  @EnumSource
  void the_exhaustive_search_fools_exactly_whom_brute_force_fools(Padding padding) {
    RobustnessReport report = evaluate(GRID.withPadding(padding), ANYTHING);
    Goal goal = new Goal.Untargeted(IMAGES.labels());
    int fooled = 0;
    for (int row = 0; row < IMAGES.count(); row++) {
      boolean byHand = false;
      for (Pose pose : gridByHand()) {
        Batch x = moved(IMAGES.inputs().select(row), pose, padding);
        byHand |= goal.isReached(NET.logits(x), 0);
      }
      assertThat(!(report.outcomes().get(row) instanceof Outcome.Survived)).isEqualTo(byHand);
      fooled += byHand ? 1 : 0;
    }
    assertThat(fooled).as("a telling sample").isBetween(10, 50);
  }

  @Test
  void without_a_bound_it_finds_the_closest_pose_that_fools() {
    RobustnessReport report = evaluate(GRID, CLOSEST);
    Neighbourhood around = CLOSEST.around(IMAGES.inputs(), Domain.UNIT);
    Goal goal = new Goal.Untargeted(IMAGES.labels());
    for (int row = 0; row < IMAGES.count(); row++) {
      if (report.outcomes().get(row) instanceof Outcome.Fooled found) {
        double closest = Double.POSITIVE_INFINITY;
        for (Pose pose : gridByHand()) {
          Batch x = moved(IMAGES.inputs().select(row), pose, Padding.BLACK);
          if (goal.isReached(NET.logits(x), 0)) {
            closest = Math.min(closest, around.distance(x, 0));
          }
        }
        assertThat(found.distance()).isCloseTo(closest, within(1e-6));
      }
    }
    assertThat(report.count(Outcome.Fooled.class)).isPositive();
  }

  @Test
  void whom_no_pose_fools_it_gives_the_one_with_the_widest_margin() {
    Neighbourhood allowed = ANYTHING.around(IMAGES.inputs(), Domain.UNIT);
    Goal goal = new Goal.Untargeted(IMAGES.labels());
    Batch found = GRID.perturb(NET, allowed, goal, Seed.of(1));
    int survivors = 0;
    for (int row = 0; row < IMAGES.count(); row++) {
      if (!goal.isReached(NET.logits(found.select(row)), 0)) {
        float widest = Float.NEGATIVE_INFINITY;
        for (Pose pose : gridByHand()) {
          widest =
              Math.max(widest, margin(moved(IMAGES.inputs().select(row), pose, Padding.BLACK)));
        }
        assertThat(margin(found.select(row))).isCloseTo(widest, within(1e-5f));
        survivors++;
      }
    }
    assertThat(survivors).isPositive();
  }

  private static float margin(Batch one) {
    return new Margin(IMAGES.labels()).values(NET.logits(one)).get(0, 0);
  }

  @Test
  void inside_a_ball_only_what_is_allowed_is_asked_and_found() {
    RobustnessReport tight = evaluate(RotationTranslation.standard(), ThreatModel.l2(1.5f));
    RobustnessReport wide = evaluate(RotationTranslation.standard(), ANYTHING);
    assertThat(tight.count(Outcome.Fooled.class))
        .isPositive()
        .isLessThan(wide.count(Outcome.Fooled.class));
    long most = 775L * tight.attacks().get(0).attempted();
    assertThat(tight.attacks().get(0).forwardQueries()).isPositive().isLessThan(most / 2);
  }

  @Test
  void the_exhaustive_search_is_stronger_than_ten_draws_and_both_than_none() {
    double exhaustive = evaluate(RotationTranslation.standard(), ANYTHING).robustAccuracy();
    double drawn = evaluate(RotationTranslation.worstOf(10), ANYTHING).robustAccuracy();
    double clean = evaluate(RotationTranslation.worstOf(10), ANYTHING).cleanAccuracy();
    assertThat(exhaustive).isLessThan(drawn);
    assertThat(drawn).isLessThan(clean / 2);
  }

  @Test
  void what_it_costs_can_be_counted() {
    AttackSummary closest = evaluate(GRID, CLOSEST).attacks().get(0);
    assertThat(closest.forwardQueries()).isEqualTo(45L * closest.attempted());
    AttackSummary still =
        evaluate(GRID.withSearch(new Search.Grid(1, 1)), ANYTHING).attacks().get(0);
    assertThat(still.forwardQueries()).isEqualTo(still.attempted());
    assertThat(still.fooled()).as("one point is no move").isZero();
    AttackSummary early = evaluate(RotationTranslation.standard(), ANYTHING).attacks().get(0);
    assertThat(early.fooled()).isEqualTo(early.attempted());
    assertThat(early.forwardQueries()).isLessThan(20L * early.attempted());
  }

  @Test
  void black_is_the_lower_end_of_the_domain() {
    Mlp net =
        Mlp.of(
            Shape.of(2, 2),
            Domain.of(-3, 5),
            List.of(Mlp.Dense.of(new float[][] {{0, 0, 0, 0}, {-1, -1, -1, -1}}, new float[2])));
    Examples one = new Examples(net.inputShape(), Batch.of(new float[] {1, 1, 1, 1}), labels(0));
    RobustnessReport report =
        Robustness.of(net)
            .under(ThreatModel.unbounded(Norm.l0()))
            .attackedBy(
                RotationTranslation.standard()
                    .withDegrees(0)
                    .withShift(0.5f)
                    .withSearch(new Search.Grid(1, 3)))
            .evaluate(one);
    assertThat(report.count(Outcome.Fooled.class)).isEqualTo(1);
    assertThat(report.adversarial().row(0)).contains(-3, 1).doesNotContain(0);
  }

  private static Labels labels(int... classes) {
    return Labels.of(classes);
  }

  @Test
  void its_name_carries_the_extent() {
    assertThat(RotationTranslation.standard().title()).isEqualTo("Spatial-775");
    assertThat(RotationTranslation.worstOf(10).title()).isEqualTo("Spatial-10");
    assertThat(RotationTranslation.standard())
        .hasToString(
            "RotationTranslation[degrees=30.0, shift=0.1, search=Grid[angles=31, shifts=5],"
                + " padding=BLACK]");
  }

  @Test
  void bad_hyperparameters_are_named() {
    RotationTranslation good = RotationTranslation.standard();
    assertThatThrownBy(() -> good.withDegrees(-1))
        .hasMessage("degrees must be finite and not negative, but was -1.0");
    assertThatThrownBy(() -> good.withShift(Float.NaN))
        .hasMessage("shift must be finite and not negative, but was NaN");
    assertThatThrownBy(() -> good.withShift(1.5f))
        .hasMessage("shift must be at most 1, but was 1.5");
    assertThatThrownBy(() -> new Search.Grid(0, 5))
        .hasMessage("angles must be at least 1, but was 0");
    assertThatThrownBy(() -> new Search.Grid(3, 0))
        .hasMessage("shifts must be at least 1, but was 0");
    assertThatThrownBy(() -> RotationTranslation.worstOf(0))
        .hasMessage("draws must be at least 1, but was 0");
  }

  @Test
  void a_wither_changes_one_thing() {
    assertThat(
            RotationTranslation.standard()
                .withDegrees(10)
                .withShift(0.2f)
                .withSearch(new Search.WorstOf(4))
                .withPadding(Padding.EDGE))
        .isEqualTo(new RotationTranslation(10, 0.2f, new Search.WorstOf(4), Padding.EDGE));
  }
}
