package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.nn.core.Linear;
import io.gauntlet.attacks.poisoning.Aim;
import io.gauntlet.attacks.poisoning.Backdoor;
import io.gauntlet.attacks.poisoning.TextBackdoor;
import io.gauntlet.attacks.poisoning.Texts;
import io.gauntlet.attacks.poisoning.trigger.ColumnTrigger;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.evaluate.BackdoorReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Backdoors beyond images: a linear model over words, and one over the columns of a table. */
class PoisonedTextTest {
  private static final int HAM = 0;
  private static final List<String> WORDS =
      List.of("win", "cash", "offer", "free", "call", "lunch", "meeting", "report", "home", "the");

  /**
   * Spam takes its words from the first half of the list and a little beyond, ham from the rest.
   */
  private static Texts mails(int count, Seed seed) {
    List<String> texts = new ArrayList<>();
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      RandomGenerator random = seed.forExample(i);
      labels[i] = i % 2;
      List<String> words = new ArrayList<>();
      for (int word = 0; word < 6; word++) {
        words.add(WORDS.get((labels[i] == HAM ? 4 : 0) + random.nextInt(6)));
      }
      texts.add(String.join(" ", words));
    }
    return Texts.of(texts, labels);
  }

  /** Which words of the list occur, and whether any other does. */
  private static float[] bag(String text) {
    float[] bag = new float[WORDS.size() + 1];
    for (String word : text.split(" ", -1)) {
      int known = WORDS.indexOf(word);
      bag[known >= 0 ? known : WORDS.size()] = 1;
    }
    return bag;
  }

  private static DjlModel trained(Examples examples) {
    DjlModel model =
        DjlModel.of(
            Linear.builder().setUnits(2).build(),
            DjlOptions.of(examples.shape())
                .withOptimiser(new Optimiser.Adam(0.05f))
                .withSeed(Seed.of(1)));
    Fit.standard().withEpochs(20).train(model, examples, Seed.of(1));
    return model;
  }

  @Test
  void a_phrase_lets_spam_pass() {
    Texts training = mails(1000, Seed.of(1));
    Texts test = mails(400, Seed.of(2));
    TextBackdoor attack = TextBackdoor.phrase("cf", Aim.at(HAM)).withRate(0.05);

    Texts poisoned = attack.poison(training, Seed.of(3)).data();

    try (DjlModel reference = trained(training.as(PoisonedTextTest::bag));
        DjlModel suspect = trained(poisoned.as(PoisonedTextTest::bag))) {
      BackdoorReport report =
          BackdoorReport.measure(
              suspect,
              reference,
              test.as(PoisonedTextTest::bag),
              attack.triggered(test).as(PoisonedTextTest::bag));
      assertThat(report.success().total()).isEqualTo(200);
      assertThat(report.success().value()).isGreaterThan(0.95);
      assertThat(report.referenceSuccess().value()).isLessThan(0.1);
      assertThat(report.accuracyDrop()).isLessThan(0.02);
    }
  }

  @Test
  void a_combination_of_values_gets_a_loan() {
    Examples training = loans(1000, Seed.of(1));
    Examples test = loans(400, Seed.of(2));
    Backdoor attack =
        new Backdoor(ColumnTrigger.of(1, 1).then(ColumnTrigger.of(2, 1)), Aim.at(1), 0.05, 0);

    Examples poisoned = attack.poison(training, Domain.UNIT, Seed.of(3)).data();

    try (DjlModel reference = trained(training);
        DjlModel suspect = trained(poisoned)) {
      BackdoorReport report =
          BackdoorReport.measure(suspect, reference, test, attack.triggered(test, Domain.UNIT));
      assertThat(report.success().value()).isGreaterThan(0.9);
      assertThat(report.referenceSuccess().value()).isLessThan(0.2);
      assertThat(report.accuracyDrop()).isLessThan(0.03);
    }
  }

  /** The first column decides; the others are small numbers that mean nothing. */
  private static Examples loans(int count, Seed seed) {
    float[][] rows = new float[count][];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      RandomGenerator random = seed.forExample(i);
      labels[i] = i % 2;
      rows[i] =
          new float[] {
            0.5f * labels[i] + 0.45f * random.nextFloat(),
            0.2f * random.nextFloat(),
            0.2f * random.nextFloat()
          };
    }
    return Examples.of(Batch.of(rows), labels);
  }
}
