package io.gauntlet.threat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Margin;
import io.gauntlet.model.Range;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NeighbourhoodTest {
  private static final int WIDTH = 12;

  static Stream<ThreatModel> threats() {
    return Stream.of(
        ThreatModel.linf(0.1f), ThreatModel.l2(0.5f), ThreatModel.l1(1.5f), ThreatModel.l0(3));
  }

  static Stream<Arguments> threats_and_seeds() {
    return threats().flatMap(t -> Stream.of(1L, 2L, 3L).map(seed -> Arguments.of(t, seed)));
  }

  /** Points of [0, upper], a third of the values on its border. */
  private static Batch inputs(int rows, float upper, SplittableRandom random) {
    float[] values = new float[rows * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> upper;
            default -> upper * random.nextFloat();
          };
    }
    return Batch.wrap(WIDTH, values);
  }

  private static Batch anywhere(int rows, SplittableRandom random) {
    float[] values = new float[rows * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = 4 * (random.nextFloat() - 0.5f);
    }
    return Batch.wrap(WIDTH, values);
  }

  private static Batch only(Batch batch, int row) {
    return batch.select(row);
  }

  @ParameterizedTest
  @MethodSource("threats_and_seeds")
  void every_row_is_treated_by_itself_and_by_its_example(ThreatModel threat, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Batch clean = inputs(6, 1, random).standingFor(3, 5, 8, 100, 101, 7_000_000_000L);
    Neighbourhood all = threat.around(clean, Domain.UNIT);
    int[] chosen = {4, 1, 1, 5, 0, 4}; // some, repeated, in any order
    Batch candidates = clean.select(chosen).plus(anywhere(6, random).times(0.2f));
    Batch gradients = candidates.withValues(WIDTH, flat(anywhere(6, random)));
    Batch points = all.project(candidates);
    Batch steps = all.steepest(points, gradients, 0.3f);
    Batch drawn = all.sample(Seed.of(seed));
    for (int i = 0; i < chosen.length; i++) {
      Neighbourhood alone = threat.around(only(clean, chosen[i]), Domain.UNIT);
      assertThat(points.example(i)).isEqualTo(clean.example(chosen[i]));
      assertThat(points.row(i)).containsExactly(alone.project(only(candidates, i)).row(0));
      assertThat(steps.row(i))
          .containsExactly(alone.steepest(only(points, i), only(gradients, i), 0.3f).row(0));
      assertThat(drawn.row(chosen[i])).containsExactly(alone.sample(Seed.of(seed)).row(0));
      assertThat(all.distance(points, i)).isEqualTo(alone.distance(only(points, i), 0));
      assertThat(all.contains(points, i)).isTrue();
    }
  }

  private static float[] flat(Batch batch) {
    float[] values = new float[batch.rows() * batch.width()];
    batch.buffer().get(values);
    return values;
  }

  @ParameterizedTest
  @MethodSource("threats_and_seeds")
  void a_point_inside_is_projected_onto_itself(ThreatModel threat, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Batch clean = inputs(50, 1, random);
    Neighbourhood allowed = threat.around(clean, Domain.UNIT);
    Batch drawn = allowed.sample(Seed.of(seed));
    Batch inside = clean.plus(drawn.minus(clean).times(threat.norm() == Norm.l0() ? 1 : 0.9f));
    Batch clipped = inside.editRows((i, x) -> clip(x, 1));
    assertThat(flat(allowed.project(clipped))).containsExactly(flat(clipped));
    Batch once = allowed.project(clean.plus(anywhere(50, random)));
    assertThat(flat(allowed.project(once)))
        // being outside by a rounding may be taken back
        .usingComparatorWithPrecision(3e-7f)
        .containsExactly(flat(once));
  }

  private static void clip(float[] x, float upper) {
    for (int j = 0; j < x.length; j++) {
      x[j] = Math.min(upper, Math.max(0, x[j]));
    }
  }

  @Test
  void a_small_value_far_from_the_clean_one_survives_the_projection() {
    Batch clean = Batch.of(new float[] {0.9f, 0.5f});
    Neighbourhood allowed = ThreatModel.linf(1).around(clean, Domain.UNIT);
    Batch candidate = Batch.of(new float[] {1e-9f, 0.5f}); // 0.9 + (1e-9 - 0.9) is 0 in float
    assertThat(allowed.project(candidate).row(0)).containsExactly(1e-9f, 0.5f);
  }

  @ParameterizedTest
  @MethodSource("threats_and_seeds")
  void project_and_sample_stay_inside_whatever_the_scale(ThreatModel unit, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (float upper : new float[] {1, 255, 1e6f}) {
      for (float share : new float[] {0, 1e-7f, 1e-3f, 1, 1000}) {
        boolean counts = unit.norm() == Norm.l0();
        float epsilon = counts ? unit.epsilon() : unit.epsilon() * share;
        Batch clean = inputs(20, upper, random);
        Neighbourhood allowed =
            new ThreatModel(unit.norm(), epsilon).around(clean, Domain.of(0, upper));
        Batch far = allowed.project(clean.plus(anywhere(20, random).times(upper)));
        Batch near = allowed.project(clean.plus(anywhere(20, random).times(epsilon)));
        Batch drawn = allowed.sample(Seed.of(seed));
        for (int i = 0; i < 20; i++) {
          assertThat(allowed.contains(far, i)).isTrue();
          assertThat(allowed.contains(near, i)).isTrue();
          assertThat(allowed.contains(drawn, i)).isTrue();
          assertThat(allowed.contains(clean, i)).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("threats")
  void a_perturbation_one_part_in_a_thousand_too_large_is_outside(ThreatModel threat) {
    Batch clean = Batch.of(new float[] {0.5f, 0.25f, 0.5f, 0.75f, 0.5f});
    float[] x = clean.row(0);
    boolean counts = threat.norm() == Norm.l0();
    for (int j = 0; j < (counts ? 4 : 5); j++) {
      double each =
          threat.norm() == Norm.linf()
              ? threat.epsilon()
              : threat.norm() == Norm.l2() ? threat.epsilon() / Math.sqrt(5) : threat.epsilon() / 5;
      x[j] += (float) (counts ? 0.01 : 1.001 * each);
    }
    Neighbourhood allowed = threat.around(clean, Domain.of(-2, 2));
    assertThat(allowed.contains(Batch.of(x), 0)).isFalse();
    if (!counts) {
      Batch closer = clean.plus(Batch.of(x).minus(clean).times(0.998f));
      assertThat(allowed.contains(closer, 0)).isTrue();
    }
  }

  @Test
  void rounding_is_forgiven_where_it_happened_only() {
    // near 200 floats are 1.5e-5 apart: 3072 features moved by one of these are 0.047 away under L1
    float[] clean = new float[3072];
    Arrays.fill(clean, 200);
    float[] moved = new float[3072];
    Arrays.fill(moved, Math.nextUp(200f));
    Domain pixels = Domain.of(0, 255);
    Batch candidate = Batch.of(moved);
    assertThat(ThreatModel.l1(0.01f).around(Batch.of(clean), pixels).contains(candidate, 0))
        .isFalse();
    assertThat(ThreatModel.l1(0.047f).around(Batch.of(clean), pixels).contains(candidate, 0))
        .isTrue();
    assertThat(ThreatModel.l2(1e-4f).around(Batch.of(clean), pixels).contains(candidate, 0))
        .isFalse();
    assertThat(ThreatModel.linf(1e-6f).around(Batch.of(clean), pixels).contains(candidate, 0))
        .isFalse();
    // 0.6 of a unit in the last place rounds up to one
    assertThat(ThreatModel.linf(0.9e-5f).around(Batch.of(clean), pixels).contains(candidate, 0))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.MIN_VALUE, 1e-3f, 0.5f, 1, 1.5f, 255, 65536})
  void a_budget_of_zero_allows_not_even_a_neighbouring_float(float value) {
    Batch clean = Batch.of(new float[] {value, 7});
    for (Norm norm : NormSizeTest.norms()) {
      Neighbourhood allowed = new ThreatModel(norm, 0).around(clean, Domain.of(-1, 1e6f));
      assertThat(allowed.contains(clean, 0)).isTrue();
      for (float moved : new float[] {Math.nextUp(value), Math.nextDown(value)}) {
        assertThat(allowed.contains(Batch.of(new float[] {moved, 7}), 0))
            .as("%s from %s to %s", norm, value, moved)
            .isFalse();
      }
    }
  }

  @Test
  void a_hundred_thousand_features_are_not_a_hundred_thousand_and_one() {
    float[] moved = new float[100_001];
    Arrays.fill(moved, 0.5f);
    Batch clean = Batch.of(new float[100_001]);
    Neighbourhood allowed = ThreatModel.l0(100_000).around(clean, Domain.UNIT);
    assertThat(allowed.contains(Batch.of(moved), 0)).isFalse();
    moved[7] = 0;
    assertThat(allowed.contains(Batch.of(moved), 0)).isTrue();
  }

  @Test
  void pixels_that_were_divided_by_255_are_inside() {
    for (int step = 1; step <= 16; step++) {
      float[] clean = new float[256 - step];
      float[] moved = new float[256 - step];
      for (int j = 0; j < clean.length; j++) {
        clean[j] = j / 255f;
        moved[j] = (j + step) / 255f;
      }
      Neighbourhood allowed = ThreatModel.linf(step / 255f).around(Batch.of(clean), Domain.UNIT);
      assertThat(allowed.contains(Batch.of(moved), 0)).as("%s steps", step).isTrue();
    }
  }

  @Test
  void a_value_outside_the_domain_or_nan_is_outside() {
    Batch clean = Batch.of(new float[] {0, 1});
    Neighbourhood allowed = ThreatModel.linf(0.5f).around(clean, Domain.UNIT);
    assertThat(allowed.contains(Batch.of(new float[] {-1e-30f, 1}), 0)).isFalse();
    assertThat(allowed.contains(Batch.of(new float[] {0, Math.nextUp(1f)}), 0)).isFalse();
    assertThat(allowed.contains(Batch.of(new float[] {0, Float.NaN}), 0)).isFalse();
    assertThat(allowed.contains(Batch.of(new float[] {0, 1}), 0)).isTrue();
  }

  @Test
  void nan_stays_nan_in_a_projection() {
    Batch clean = Batch.of(new float[] {0.5f, 0.5f});
    threats()
        .forEach(
            threat -> {
              Neighbourhood allowed = threat.around(clean, Domain.UNIT);
              Batch moved = allowed.project(Batch.of(new float[] {Float.NaN, 0.5f}));
              assertThat(moved.get(0, 0)).as("%s", threat).isNaN();
              assertThat(allowed.contains(moved, 0)).isFalse();
              assertThat(allowed.distance(moved, 0)).isNaN();
            });
  }

  @Test
  void every_feature_has_its_own_domain() {
    Domain domain =
        Domain.perFeature(List.of(new Range(0, 1), new Range(-100, 100), new Range(5, 6)));
    Batch clean = Batch.of(new float[] {0.5f, 0, 6});
    Neighbourhood allowed = ThreatModel.linf(10).around(clean, domain);
    Batch far = Batch.of(new float[] {-50, 50, 50});
    assertThat(allowed.project(far).row(0)).containsExactly(0, 10, 6);
    Batch up = Batch.of(new float[] {1, 1, 1});
    assertThat(allowed.steepest(clean, up, 2).row(0)).containsExactly(0.5f, 2, 0);
    assertThat(allowed.contains(Batch.of(new float[] {0.5f, 10, 4.9f}), 0)).isFalse();
  }

  @Test
  void distance_is_the_size_of_the_change() {
    Batch clean = Batch.of(new float[] {1, 1}, new float[] {5, 5}).standingFor(4, 9);
    Batch moved = Batch.of(new float[] {8, 1}).standingFor(9);
    Domain domain = Domain.of(0, 10);
    assertThat(ThreatModel.linf(1).around(clean, domain).distance(moved, 0)).isEqualTo(4);
    assertThat(ThreatModel.l2(1).around(clean, domain).distance(moved, 0)).isEqualTo(5);
    assertThat(ThreatModel.l1(1).around(clean, domain).distance(moved, 0)).isEqualTo(7);
    assertThat(ThreatModel.l0(1).around(clean, domain).distance(moved, 0)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void one_steepest_step_reaches_a_linear_boundary_at_its_exact_distance(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    LinearBoundary truth = new LinearBoundary(WIDTH, random);
    Batch x = inputs(1, 1, random);
    Labels label = Labels.of(truth.model.logits(x).argmax(0));
    for (Norm norm : List.of(Norm.linf(), Norm.l2(), Norm.l1())) {
      float radius = (float) truth.distance(norm, x.row(0));
      Neighbourhood allowed = new ThreatModel(norm, 2 * radius).around(x, truth.model.domain());
      Batch gradient = truth.model.gradient(x, new Margin(label)).byInput();
      for (float factor : new float[] {0.99f, 1.01f}) { // float logits are good for 1e-5
        Batch stepped = x.plus(allowed.steepest(x, gradient, factor * radius));
        assertThat(truth.model.logits(stepped).argmax(0) == label.atRow(0))
            .as("%s at %s of the distance", norm, factor)
            .isEqualTo(factor < 1);
        assertThat(allowed.distance(stepped, 0)).isEqualTo(factor * radius, within(1e-5));
      }
    }
  }

  @Test
  void clean_inputs_outside_the_domain_are_refused() {
    Batch clean = Batch.of(new float[] {0.5f, 1}, new float[] {0, 1.5f}).standingFor(3, 8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ThreatModel.linf(1).around(clean, Domain.UNIT))
        .withMessage(
            "inputs must lie in the model's domain [0.0, 1.0], but feature 1 of example 8 was 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ThreatModel.l2(1).around(Batch.of(new float[] {Float.NaN}), Domain.UNIT))
        .withMessageContaining("feature 0 of example 0 was NaN");
  }

  @Test
  void clean_inputs_must_be_distinct_and_in_order() {
    Batch twice = Batch.of(new float[1], new float[1]).standingFor(4, 4);
    Batch backwards = Batch.of(new float[1], new float[1]).standingFor(4, 3);
    for (Batch clean : List.of(twice, backwards)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ThreatModel.linf(1).around(clean, Domain.UNIT))
          .withMessage("clean examples must be distinct and in order");
    }
  }

  @Test
  void a_candidate_of_no_clean_example_is_refused() {
    Neighbourhood allowed =
        ThreatModel.linf(1).around(Batch.of(new float[1], new float[1]), Domain.UNIT);
    Batch stranger = Batch.of(new float[1]).standingFor(7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> allowed.project(stranger))
        .withMessage("example 7 is not among the 2 examples [0, 1]");
  }

  @Test
  void batches_of_another_width_are_refused() {
    Neighbourhood allowed = ThreatModel.linf(1).around(Batch.of(new float[2]), Domain.UNIT);
    String message = "batches must have 2 features like the clean examples, but had %s";
    for (int width : new int[] {1, 3}) {
      Batch other = Batch.of(new float[width]);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> allowed.project(other))
          .withMessage(message.formatted((Object) String.valueOf(width)));
      assertThatIllegalArgumentException().isThrownBy(() -> allowed.distance(other, 0));
      assertThatIllegalArgumentException().isThrownBy(() -> allowed.contains(other, 0));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> allowed.steepest(allowed.clean(), other, 1));
    }
  }

  @Test
  void every_input_needs_its_gradient() {
    Neighbourhood allowed = ThreatModel.linf(1).around(Batch.of(new float[2]), Domain.UNIT);
    Batch two = Batch.of(new float[2], new float[2]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> allowed.steepest(allowed.clean(), two, 1))
        .withMessage("there must be one each for 1 inputs, but there were 2 gradients");
  }

  @Test
  void shows_what_it_was_made_of() {
    Batch clean = Batch.of(new float[2]);
    Neighbourhood allowed = ThreatModel.l2(0.5f).around(clean, Domain.UNIT);
    assertThat(allowed.clean()).isSameAs(clean);
    assertThat(allowed.norm()).isEqualTo(Norm.l2());
    assertThat(allowed.radius()).isEqualTo(0.5f);
    assertThat(allowed).hasToString("L2 epsilon 0.5 around 1 rows of 2");
  }

  @ParameterizedTest
  @MethodSource("threats_and_seeds")
  void a_radius_for_each_candidate_is_that_of_a_threat_model_of_its_own(
      ThreatModel threat, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Batch clean = inputs(6, 1, random).standingFor(3, 5, 8, 100, 101, 7_000_000_000L);
    int[] chosen = {4, 1, 1, 5, 0};
    float[] radii = {0, 1, 2, 5, 0.25f};
    Batch candidates = clean.select(chosen).plus(anywhere(5, random));
    Neighbourhood allowed = threat.around(clean, Domain.UNIT);
    Batch moved = allowed.project(candidates, radii);
    for (int i = 0; i < chosen.length; i++) {
      Neighbourhood own = new ThreatModel(threat.norm(), radii[i]).around(clean, Domain.UNIT);
      assertThat(moved.example(i)).isEqualTo(candidates.example(i));
      assertThat(moved.row(i)).containsExactly(own.project(only(candidates, i)).row(0));
      assertThat(own.contains(moved, i)).isTrue();
    }
    assertThat(moved.row(0)).containsExactly(clean.row(4));
  }

  @ParameterizedTest
  @MethodSource("threats_and_seeds")
  void an_infinite_radius_leaves_nothing_but_the_domain(ThreatModel threat, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Batch clean = inputs(4, 1, random);
    Batch candidates = clean.plus(anywhere(4, random));
    float[] infinite = new float[4];
    Arrays.fill(infinite, Float.POSITIVE_INFINITY);
    Batch moved = threat.around(clean, Domain.UNIT).project(candidates, infinite);
    Batch clipped = candidates.editRows((i, x) -> clip(x, 1));
    assertThat(flat(moved)).usingComparatorWithPrecision(1e-6f).containsExactly(flat(clipped));
  }

  @ParameterizedTest
  @MethodSource("threats_and_seeds")
  void a_length_for_each_step_is_that_of_a_step_alone(ThreatModel threat, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Batch x = inputs(5, 1, random);
    Batch gradients = anywhere(5, random);
    float[] lengths = {0, 1, 2, 0.25f, 3};
    Neighbourhood allowed = threat.around(x, Domain.UNIT);
    Batch steps = allowed.steepest(x, gradients, lengths);
    for (int i = 0; i < lengths.length; i++) {
      assertThat(steps.row(i))
          .containsExactly(allowed.steepest(only(x, i), only(gradients, i), lengths[i]).row(0));
    }
  }

  @Test
  void every_candidate_needs_its_radius_and_every_input_its_length() {
    Neighbourhood allowed = ThreatModel.linf(1).around(Batch.of(new float[2]), Domain.UNIT);
    Batch one = allowed.clean();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> allowed.project(one, new float[2]))
        .withMessage("there must be one each for 1 inputs, but there were 2 radii");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> allowed.steepest(one, one, new float[0]))
        .withMessage("there must be one each for 1 inputs, but there were 0 lengths");
  }

  @Test
  void without_a_bound_the_radius_is_the_size_of_the_domain() {
    Domain domain = Domain.perFeature(List.of(new Range(0, 3), new Range(-2, 2), new Range(5, 17)));
    Batch clean = Batch.of(new float[] {1, 1, 5});
    double[] sizes = {12, 13, 19, 3};
    List<Norm> norms = List.of(Norm.linf(), Norm.l2(), Norm.l1(), Norm.l0());
    for (int i = 0; i < sizes.length; i++) {
      Neighbourhood allowed = ThreatModel.unbounded(norms.get(i)).around(clean, domain);
      assertThat((double) allowed.radius()).as("%s", norms.get(i)).isEqualTo(sizes[i]);
      assertThat(allowed.isBounded()).isFalse();
    }
    assertThat(ThreatModel.l2(9).around(clean, domain).isBounded()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void without_a_bound_every_legal_input_is_inside_and_stays_where_it_is(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (Norm norm : NormSizeTest.norms()) {
      for (float upper : new float[] {1, 255, 1e6f}) {
        Batch clean = inputs(20, upper, random);
        Batch anyOther = inputs(20, upper, random);
        Batch opposite = clean.editRows((i, x) -> Arrays.fill(x, i % 2 * upper));
        Batch corners = clean.editRows((i, x) -> Arrays.fill(x, (1 - i % 2) * upper));
        Domain domain = Domain.of(0, upper);
        Neighbourhood allowed = ThreatModel.unbounded(norm).around(clean, domain);
        assertThat(flat(allowed.project(anyOther))).containsExactly(flat(anyOther));
        Batch drawn = allowed.sample(Seed.of(seed));
        Neighbourhood across = ThreatModel.unbounded(norm).around(corners, domain);
        for (int i = 0; i < 20; i++) {
          assertThat(allowed.contains(anyOther, i)).isTrue();
          assertThat(allowed.contains(drawn, i)).isTrue();
          assertThat(across.contains(opposite, i)).as("%s corner to corner", norm).isTrue();
        }
        assertThat(flat(across.project(opposite))).containsExactly(flat(opposite));
      }
    }
  }

  @Test
  void without_a_bound_the_domain_still_holds() {
    Batch clean = Batch.of(new float[] {0, 1});
    for (Norm norm : NormSizeTest.norms()) {
      Neighbourhood allowed = ThreatModel.unbounded(norm).around(clean, Domain.UNIT);
      assertThat(allowed.contains(Batch.of(new float[] {-1e-30f, 1}), 0)).isFalse();
      assertThat(allowed.contains(Batch.of(new float[] {0, Float.NaN}), 0)).isFalse();
      assertThat(allowed.project(Batch.of(new float[] {-3, 9})).row(0)).containsExactly(0, 1);
    }
  }

  @ParameterizedTest
  @MethodSource("threats")
  void some_of_the_examples_are_reached_as_among_all(ThreatModel threat) {
    SplittableRandom random = new SplittableRandom(4);
    Neighbourhood all = threat.around(inputs(6, 1, random), Domain.UNIT);
    Neighbourhood some = all.select(1, 4);
    assertThat(some.radius()).isEqualTo(all.radius());
    assertThat(flat(some.clean())).containsExactly(flat(all.clean().select(1, 4)));
    assertThat(flat(some.sample(Seed.of(1))))
        .containsExactly(flat(all.sample(Seed.of(1)).select(1, 4)));
    Batch far = anywhere(6, random).select(1, 4);
    assertThat(flat(some.project(far))).containsExactly(flat(all.project(far)));
  }
}
