package io.gauntlet.defenses.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Models;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TriggerSetTest {
  private static final Shape SHAPE = Shape.of(6);

  private static TriggerSet noise(int count, int classes, long secret) {
    return TriggerSet.noise(SHAPE, Suspects.DOMAIN, count, classes, Seed.of(secret));
  }

  private static Examples originals(int count, int classes) {
    int[] labels = new int[count];
    Arrays.setAll(labels, i -> i % classes);
    return Examples.of(Suspects.inputs(count, 6, Seed.of(9)), labels);
  }

  @Test
  void who_has_learnt_the_set_is_convicted_with_the_probability_of_guessing_it_all() {
    TriggerSet triggers = noise(30, 10, 1);
    Evidence evidence = triggers.verify(Suspects.knowing(triggers.examples(), 10, x -> 0));
    assertThat(evidence.matches()).isEqualTo(30);
    assertThat(evidence.pValue()).isCloseTo(1e-30, withinPercentage(1e-8));
    assertThat(evidence.verdict(1e-6)).isEqualTo(Verdict.COPY);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10})
  void a_suspect_with_a_favourite_class_is_convicted_no_more_often_than_alpha(int classes) {
    int sets = 2000;
    Model suspect = Suspects.constant(6, classes, classes - 1);
    int convicted = 0;
    double matches = 0;
    for (int secret = 0; secret < sets; secret++) {
      Evidence evidence = noise(40, classes, secret).verify(suspect);
      convicted += evidence.verdict(0.05) == Verdict.COPY ? 1 : 0;
      matches += evidence.matches();
    }
    assertThat(convicted).isBetween(1, Suspects.mostOf(sets, 0.05));
    assertThat(matches / sets).isCloseTo(40.0 / classes, withinPercentage(3));
  }

  @Test
  void a_suspect_that_is_wrong_about_stamped_examples_is_convicted_no_more_often_than_alpha() {
    int sets = 2000;
    Examples originals = originals(40, 4);
    Model alwaysWrong =
        Suspects.deciding(6, 4, x -> (nearest(originals, x) + 1) % 4); // sees through the stamp
    int convicted = 0;
    for (int secret = 0; secret < sets; secret++) {
      TriggerSet triggers = TriggerSet.stamped(originals, Suspects.DOMAIN, 2, Seed.of(secret));
      assertThat(triggers.nullRate()).isEqualTo(1 / 3.0);
      convicted += triggers.verify(alwaysWrong).verdict(0.05) == Verdict.COPY ? 1 : 0;
    }
    assertThat(convicted).isLessThanOrEqualTo(Suspects.mostOf(sets, 0.05));
  }

  private static int nearest(Examples originals, float[] x) {
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < originals.count(); i++) {
      double apart = 0;
      for (int j = 0; j < x.length; j++) { // a stamped feature is far away
        apart += Math.min(1, Math.abs(x[j] - originals.inputs().get(i, j)));
      }
      if (apart < least) {
        least = apart;
        best = i;
      }
    }
    return originals.labels().atRow(best);
  }

  @Test
  void noise_fills_the_domain_and_belongs_to_the_secret() {
    Domain domain = Domain.perFeature(List.of(new Range(-1, 1), new Range(5, 7)));
    Batch inputs = TriggerSet.noise(Shape.of(2), domain, 2000, 3, Seed.of(1)).examples().inputs();
    domain.check(inputs);
    double[] sums = new double[2];
    for (int i = 0; i < inputs.rows(); i++) {
      sums[0] += inputs.get(i, 0);
      sums[1] += inputs.get(i, 1);
    }
    assertThat(sums[0] / 2000).isBetween(-0.07, 0.07);
    assertThat(sums[1] / 2000).isBetween(5.93, 6.07);
    assertThat(noise(9, 3, 1).examples().digest()).isEqualTo(noise(9, 3, 1).examples().digest());
    assertThat(noise(9, 3, 1).examples().digest()).isNotEqualTo(noise(9, 3, 2).examples().digest());
  }

  @Test
  void a_stamp_is_one_pattern_of_the_size_asked_for_and_no_label_is_the_true_one() {
    Examples originals = originals(60, 3);
    TriggerSet triggers = TriggerSet.stamped(originals, Suspects.DOMAIN, 2, Seed.of(1));
    TreeSet<Integer> changed = new TreeSet<>();
    TreeSet<Integer> labels = new TreeSet<>();
    for (int i = 0; i < 60; i++) {
      assertThat(triggers.examples().labels().atRow(i)).isNotEqualTo(originals.labels().atRow(i));
      labels.add(triggers.examples().labels().atRow(i));
      for (int j = 0; j < 6; j++) {
        if (triggers.examples().inputs().get(i, j) != originals.inputs().get(i, j)) {
          changed.add(j);
          assertThat(Math.abs(triggers.examples().inputs().get(i, j))).isEqualTo(8);
          assertThat(triggers.examples().inputs().get(i, j))
              .isEqualTo(triggers.examples().inputs().get(0, j));
        }
      }
    }
    assertThat(changed).hasSize(2);
    assertThat(labels).hasSize(3);
  }

  @Test
  void triggers_are_mixed_in_behind_the_data_and_keep_their_labels() {
    Examples training = originals(20, 4).slice(5, 9);
    TriggerSet triggers = noise(3, 4, 1);
    Examples mixed = triggers.mixedInto(training);
    assertThat(mixed.count()).isEqualTo(7);
    assertThat(mixed.inputs().example(3)).isEqualTo(8);
    assertThat(mixed.inputs().example(4)).isEqualTo(9);
    assertThat(mixed.labels().atRow(0)).isEqualTo(training.labels().atRow(0));
    for (int i = 0; i < 3; i++) {
      assertThat(mixed.labels().atRow(4 + i)).isEqualTo(triggers.examples().labels().atRow(i));
      assertThat(mixed.inputs().row(4 + i)).isEqualTo(triggers.examples().inputs().row(i));
    }
    assertThat(noise(3, 4, 1).mixedInto(training.first(0)).count()).isEqualTo(3);
  }

  @Test
  void two_classes_have_no_secret_wrong_one() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TriggerSet.stamped(originals(4, 2), Suspects.DOMAIN, 1, Seed.of(1)))
        .withMessage("classes of stamped examples must be at least 3, but was 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TriggerSet.stamped(originals(4, 3), Suspects.DOMAIN, 7, Seed.of(1)))
        .withMessage("features of the examples must be at least 7, but was 6");
  }

  @Test
  void a_suspect_of_another_kind_is_refused() {
    TriggerSet triggers = noise(50, 10, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> triggers.verify(Suspects.constant(5, 10, 0)))
        .withMessage("the suspect must take the claim's 6 features, but takes 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> triggers.verify(Suspects.constant(6, 3, 0)))
        .withMessageStartingWith("labels must be below the model's 3 classes");
  }

  @Test
  void a_suspect_that_gives_no_answer_is_not_acquitted_by_it() {
    Model failing =
        Models.of(
            "failing",
            SHAPE,
            Suspects.DOMAIN,
            10,
            inputs -> {
              throw new IllegalStateException("busy");
            });
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> noise(5, 10, 1).verify(failing))
        .withMessageContaining("busy");
  }

  @Test
  void the_name_does_not_tell_the_secret() {
    assertThat(noise(5, 10, 1)).hasToString("TriggerSet of 5");
  }
}
