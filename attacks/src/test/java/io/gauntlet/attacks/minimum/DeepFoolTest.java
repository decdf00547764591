package io.gauntlet.attacks.minimum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.Hyperplane;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DeepFoolTest {
  private static final List<Norm> NORMS = List.of(Norm.linf(), Norm.l2());

  static List<Long> seeds() {
    return java.util.stream.LongStream.rangeClosed(1, 20).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void goes_beyond_a_hyperplane_by_its_overshoot(long seed) {
    Hyperplane linear = Hyperplane.of(seed);
    for (Norm norm : NORMS) {
      double exact = linear.distanceToBoundary(norm);
      assertThat(linear.distanceFound(DeepFool.standard(), norm))
          .as("%s", norm)
          .isBetween(exact * (1 - 1e-5), exact * (1.02 + 1e-4));
      assertThat(linear.distanceFound(DeepFool.standard().withOvershoot(0.001f), norm))
          .as("%s", norm)
          .isBetween(exact * (1 - 1e-5), exact * (1.001 + 1e-4));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void crosses_a_hyperplane_in_a_narrow_domain_too(long seed) {
    Hyperplane linear = Hyperplane.of(seed, Domain.of(-1, 1));
    for (Norm norm : NORMS) {
      assertThat(linear.distanceFound(DeepFool.standard(), norm))
          .as("%s", norm)
          .isGreaterThanOrEqualTo(linear.distanceToBoundary(norm) * (1 - 1e-5));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void moves_an_example_to_a_target_beyond_its_overshoot_only(long seed) {
    Hyperplane linear = Hyperplane.of(seed);
    for (Norm norm : NORMS) {
      float exact = (float) linear.distanceToBoundary(norm);
      DeepFool deepFool = DeepFool.standard();
      assertThat(linear.isMoved(deepFool, new ThreatModel(norm, 0.99f * exact))).isFalse();
      assertThat(linear.isMoved(deepFool, new ThreatModel(norm, 1.03f * exact))).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"0.3, 1.21", "0.5, 1.3", "0.9, 1.75", "0.05, 1.02"})
  void goes_along_the_border_of_the_domain(float slope, float cut) {
    Corner corner = new Corner(slope, cut);
    for (Norm norm : NORMS) {
      double brute = corner.distanceByBruteForce(norm);
      assertThat(corner.distanceFound(DeepFool.standard(), norm))
          .as("%s", norm)
          .isBetween(brute - 2e-3, brute * 1.03);
    }
  }

  @Test
  void takes_the_nearest_boundary_even_if_its_class_is_not_the_likeliest() {
    // behind by 0.1 at slope 1 or by 0.15 at slope 3: the second is nearer
    Mlp model =
        Mlp.linear(
            Domain.UNIT, new float[][] {{0, 0}, {1, 0}, {0, 3}}, new float[] {0, -0.3f, -0.15f});
    assertThat(found(model, DeepFool.standard())).isEqualTo(new Found(2, 0.05 * 1.02));
    assertThat(found(model, DeepFool.standard().withCandidates(2)))
        .isEqualTo(new Found(1, 0.1 * 1.02));
  }

  private record Found(int answer, double distance) {
    Found {
      distance = Math.round(distance * 1e5) / 1e5;
    }
  }

  private static Found found(Mlp model, DeepFool attack) {
    Neighbourhood all =
        ThreatModel.unbounded(Norm.l2()).around(Batch.of(new float[] {0.2f, 0}), Domain.UNIT);
    Batch found = attack.perturb(model, all, new Goal.Untargeted(Labels.of(0)), Seed.of(1));
    return new Found(model.logits(found).argmax(0), all.distance(found, 0));
  }

  @Test
  void a_tie_that_the_label_wins_is_stepped_over() {
    Mlp tie = Mlp.linear(Domain.UNIT, new float[][] {{0}, {1}}, new float[] {0.5f, 0});
    for (Norm norm : NORMS) {
      Neighbourhood all =
          ThreatModel.unbounded(norm).around(Batch.of(new float[] {0.5f}), tie.domain());
      Batch found =
          DeepFool.standard().perturb(tie, all, new Goal.Untargeted(Labels.of(0)), Seed.of(1));
      assertThat(tie.logits(found).argmax(0)).as("%s", norm).isEqualTo(1);
      assertThat(all.distance(found, 0)).isLessThan(1e-5);
    }
  }

  @Test
  void hyperparameters_are_checked() {
    assertThatThrownBy(() -> DeepFool.standard().withSteps(0))
        .hasMessage("steps must be at least 1, but was 0");
    assertThatThrownBy(() -> DeepFool.standard().withCandidates(1))
        .hasMessage("candidates must be at least 2, but was 1");
    assertThatThrownBy(() -> DeepFool.standard().withOvershoot(Float.NaN))
        .hasMessage("overshoot must be finite and not negative, but was NaN");
  }

  @Test
  void a_wither_changes_one_thing() {
    assertThat(DeepFool.standard().withSteps(7).withCandidates(3).withOvershoot(0.5f))
        .isEqualTo(new DeepFool(7, 3, 0.5f));
  }
}
