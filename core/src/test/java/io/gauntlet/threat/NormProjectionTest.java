package io.gauntlet.threat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NormProjectionTest {
  /** One rounding to float of every feature. */
  private static final double FLOAT = 1.2e-7;

  static List<Norm> norms() {
    return List.of(Norm.linf(), Norm.l2(), Norm.l1(), Norm.l0());
  }

  static Stream<Arguments> norms_and_seeds() {
    return norms().stream()
        .flatMap(norm -> Stream.of(1L, 2L, 3L, 4L, 5L).map(seed -> Arguments.of(norm, seed)));
  }

  static float radius(Norm norm, int features, SplittableRandom random) {
    if (norm == Norm.l0()) {
      return random.nextInt(features + 2);
    }
    float share = norm == Norm.l1() ? features / 3f : norm == Norm.l2() ? features / 10f + 0.5f : 1;
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> 1e-6f;
      case 2 -> 3 * share;
      default -> share * random.nextFloat();
    };
  }

  @ParameterizedTest
  @MethodSource("norms_and_seeds")
  void in_the_plane_no_point_of_a_fine_grid_is_nearer(Norm norm, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 40; i++) {
      Boxed box = Boxed.random(2, random);
      float radius = radius(norm, 2, random);
      float[] moved = box.projected(norm, radius);
      assertThat(box.holds(moved)).isTrue();
      assertThat(norm.of(moved)).isLessThanOrEqualTo(radius * (1 + FLOAT));
      // every grid point is feasible, so none may beat the projection by more than its rounding;
      // border points 1/1000 apart would beat a point that is wrong by more than about 1e-3
      assertThat(box.to(moved)).isLessThanOrEqualTo(nearestOfGrid(norm, radius, box) + 5 * FLOAT);
    }
  }

  private static double nearestOfGrid(Norm norm, float radius, Boxed box) {
    double best = box.to(0, 0);
    int n = 60;
    for (int a = 0; a <= n; a++) {
      for (int b = 0; b <= n; b++) {
        double x = box.low[0] + (double) a / n * ((double) box.high[0] - box.low[0]);
        double y = box.low[1] + (double) b / n * ((double) box.high[1] - box.low[1]);
        best = Math.min(best, ifFeasible(norm, radius, box, x, y));
      }
    }
    int border = 4000;
    for (int a = 0; a < border; a++) {
      double angle = 2 * Math.PI * a / border;
      double x = Math.cos(angle);
      double y = Math.sin(angle);
      double size = size(norm, x, y);
      double fits = norm == Norm.l0() ? 0 : radius / size;
      best = Math.min(best, ifFeasible(norm, radius, box, fits * x, fits * y));
      double along = (a - a % 4) / (double) border;
      double px = box.low[0] + along * ((double) box.high[0] - box.low[0]);
      double py = box.low[1] + along * ((double) box.high[1] - box.low[1]);
      best =
          Math.min(
              best,
              switch (a % 4) {
                case 0 -> ifFeasible(norm, radius, box, px, box.low[1]);
                case 1 -> ifFeasible(norm, radius, box, px, box.high[1]);
                case 2 -> ifFeasible(norm, radius, box, box.low[0], py);
                default -> ifFeasible(norm, radius, box, box.high[0], py);
              });
      best = Math.min(best, ifFeasible(norm, radius, box, px, 0));
      best = Math.min(best, ifFeasible(norm, radius, box, 0, py));
    }
    return best;
  }

  private static double ifFeasible(Norm norm, float radius, Boxed box, double x, double y) {
    boolean feasible = box.holds(new double[] {x, y}) && size(norm, x, y) <= radius;
    return feasible ? box.to(x, y) : Double.POSITIVE_INFINITY;
  }

  private static double size(Norm norm, double x, double y) {
    if (norm == Norm.l0()) {
      return (x == 0 ? 0 : 1) + (y == 0 ? 0 : 1);
    }
    return norm == Norm.linf()
        ? Math.max(Math.abs(x), Math.abs(y))
        : norm == Norm.l2() ? Math.hypot(x, y) : Math.abs(x) + Math.abs(y);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void in_100_dimensions_l2_is_where_dykstra_ends(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Boxed box = Boxed.random(100, random);
    float radius = 0.2f + 3 * random.nextFloat();
    double[] expected =
        dykstra(
            box,
            x -> {
              double size = 0;
              for (double v : x) {
                size += v * v;
              }
              double share = Math.min(1, radius / Math.sqrt(size));
              return Arrays.stream(x).map(v -> share * v).toArray();
            });
    assertSame(box.projected(Norm.l2(), radius), expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void in_100_dimensions_l1_is_where_dykstra_ends(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Boxed box = Boxed.random(100, random);
    float radius = 0.5f + 15 * random.nextFloat();
    assertSame(box.projected(Norm.l1(), radius), dykstra(box, x -> ontoL1(x, radius)));
  }

  /** Onto the ball alone: Duchi, Shalev-Shwartz, Singer, Chandra, ICML 2008, figure 1. */
  private static double[] ontoL1(double[] x, double radius) {
    double[] sizes = Arrays.stream(x).map(Math::abs).sorted().toArray();
    double sum = 0;
    double threshold = 0;
    for (int i = sizes.length - 1, count = 1; i >= 0; i--, count++) {
      sum += sizes[i];
      if (sizes[i] > (sum - radius) / count) {
        threshold = (sum - radius) / count;
      }
    }
    double t = Math.max(0, threshold);
    return Arrays.stream(x).map(v -> Math.signum(v) * Math.max(0, Math.abs(v) - t)).toArray();
  }

  /** The nearest common point of box and ball by projecting onto each in turn (Dykstra 1983). */
  private static double[] dykstra(Boxed box, UnaryOperator<double[]> ontoBall) {
    int n = box.features();
    double[] x = Boxed.wide(box.delta);
    double[] p = new double[n];
    double[] q = new double[n];
    double change = 1;
    for (int round = 0; round < 100_000 && change > 1e-13; round++) {
      double[] atBall = new double[n];
      for (int j = 0; j < n; j++) {
        atBall[j] = x[j] + p[j];
      }
      double[] y = ontoBall.apply(atBall);
      change = 0;
      for (int j = 0; j < n; j++) {
        p[j] = atBall[j] - y[j];
        double atBox = y[j] + q[j];
        double next = Math.min(box.high[j], Math.max(box.low[j], atBox));
        q[j] = atBox - next;
        change += Math.abs(next - x[j]);
        x[j] = next;
      }
    }
    return x;
  }

  private static void assertSame(float[] actual, double[] expected) {
    for (int j = 0; j < expected.length; j++) {
      // Dykstra converges linearly: a last change of 1e-13 leaves about 1e-10, floats 6e-8
      assertThat((double) actual[j]).as("feature %s", j).isEqualTo(expected[j], within(3e-7));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void l0_keeps_the_best_of_all_subsets(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 10; i++) {
      Boxed box = Boxed.random(8, random);
      for (int most = 0; most <= 9; most++) {
        double best = Double.POSITIVE_INFINITY;
        for (int subset = 0; subset < 1 << 8; subset++) {
          if (Integer.bitCount(subset) <= most) {
            double[] kept = new double[8];
            for (int j = 0; j < 8; j++) {
              boolean keep = (subset >> j & 1) == 1;
              kept[j] = keep ? Math.min(box.high[j], Math.max(box.low[j], box.delta[j])) : 0;
            }
            best = Math.min(best, box.to(kept));
          }
        }
        float[] moved = box.projected(Norm.l0(), most);
        assertThat(Norm.l0().of(moved)).isLessThanOrEqualTo(most);
        assertThat(box.holds(moved)).isTrue();
        assertThat(box.to(moved)).isEqualTo(best, within(1e-12)); // sums in another order
      }
    }
  }

  @Test
  void l0_tells_tiny_features_apart() {
    float[] delta = {1e-24f, 2e-24f}; // whose squares are zero in float
    Norm.l0().project(delta, 1, new float[] {-1, -1}, new float[] {1, 1});
    assertThat(delta).containsExactly(0, 2e-24f);
  }

  @Test
  void l0_tells_features_apart_that_are_far_outside_the_box() {
    float[] delta = {1e20f, 1.1e20f}; // next to whose squares a gain of 2e20 is lost
    Norm.l0().project(delta, 1, new float[] {-1, -1}, new float[] {1, 1});
    assertThat(delta).containsExactly(0, 1);
  }

  @ParameterizedTest
  @MethodSource("norms_and_seeds")
  void is_inside_ball_and_box_and_stays_there(Norm norm, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int features : new int[] {1, 2, 7, 500}) {
      for (int i = 0; i < 20; i++) {
        Boxed box = Boxed.random(features, random);
        float radius = radius(norm, features, random);
        float[] once = box.projected(norm, radius);
        assertThat(box.holds(once)).isTrue();
        assertThat(norm.of(once)).isLessThanOrEqualTo(radius * (1 + FLOAT));
        float[] twice = new Boxed(once, box.low, box.high).projected(norm, radius);
        for (int j = 0; j < features; j++) {
          // rounding may have left the point outside by FLOAT of the radius, which is taken back
          assertThat(twice[j]).isEqualTo(once[j], within((float) (2 * FLOAT) * radius));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("norms_and_seeds")
  void leaves_a_feasible_point_as_it_is(Norm norm, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 50; i++) {
      Boxed box = Boxed.random(20, random);
      float[] inside = box.projected(Norm.linf(), 10);
      float radius = Math.nextUp((float) norm.of(inside));
      float[] moved = new Boxed(inside, box.low, box.high).projected(norm, radius);
      assertThat(moved).usingComparatorWithPrecision(0f).containsExactly(inside);
    }
  }

  @ParameterizedTest
  @MethodSource("norms_and_seeds")
  void onto_a_ball_of_radius_zero_is_exactly_zero(Norm norm, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 1000; i++) {
      float[] delta = new float[3];
      for (int j = 0; j < delta.length; j++) {
        int exponent = -20 + random.nextInt(30); // so different that sums lose the smaller one
        delta[j] = (float) ((random.nextDouble() - 0.5) * Math.pow(10, exponent));
      }
      float[] wide = {1e12f, 1e12f, 1e12f};
      norm.project(delta, 0, new float[] {-1e12f, -1, -1e-9f}, wide);
      assertThat(delta).usingComparatorWithPrecision(0f).containsExactly(0, 0, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-30, 1e-10, 1, 1e10, 1e30})
  void l2_and_l1_scale_with_the_problem(double scale) {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 50; i++) {
      Boxed box = Boxed.random(30, random);
      Boxed scaled =
          new Boxed(times(box.delta, scale), times(box.low, scale), times(box.high, scale));
      for (Norm norm : List.of(Norm.l2(), Norm.l1())) {
        float[] plain = box.projected(norm, 0.7f);
        float[] moved = scaled.projected(norm, (float) (0.7f * scale));
        for (int j = 0; j < plain.length; j++) {
          // every input of the scaled problem was rounded to float
          assertThat(moved[j] / scale).isEqualTo(plain[j], within(1e-6));
        }
      }
    }
  }

  private static float[] times(float[] values, double factor) {
    float[] product = new float[values.length];
    for (int j = 0; j < product.length; j++) {
      product[j] = (float) (factor * values[j]);
    }
    return product;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void l2_uses_up_the_radius_however_far_the_sizes_are_apart(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 100; i++) {
      Boxed box = Boxed.random(50, random);
      for (int j = 0; j < 50; j++) {
        box.delta[j] *= (float) Math.pow(10, 12 * random.nextDouble());
      }
      double available = Norm.l2().of(box.projected(Norm.linf(), 2));
      float radius = (float) (available * random.nextDouble());
      float[] moved = box.projected(Norm.l2(), radius);
      assertThat(Norm.l2().of(moved)).isEqualTo(radius, within(FLOAT * radius));
    }
  }

  @Test
  void of_one_feature_is_clipping_for_every_norm_that_measures() {
    for (Norm norm : List.of(Norm.linf(), Norm.l2(), Norm.l1())) {
      for (float value : new float[] {-3, -0.2f, 0, 0.1f, 3}) {
        float[] delta = {value};
        norm.project(delta, 0.5f, new float[] {-0.3f}, new float[] {0.75f});
        assertThat(delta[0])
            .as("%s of %s", norm, value)
            .isEqualTo(Math.min(0.5f, Math.max(-0.3f, value)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("norms")
  void never_repairs_nan(Norm norm) {
    float[] delta = {0.5f, Float.NaN, -3};
    norm.project(delta, 1, new float[] {-1, -1, -1}, new float[] {1, 1, 1});
    assertThat(delta[1]).isNaN();
  }

  @ParameterizedTest
  @MethodSource("norms")
  void of_a_tied_problem_is_the_same_every_time(Norm norm) {
    float[] low = {-1, -1, -1};
    float[] high = {1, 1, 1};
    float[] first = new Boxed(new float[] {1, 1, 1}, low, high).projected(norm, 1);
    float[] again = new Boxed(new float[] {1, 1, 1}, low, high).projected(norm, 1);
    assertThat(first).containsExactly(again);
    if (norm == Norm.l0()) {
      assertThat(first).containsExactly(1, 0, 0);
    }
  }
}
