package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.backdoor.InputDetector;
import io.gauntlet.defenses.backdoor.Inspection;
import io.gauntlet.defenses.backdoor.NeuralCleanse;
import io.gauntlet.defenses.backdoor.ReconstructedTrigger;
import io.gauntlet.defenses.backdoor.Strip;
import io.gauntlet.defenses.repair.FilteredRetraining;
import io.gauntlet.defenses.repair.FinePruning;
import io.gauntlet.defenses.repair.Repair;
import io.gauntlet.defenses.repair.Unlearning;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A convolutional network of real digits, poisoned at 5 %: its backdoor is found and removed. */
class BackdooredDigitsTest {
  private static final Examples ALL = Digits.all();
  private static final int EPOCHS = 15;
  private static final Fit FIT = new Fit(EPOCHS, 32);

  private static final Seed SEED = Seed.of(0);

  private static Backdoored patched;
  private static DjlModel model;

  @BeforeAll
  static void train() {
    patched = poisoned("patch", SEED);
    model = Digits.trained(patched.training(), EPOCHS, SEED);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Backdoored poisoned(String trigger, Seed seed) {
    return Backdoored.of(ALL, 1100, 300, edit(trigger), 0.05, seed);
  }

  private static Batch.RowEdit edit(String trigger) {
    return trigger.equals("patch") ? Backdoored.patch(8) : Backdoored.blended(8);
  }

  @Test
  void strip_tells_triggered_digits_from_clean_ones() {
    Batch heldOut = patched.clean().inputs();
    InputDetector strip = Strip.standard().withBlends(20).calibrate(model, heldOut, SEED);
    Batch clean = strip.scores(patched.trial().test().inputs().slice(0, 100));
    Batch triggered = strip.scores(patched.trial().triggered().inputs().slice(0, 100));
    assertThat(Backdoored.auroc(triggered, clean)).isGreaterThanOrEqualTo(0.95);
  }

  @ParameterizedTest
  @ValueSource(strings = {"patch", "blended"})
  void trained_without_the_planted_digits_a_new_net_has_no_backdoor(String trigger) {
    Backdoored data = poisoned(trigger, SEED);
    Backdoored unpoisoned = Backdoored.of(ALL, 1100, 300, edit(trigger), 0, SEED);
    try (DjlModel victim = Digits.trained(data.training(), EPOCHS, SEED);
        DjlModel honest = Digits.trained(unpoisoned.training(), EPOCHS, SEED)) {
      Repair<DjlModel> repair =
          FilteredRetraining.standard()
              .withFit(FIT)
              .repair(
                  victim,
                  () -> Digits.untrained(SEED),
                  data.training(),
                  data.planted(),
                  data.trial(),
                  SEED);
      repair.model().close();
      assertThat(repair.before().attackSuccess().value()).isGreaterThan(0.9);
      assertThat(repair.after().attackSuccess().value()).isLessThanOrEqualTo(0.05);
      assertThat(repair.after().accuracy().value())
          .isGreaterThanOrEqualTo(data.trial().of(honest).accuracy().value() - 0.01);
    }
  }

  @Test
  void fine_pruning_takes_a_quarter_of_a_patch_away_and_leaves_the_accuracy() {
    Batch parameters = model.parameters();
    FinePruning pruning = FinePruning.standard().withFineTuning(new Fit(10, 32));
    Repair<DjlModel> repair = pruning.repair(model, patched.clean(), patched.trial(), SEED);
    model.setParameters(parameters);
    assertThat(repair.prunedUnits()).isBetween(50, 300); // of 512
    assertThat(repair.after().attackSuccess().value()).isLessThan(0.75);
    assertThat(repair.after().accuracy().value())
        .isGreaterThanOrEqualTo(repair.before().accuracy().value() - 0.01);
  }

  @Test
  @Tag("long")
  void neural_cleanse_names_the_target_and_unlearning_takes_most_of_the_backdoor_away() {
    Batch few = patched.clean().first(100).inputs();
    Inspection inspection = NeuralCleanse.standard().inspect(model, few, SEED);
    assertThat(inspection.accused())
        .extracting(ReconstructedTrigger::target)
        .containsExactly(Backdoored.TARGET);

    Batch parameters = model.parameters();
    ReconstructedTrigger trigger = inspection.accused().get(0);
    Repair<DjlModel> repair =
        Unlearning.standard()
            .withFit(FIT)
            .repair(model, patched.clean(), trigger, patched.trial(), SEED);
    model.setParameters(parameters);
    assertThat(repair.before().attackSuccess().value()).isGreaterThan(0.95);
    assertThat(repair.after().attackSuccess().value()).isLessThan(0.1);
    assertThat(repair.after().accuracy().value())
        .isGreaterThanOrEqualTo(repair.before().accuracy().value() - 0.01);
  }
}
