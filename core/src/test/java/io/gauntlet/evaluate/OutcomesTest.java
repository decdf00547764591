package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Objective;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import io.gauntlet.threat.ThreatModel;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomesTest {
  private static final ThreatModel QUARTER = ThreatModel.linf(0.25f);

  private static Robustness<DifferentiableModel> threshold() {
    return Robustness.of(Threshold.MODEL).under(QUARTER);
  }

  @Test
  void a_wrong_answer_to_the_clean_input_is_misclassified_and_never_attacked() {
    Spy spy = Spy.on(Threshold.MODEL);
    RobustnessReport report =
        Robustness.of(spy)
            .under(QUARTER)
            .attackedBy(Attempt.ask(3, 0.25f))
            .evaluate(Threshold.wrong(0.9f));
    assertThat(report.outcomes()).containsExactly(new Outcome.Misclassified(0, 0, 1));
    assertThat(report.cleanAccuracy()).isZero();
    assertThat(report.robustAccuracy()).isZero();
    AttackSummary summary = report.attacks().get(0);
    assertThat(summary.attempted()).isZero();
    assertThat(summary.forwardQueries()).isZero();
    assertThat(summary.successRate()).isNaN();
    assertThat(summary.medianDistance()).isNaN();
    assertThat(report.adversarial().rows()).isZero();
    assertThat(report.adversarial().width()).isEqualTo(1);
  }

  @Test
  void out_of_reach_survives_and_within_reach_is_fooled_with_its_distance() {
    RobustnessReport report =
        threshold().attackedBy(Attempt.shift(0.25f)).evaluate(Threshold.right(0.1f, 0.375f, 0.75f));
    assertThat(report.outcomes())
        .containsExactly(
            new Outcome.Survived(0, 0, 0),
            new Outcome.Fooled(1, 0, 1, "Shift 0.25", 0.25),
            new Outcome.Survived(2, 1, 1));
    assertThat(report.cleanAccuracy()).isEqualTo(1);
    assertThat(report.robustAccuracy()).isEqualTo(2 / 3.0);
    assertThat(report.count(Outcome.Fooled.class)).isEqualTo(1);
    assertThat(report.count(Outcome.class)).isEqualTo(3);
    assertThat(report.goal()).isEqualTo("untargeted");
    assertThat(report.threat()).isEqualTo(QUARTER);
  }

  @Test
  void later_attacks_see_the_survivors_only_and_an_example_is_robust_only_if_all_failed() {
    List<List<Long>> seen = new ArrayList<>();
    Attack<Model> up = recording(seen, "Up", 0.25f);
    Attack<Model> down = recording(seen, "Down", -0.25f);
    Attack<Model> again = recording(seen, "Again", 0.25f);
    RobustnessReport report =
        threshold()
            .attackedBy(up, down)
            .attackedBy(List.of(again))
            .withWorkers(1)
            .evaluate(Threshold.right(0.1f, 0.4f, 0.6f, 0.95f));
    assertThat(seen).containsExactly(List.of(0L, 1L, 2L, 3L), List.of(0L, 2L, 3L), List.of(0L, 3L));
    assertThat(report.outcomes())
        .extracting(outcome -> outcome instanceof Outcome.Fooled f ? f.attack() : "none")
        .containsExactly("none", "Up", "Down", "none");
    assertThat(report.attacks())
        .extracting(AttackSummary::name, AttackSummary::attempted, AttackSummary::fooled)
        .containsExactly(tuple("Up", 4, 1), tuple("Down", 3, 1), tuple("Again", 2, 0));
    assertThat(report.attacks().get(1).successRate()).isEqualTo(1 / 3.0);
  }

  private static Attack<Model> recording(List<List<Long>> seen, String name, float by) {
    return Attempt.returning(
        name,
        allowed -> {
          List<Long> examples = new ArrayList<>();
          for (int i = 0; i < allowed.clean().rows(); i++) {
            examples.add(allowed.clean().example(i));
          }
          seen.add(examples);
          return Attempt.shifted(allowed, by);
        });
  }

  @Test
  void the_median_distance_is_the_middle_one_or_the_mean_of_the_two() {
    Attack<Model> justOver =
        Attempt.returning(
            "JustOver",
            allowed -> allowed.clean().editRows((i, x) -> x[0] = x[0] > 0.3f ? 0.625f : x[0]));
    assertThat(medianOf(justOver, 0.5f, 0.375f, 0.4375f)).isEqualTo(0.1875);
    assertThat(medianOf(justOver, 0.5f, 0.375f, 0.4375f, 0.46875f))
        .isEqualTo((0.1875 + 0.15625) / 2);
    assertThat(medianOf(justOver, 0.1f)).isNaN();
  }

  private static double medianOf(Attack<Model> attack, float... values) {
    return threshold()
        .attackedBy(attack)
        .evaluate(Threshold.right(values))
        .attacks()
        .get(0)
        .medianDistance();
  }

  @Test
  void every_row_sent_forwards_and_backwards_is_counted() {
    Attack<DifferentiableModel> mixed =
        new Attempt<>(
            "Mixed",
            (model, allowed, goal, seed) -> {
              Batch clean = allowed.clean();
              model.logits(clean);
              model.gradient(clean, goal.loss(Objective.MARGIN));
              try (ForwardPass pass = model.forward(clean)) {
                pass.backward(pass.logits());
                pass.backward(pass.logits());
              }
              model.logits(clean.select(0));
              return clean;
            });
    Spy spy = Spy.on(Threshold.MODEL);
    RobustnessReport report =
        Robustness.of(spy)
            .under(QUARTER)
            .attackedBy(mixed)
            .withWorkers(1)
            .evaluate(Threshold.right(0.1f, 0.2f, 0.3f));
    AttackSummary summary = report.attacks().get(0);
    assertThat(summary.forwardQueries()).isEqualTo(3 + 3 + 3 + 1);
    assertThat(summary.gradientQueries()).isEqualTo(3 + 2 * 3);
    // the survivors are attacked once more without a bound, which is not charged to the attack
    assertThat(spy.backward(0)).isEqualTo(2 * 3);
    // beside the attacks: one clean prediction, two judgements, three looks for caveats
    assertThat(spy.forward(0)).isEqualTo(2 * 4 + 6);
    assertThat(spy.forward(1)).isEqualTo(2 * 3 + 6);
  }

  @Test
  void the_adversarial_batch_holds_the_successes_bit_for_bit_each_for_its_example() {
    RobustnessReport report =
        threshold()
            .attackedBy(Attempt.shift(0.25f), Attempt.shift(-0.25f))
            .withBatch(1)
            .evaluate(Threshold.right(0.7f, 0.1f, 0.4f));
    Batch adversarial = report.adversarial();
    assertThat(adversarial.rows()).isEqualTo(2);
    assertThat(adversarial.example(0)).isZero();
    assertThat(adversarial.example(1)).isEqualTo(2);
    assertThat(adversarial.get(0, 0)).isEqualTo(0.7f - 0.25f);
    assertThat(adversarial.get(1, 0)).isEqualTo(0.4f + 0.25f);
  }

  @Test
  void examples_keep_their_positions_however_they_were_chosen() {
    Examples all = Threshold.right(0.4f, 0.1f, 0.45f, 0.2f, 0.3f, 0.42f);
    for (Examples some : List.of(all.slice(2, 6), all.select(2, 3, 4, 5))) {
      for (int batch : new int[] {1, 2, 64}) {
        RobustnessReport report =
            threshold()
                .attackedBy(Attempt.ask(1, 0.1f), Attempt.ask(1, 0.25f))
                .withBatch(batch)
                .evaluate(some);
        assertThat(report.outcomes()).extracting(Outcome::example).containsExactly(2L, 3L, 4L, 5L);
        assertThat(report.outcomes())
            .extracting(outcome -> outcome instanceof Outcome.Fooled f ? f.attack() : "none")
            .containsExactly("Ask 1", "none", "Ask 1", "Ask 1");
        assertThat(report.adversarial().rowOf(5)).isEqualTo(2);
        assertThat(report.adversarial().get(2, 0)).isEqualTo(0.42f + 0.1f);
      }
    }
    Examples gaps = all.select(0, 2, 5);
    RobustnessReport report =
        threshold().attackedBy(Attempt.ask(2, 0.25f)).withBatch(2).evaluate(gaps);
    assertThat(report.outcomes()).extracting(Outcome::example).containsExactly(0L, 2L, 5L);
    assertThat(report.attacks().get(0).forwardQueries()).isEqualTo(6);
  }

  /** Three classes along one feature: below 1, from 1 to 2, above 2. */
  private static final Mlp STEPS =
      Mlp.linear(Domain.of(0, 3), new float[][] {{-1}, {0}, {1}}, new float[] {1, 0, -2});

  @Test
  void towards_a_target_only_that_class_counts() {
    Examples low = Examples.of(Batch.of(new float[] {0.5f}, new float[] {0.5f}), 0, 0);
    Robustness<DifferentiableModel> towards =
        Robustness.of(STEPS).under(ThreatModel.linf(1)).towards(Labels.of(1, 2));
    RobustnessReport report = towards.attackedBy(Attempt.shift(1)).evaluate(low);
    assertThat(report.goal()).isEqualTo("targeted");
    assertThat(report.outcomes())
        .containsExactly(
            new Outcome.Fooled(0, 0, 1, "Shift 1.0", 1), new Outcome.Survived(1, 0, 0));
  }

  @Test
  void targets_may_cover_more_examples_than_are_evaluated() {
    Examples all = Examples.of(Batch.of(new float[] {0.5f}, new float[] {0.6f}), 0, 0);
    RobustnessReport report =
        Robustness.of(STEPS)
            .under(ThreatModel.linf(1))
            .towards(Labels.of(2, 1))
            .attackedBy(Attempt.shift(1))
            .evaluate(all.slice(1, 2));
    assertThat(report.outcomes()).containsExactly(new Outcome.Fooled(1, 0, 1, "Shift 1.0", 1));
  }

  @Test
  void a_target_must_differ_from_the_label_be_a_class_and_exist() {
    Examples low = Examples.of(Batch.of(new float[] {0.5f}, new float[] {0.5f}), 0, 0);
    Robustness<DifferentiableModel> robustness =
        Robustness.of(STEPS).under(ThreatModel.linf(1)).attackedBy(Attempt.shift(1));
    assertThatThrownBy(() -> robustness.towards(Labels.of(1, 0)).evaluate(low))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("a target must differ from the label, but example 1 has both 0");
    assertThatThrownBy(() -> robustness.towards(Labels.of(1, 3)).evaluate(low))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("labels must be below the model's 3 classes, but example 1 has label 3");
    assertThatThrownBy(() -> robustness.towards(Labels.of(1)).evaluate(low))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("example 1 is not among the 1 examples [0]");
  }

  /** Says class 1 by a hair in company, class 0 by a hair alone. */
  private record Sociable(float lead) implements Model {
    @Override
    public Shape inputShape() {
      return Shape.of(1);
    }

    @Override
    public Domain domain() {
      return Domain.UNIT;
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public Batch logits(Batch inputs) {
      return inputs
          .withValues(2, new float[2 * inputs.rows()])
          .editRows(
              (i, z) -> {
                z[0] = 100;
                boolean moved = inputs.get(i, 0) > 0.55f;
                z[1] = moved && inputs.rows() > 1 ? 100 + lead : 100 - lead;
              });
    }
  }

  @Test
  void a_narrow_success_must_hold_for_the_example_alone() {
    Examples two = Threshold.right(0.5f, 0.5f);
    Attack<Model> attack = Attempt.shift(0.125f);
    RobustnessReport narrow =
        Robustness.of(new Sociable(0.005f)).under(QUARTER).attackedBy(attack).evaluate(two);
    assertThat(narrow.robustAccuracy()).isEqualTo(1);
    assertThat(narrow.outcomes()).extracting(Outcome::prediction).containsExactly(0, 0);
    RobustnessReport wide =
        Robustness.of(new Sociable(1)).under(QUARTER).attackedBy(attack).evaluate(two);
    assertThat(wide.robustAccuracy()).isZero();
  }

  @Test
  void an_evaluation_is_a_template_that_is_never_changed() {
    Robustness<DifferentiableModel> base = threshold();
    base.attackedBy(Attempt.shift(0.25f));
    assertThatThrownBy(() -> base.evaluate(Threshold.right(0.4f)))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("no attack given: call attackedBy(...) before evaluate(...)");
    Robustness<DifferentiableModel> up = base.attackedBy(Attempt.shift(0.25f));
    up.withBatch(3).withSeed(9).withWorkers(2);
    RobustnessReport report = up.evaluate(Threshold.right(0.4f));
    assertThat(report.provenance().batch()).isEqualTo(64);
    assertThat(report.provenance().seed().root()).isZero();
    assertThat(up.evaluate(Threshold.right(0.4f)).outcomes()).isEqualTo(report.outcomes());
  }

  @Test
  void provenance_names_everything_needed_to_get_the_report_again() {
    Examples data = Threshold.right(0.1f, 0.9f);
    Spy spy = Spy.on(Threshold.MODEL);
    RobustnessReport report =
        Robustness.of(spy)
            .under(QUARTER)
            .attackedBy(Attempt.shift(0.25f), Attempt.ask(2, 0))
            .withSeed(-17)
            .withWorkers(9)
            .withBatch(5)
            .evaluate(data);
    Provenance provenance = report.provenance();
    assertThat(provenance.libraryVersion()).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    assertThat(provenance.javaVersion()).isEqualTo(Runtime.version().toString());
    assertThat(provenance.operatingSystem())
        .isEqualTo(System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    assertThat(provenance.model()).isEqualTo(spy.fingerprint());
    assertThat(provenance.data()).isEqualTo(data.digest()).hasSize(64);
    assertThat(provenance.attacks()).containsExactly("Shift 0.25", "Ask 2");
    assertThat(provenance.seed().root()).isEqualTo(-17);
    assertThat(provenance.workers()).isEqualTo(9);
    assertThat(provenance.batch()).isEqualTo(5);
    assertThat(provenance.measuredAt())
        .isEqualTo(provenance.measuredAt().truncatedTo(ChronoUnit.SECONDS));
    assertThat(report.seconds()).isPositive();
    assertThat(report.attacks()).allSatisfy(a -> assertThat(a.seconds()).isNotNegative());
  }

  @Test
  void a_model_that_is_not_thread_safe_has_one_worker_and_refuses_more() {
    Robustness<Model> robustness =
        Robustness.of(new Sociable(1)).under(QUARTER).attackedBy(Attempt.shift(0));
    Examples one = Threshold.right(0.1f);
    assertThat(robustness.evaluate(one).provenance().workers()).isEqualTo(1);
    assertThat(robustness.withWorkers(1).evaluate(one).provenance().workers()).isEqualTo(1);
    assertThatThrownBy(() -> robustness.withWorkers(2).evaluate(one))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("workers must be 1 for a model that is not thread-safe, but was 2");
  }

  @Test
  void a_flat_model_takes_images_and_an_image_model_takes_flat_rows() {
    Mlp image =
        Mlp.of(
            Shape.of(1, 2, 2),
            Domain.UNIT,
            List.of(Mlp.Dense.of(new float[2][4], new float[] {0, 1})));
    Examples flat = Examples.of(Batch.of(new float[4]), 1);
    Robustness<DifferentiableModel> robustness =
        Robustness.of(image).under(QUARTER).attackedBy(Attempt.shift(0.25f));
    assertThat(robustness.evaluate(flat).robustAccuracy()).isEqualTo(1);
    assertThat(robustness.evaluate(flat.as(Shape.of(1, 2, 2))).robustAccuracy()).isEqualTo(1);
  }

  @Test
  void the_interval_of_the_report_is_that_of_its_survivors() {
    RobustnessReport report =
        threshold().attackedBy(Attempt.shift(0.25f)).evaluate(Threshold.right(0.1f, 0.4f, 0.9f));
    Interval interval = report.robustAccuracyInterval(0.9);
    assertThat(interval).isEqualTo(Interval.clopperPearson(2, 3, 0.9));
    assertThat(interval.width()).isEqualTo(interval.upper() - interval.lower());
  }
}
