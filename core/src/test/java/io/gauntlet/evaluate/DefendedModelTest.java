package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Incumbent;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.threat.ThreatModel;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A threshold at 0 on the line, behind a defense that moves it to 0.5 or looks for large inputs.
 */
class DefendedModelTest {
  private static final ThreatModel ONE = ThreatModel.linf(1);

  /** True classes of -2, -0.6, 0.2, 3: the third is wrong behind a threshold of 0.5. */
  private static final Examples EXAMPLES =
      Examples.of(
          Batch.of(new float[] {-2}, new float[] {-0.6f}, new float[] {0.2f}, new float[] {3}),
          0,
          0,
          1,
          1);

  /** Answers 1 above the threshold. */
  private static Mlp above(float threshold) {
    return Mlp.linear(Domain.of(-4, 4), new float[][] {{0}, {1}}, new float[] {0, -threshold});
  }

  /**
   * A net whose attackers are shown another one.
   *
   * @param shown what an attacker who knows the defense follows
   * @param refusedAbove inputs above this get no answer
   */
  private record Defended(DifferentiableModel net, DifferentiableModel shown, float refusedAbove)
      implements DefendedModel, FrontModel {
    @Override
    public Model behind() {
      return net;
    }

    @Override
    public Batch logits(Batch inputs) {
      return net.logits(inputs);
    }

    @Override
    public DifferentiableModel adaptive(Labels labels) {
      return shown;
    }

    @Override
    public DifferentiableModel naive() {
      return above(0);
    }

    @Override
    public String route() {
      return "straight through";
    }

    @Override
    public BitSet refused(Batch inputs) {
      BitSet refused = new BitSet();
      for (int i = 0; i < inputs.rows(); i++) {
        refused.set(i, inputs.get(i, 0) > refusedAbove);
      }
      return refused;
    }
  }

  private static Defended defended() {
    return new Defended(above(0.5f), above(0.5f), Float.POSITIVE_INFINITY);
  }

  /** Tries ten steps each way and keeps the first that fools the model it sees. */
  private static Attack<Model> walk() {
    return new Attempt<>(
        "Walk",
        (model, allowed, goal, seed) -> {
          Incumbent best = new Incumbent(allowed.clean(), goal);
          for (int step = -10; step <= 10; step++) {
            float by = 0.1f * step;
            Batch moved = allowed.project(allowed.clean().editRows((i, x) -> x[0] += by));
            best.offer(moved, model.logits(moved));
          }
          return best.batch();
        });
  }

  @Test
  void attacks_go_through_the_view_of_those_who_know_the_defense() {
    RobustnessReport report =
        Robustness.of(defended()).under(ONE).attackedBy(walk()).evaluate(EXAMPLES);
    assertThat(report.cleanAccuracy()).isEqualTo(0.75); // 0.2 is not above 0.5
    assertThat(report.robustAccuracy()).isEqualTo(0.75); // 0.5 is beyond -0.6 + 1
    assertThat(report.caveats()).noneMatch(Caveat.DefenseOverlooked.class::isInstance);
  }

  @Test
  void the_defended_model_judges_what_its_view_led_to() {
    Defended lying = new Defended(above(0.5f), above(2.5f), Float.POSITIVE_INFINITY);
    RobustnessReport report = Robustness.of(lying).under(ONE).attackedBy(walk()).evaluate(EXAMPLES);
    assertThat(report.robustAccuracy()).isEqualTo(0.75); // 3 - 0.6 fools the view alone
    Defended open = new Defended(above(2.5f), above(2.5f), Float.POSITIVE_INFINITY);
    assertThat(
            Robustness.of(open).under(ONE).attackedBy(walk()).evaluate(EXAMPLES).robustAccuracy())
        .isEqualTo(0.5);
  }

  @Test
  void attackers_who_overlook_the_defense_leave_a_caveat() {
    Caveat overlooked = new Caveat.DefenseOverlooked("straight through");
    RobustnessReport naive =
        Robustness.naively(defended()).under(ONE).attackedBy(walk()).evaluate(EXAMPLES);
    assertThat(naive.caveats()).contains(overlooked);
    Model plain = defended();
    assertThat(Robustness.of(plain).under(ONE).attackedBy(walk()).evaluate(EXAMPLES).caveats())
        .contains(overlooked);
    assertThat(overlooked.message()).contains("(straight through)");
  }

  @Test
  void a_refused_input_is_an_error_when_clean_and_no_success_when_attacked() {
    Defended detecting = new Defended(above(0), above(0), 2.9f);
    RobustnessReport report =
        Robustness.of(detecting).under(ONE).attackedBy(walk()).evaluate(EXAMPLES);
    assertThat(report.outcomes().get(3)).isInstanceOf(Outcome.Misclassified.class); // 3 is refused
    assertThat(report.cleanAccuracy()).isEqualTo(0.75);
    Defended wary = new Defended(above(0), above(0), 0.001f);
    RobustnessReport refusing =
        Robustness.of(wary).under(ONE).attackedBy(walk()).evaluate(EXAMPLES);
    assertThat(refusing.outcomes().get(1)).isInstanceOf(Outcome.Survived.class);
    assertThat(report.outcomes().get(1)).isInstanceOf(Outcome.Fooled.class);
  }

  @Test
  void a_checkpoint_of_one_kind_of_attacker_is_refused_for_the_other(@TempDir Path folder) {
    Path file = folder.resolve("checkpoint");
    Robustness.of(defended()).under(ONE).attackedBy(walk()).withCheckpoint(file).evaluate(EXAMPLES);
    assertThatThrownBy(
            () ->
                Robustness.naively(defended())
                    .under(ONE)
                    .attackedBy(walk())
                    .withCheckpoint(file)
                    .evaluate(EXAMPLES))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("attacked");
  }
}
