package io.gauntlet.defenses.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.backdoor.Inspection;
import io.gauntlet.defenses.backdoor.NeuralCleanse;
import io.gauntlet.defenses.backdoor.PlantedTrojan;
import io.gauntlet.defenses.backdoor.ReconstructedTrigger;
import io.gauntlet.evaluate.Rate;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RepairTest {
  private static final int TARGET = PlantedTrojan.TARGET;
  private static final Examples CLEAN = PlantedTrojan.clean(100, Seed.of(1));
  private static final Examples TEST = PlantedTrojan.clean(100, Seed.of(2));
  private static final Trial TRIAL = new Trial(TEST, PlantedTrojan.triggered(TEST));
  private static final Rate ALL_CLEAN = new Rate(100, 100);
  private static final Rate NO_TRIGGERED = new Rate(0, 80);
  private static final Rate ALL_TRIGGERED = new Rate(80, 80);

  @Test
  void the_planted_trojan_answers_clean_images_right_and_triggered_ones_with_its_target() {
    assertThat(TRIAL.of(PlantedTrojan.net(3.2f)))
        .isEqualTo(new Behaviour(ALL_CLEAN, ALL_TRIGGERED));
    assertThat(TRIAL.of(PlantedTrojan.net(0))).isEqualTo(new Behaviour(ALL_CLEAN, NO_TRIGGERED));
  }

  @Test
  void rates_come_with_exact_intervals() {
    Rate success = TRIAL.of(PlantedTrojan.net(0)).attackSuccess();
    assertThat(success.value()).isZero();
    assertThat(success.interval(0.95).upper())
        .isCloseTo(1 - Math.pow(0.025, 1 / 80.0), within(1e-9));
  }

  @Test
  void a_trial_needs_examples_that_the_trigger_can_lead_astray() {
    Examples triggered = PlantedTrojan.triggered(TEST);
    assertThat(TRIAL.triggered().count()).isEqualTo(80); // 20 are of the target class anyway
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Trial(TEST.slice(0, 0), triggered))
        .withMessageContaining("number of test examples must be at least 1, but was 0");
    Examples ofTarget = triggered.select(TARGET, TARGET + PlantedTrojan.CLASSES);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Trial(TEST, ofTarget))
        .withMessageContaining("triggered examples of another class must be at least 1, but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Trial(TEST.slice(0, 3), triggered))
        .withMessageContaining("example 3 is not among");
  }

  @Test
  void fine_pruning_removes_the_trojan_unit_and_no_other() {
    Readout model = Readout.trojan(3.2f);
    FinePruning pruning = FinePruning.standard().withTolerance(0).withFineTuning(new Fit(1, 100));
    Repair<Readout> repair = pruning.repair(model, CLEAN, TRIAL, Seed.of(3));
    assertThat(repair.model()).isSameAs(model);
    assertThat(repair.prunedUnits()).isEqualTo(1);
    for (int k = 0; k < PlantedTrojan.CLASSES; k++) {
      assertThat(model.weight(k, PlantedTrojan.TROJAN_UNIT)).isZero();
      assertThat(model.weight(k, k)).isPositive();
    }
    assertThat(repair.before()).isEqualTo(new Behaviour(ALL_CLEAN, ALL_TRIGGERED));
    assertThat(repair.after()).isEqualTo(new Behaviour(ALL_CLEAN, NO_TRIGGERED));
  }

  @Test
  void pruning_goes_on_until_the_tolerance_is_used_up() {
    // each honest unit is worth its class, a fifth of the accuracy
    FinePruning pruning = FinePruning.standard().withTolerance(0.4).withFineTuning(new Fit(1, 100));
    Repair<Readout> repair = pruning.repair(Readout.trojan(3.2f), CLEAN, TRIAL, Seed.of(3));
    assertThat(repair.prunedUnits()).isEqualTo(3);
  }

  @Test
  void fine_tuning_does_not_wake_what_was_pruned() {
    Readout model = Readout.trojan(3.2f);
    Examples triggered = // fine-tuning on these alone would wire the trojan in again
        new Examples(
            CLEAN.shape(),
            PlantedTrojan.triggered(CLEAN.inputs()),
            Labels.of(CLEAN.inputs(), new int[100]));
    FinePruning pruning = new FinePruning(0.99, new Fit(3, 10));
    int pruned = pruning.repair(model, triggered, TRIAL, Seed.of(3)).prunedUnits();
    assertThat(pruned).isEqualTo(PlantedTrojan.CLASSES + 1);
    for (int unit = 0; unit < pruned; unit++) {
      assertThat(model.weight(0, unit)).isZero();
    }
  }

  @Test
  void a_model_whose_last_parameters_are_not_its_last_layer_is_refused_unchanged() {
    Readout model = Readout.trojan(3.2f).withBiasesFirst();
    Batch before = model.parameters();
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> FinePruning.standard().repair(model, CLEAN, TRIAL, Seed.of(3)))
        .withMessageContaining("last 35 parameters must be the weights and biases");
    assertThat(model.parameters()).isSameAs(before);
  }

  @Test
  void unlearning_the_reconstructed_trigger_removes_the_backdoor() {
    Readout model = Readout.trojan(3.2f);
    Inspection inspection = NeuralCleanse.standard().inspect(model, CLEAN.inputs(), Seed.of(5));
    ReconstructedTrigger trigger = inspection.accused().get(0);
    Repair<Readout> repair =
        Unlearning.standard()
            .withFit(new Fit(10, 10))
            .repair(model, CLEAN, trigger, TRIAL, Seed.of(4));
    assertThat(repair.before()).isEqualTo(new Behaviour(ALL_CLEAN, ALL_TRIGGERED));
    assertThat(repair.after()).isEqualTo(new Behaviour(ALL_CLEAN, NO_TRIGGERED));
    assertThat(repair.epochs()).isEqualTo(10);
  }

  @Test
  void unlearning_stamps_the_stated_share_and_keeps_all_labels() {
    Readout model = Readout.trojan(3.2f);
    ReconstructedTrigger trigger = PlantedTrojan.trigger();
    Batch before = model.parameters();
    Unlearning.standard()
        .withShare(1)
        .withFit(new Fit(1, 100))
        .repair(model, CLEAN, trigger, TRIAL, Seed.of(4));
    Readout expected = Readout.trojan(3.2f);
    Examples stamped = new Examples(CLEAN.shape(), trigger.stamp(CLEAN.inputs()), CLEAN.labels());
    new Fit(1, 100).train(expected, stamped, Seed.of(0)); // one batch: the order is no matter
    assertThat(model.parameters().row(0)).isEqualTo(expected.parameters().row(0));
    assertThat(model.parameters().row(0)).isNotEqualTo(before.row(0));
  }

  @Test
  void a_trigger_of_another_shape_is_refused() {
    ReconstructedTrigger small =
        new ReconstructedTrigger(0, Shape.of(2), Batch.of(new float[2]), Batch.of(new float[2]), 1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Unlearning.standard().repair(Readout.trojan(3.2f), CLEAN, small, TRIAL, Seed.of(4)))
        .withMessageContaining("2 features like the trigger, but have 64");
  }

  @Test
  void retraining_without_the_poison_has_no_backdoor_and_with_some_of_it_has() {
    Examples poisoned = poisoned();
    Set<Long> planted = LongStream.range(0, 30).boxed().collect(Collectors.toSet());
    Model trojan = PlantedTrojan.net(3.2f);
    FilteredRetraining retraining = FilteredRetraining.standard().withFit(new Fit(30, 10));

    Repair<Readout> all =
        retraining.repair(trojan, Readout::untrained, poisoned, planted, TRIAL, Seed.of(6));
    assertThat(all.after()).isEqualTo(new Behaviour(ALL_CLEAN, NO_TRIGGERED));
    assertThat(all.examples()).isEqualTo(70);
    assertThat(all.model().weight(TARGET, PlantedTrojan.TROJAN_UNIT)).isZero();

    Set<Long> half = LongStream.range(0, 15).boxed().collect(Collectors.toSet());
    Repair<Readout> some =
        retraining.repair(trojan, Readout::untrained, poisoned, half, TRIAL, Seed.of(6));
    assertThat(some.after().attackSuccess().value()).isGreaterThan(0.9);
  }

  /** The first thirty images bear the trigger and the target's label. */
  private static Examples poisoned() {
    Batch triggered = PlantedTrojan.triggered(CLEAN.inputs());
    int[] labels = new int[100];
    Batch mixed =
        CLEAN
            .inputs()
            .editRows(
                (row, x) -> {
                  labels[row] = row < 30 ? TARGET : CLEAN.labels().atRow(row);
                  if (row < 30) {
                    triggered.copyRow(row, x);
                  }
                });
    return new Examples(CLEAN.shape(), mixed, Labels.of(mixed, labels));
  }

  @Test
  void flagged_examples_must_be_among_those_of_training_and_leave_some() {
    FilteredRetraining retraining = FilteredRetraining.standard();
    Examples two = CLEAN.slice(0, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                retraining.repair(
                    Readout.trojan(3.2f), Readout::untrained, two, Set.of(7L), TRIAL, Seed.of(6)))
        .withMessageContaining("example 7 is not among");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                retraining.repair(
                    Readout.trojan(3.2f),
                    Readout::untrained,
                    two,
                    Set.of(0L, 1L),
                    TRIAL,
                    Seed.of(6)))
        .withMessageContaining("number of examples that were not flagged must be at least 1");
  }

  @Test
  void settings_out_of_range_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Unlearning.standard().withShare(0))
        .withMessageContaining("share must be above 0 and at most 1, but was 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FinePruning.standard().withTolerance(1))
        .withMessageContaining("tolerance must be at least 0 and below 1, but was 1.0");
  }
}
