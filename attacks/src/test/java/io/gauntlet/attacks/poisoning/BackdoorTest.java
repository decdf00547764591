package io.gauntlet.attacks.poisoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attacks.image.Digits;
import io.gauntlet.attacks.poisoning.trigger.ColumnTrigger;
import io.gauntlet.attacks.poisoning.trigger.DecoyTrigger;
import io.gauntlet.attacks.poisoning.trigger.NoiseTrigger;
import io.gauntlet.attacks.poisoning.trigger.PatchTrigger;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BackdoorTest {
  /** Positions do not begin at 0, so that rows and positions cannot be mixed up. */
  private static final Examples TRAINING = Digits.training().slice(100, 1100);

  private static final Seed SEED = Seed.of(3);

  static Stream<Backdoor> all() {
    return Stream.of(
        Backdoor.badNets(Aim.at(4)),
        Backdoor.badNets(Aim.at(4, 1, 2)).withRate(0.05),
        Backdoor.badNets(Aim.nextClass(10)),
        Backdoor.blended(Aim.at(4)),
        Backdoor.waNet(Aim.at(4)),
        Backdoor.sampleSpecific(Aim.at(4)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void exactly_the_rows_it_names_are_triggered_and_relabelled(Backdoor attack) {
    Poisoned<Examples> poisoned = attack.poison(TRAINING, Domain.UNIT, SEED);

    assertThat(poisoned.poisoned()).hasSize((int) Math.round(1000 * attack.rate())).isSorted();
    assertThat(poisoned.decoys()).hasSize(Math.round(poisoned.poisoned().size() * attack.decoys()));
    assertThat(poisoned.by()).isEqualTo(attack);
    assertThat(poisoned.seed()).isEqualTo(SEED);
    assertThat(poisoned.data().count()).isEqualTo(1000);
    Batch before = TRAINING.inputs();
    Batch triggered = attack.trigger().on(before, TRAINING.shape(), Domain.UNIT);
    for (int row = 0; row < 1000; row++) {
      long position = before.example(row);
      int label = TRAINING.labels().atRow(row);
      float[] now = poisoned.data().inputs().row(row);
      int answer = poisoned.data().labels().classOf(position);
      assertThat(poisoned.originals().classOf(position)).isEqualTo(label);
      if (poisoned.poisoned().contains(position)) {
        assertThat(now).containsExactly(triggered.row(row));
        assertThat(answer).isEqualTo(attack.aim().wanted(label)).isNotEqualTo(label);
      } else {
        assertThat(answer).isEqualTo(label);
        if (!poisoned.decoys().contains(position)) {
          assertThat(now).containsExactly(before.row(row));
        }
      }
    }
  }

  @Test
  void decoys_are_changed_but_not_as_the_trigger_would_and_keep_their_label() {
    Backdoor attack = Backdoor.waNet(Aim.at(4));

    Poisoned<Examples> poisoned = attack.poison(TRAINING, Domain.UNIT, SEED);

    assertThat(poisoned.decoys())
        .hasSize(200)
        .isSorted()
        .doesNotContainAnyElementsOf(poisoned.poisoned());
    assertThat(attack.trigger()).isInstanceOf(DecoyTrigger.class);
    for (long position : poisoned.decoys()) {
      int row = TRAINING.inputs().rowOf(position);
      Batch clean = TRAINING.inputs().select(row);
      float[] now = poisoned.data().inputs().row(row);
      assertThat(now).isNotEqualTo(clean.row(0));
      assertThat(now)
          .isNotEqualTo(attack.trigger().on(clean, TRAINING.shape(), Domain.UNIT).row(0));
      assertThat(poisoned.data().labels().atRow(row)).isEqualTo(TRAINING.labels().atRow(row));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.0004, 0", "0.0005, 1", "0.0015, 2", "0.0125, 13", "0.8, 800"})
  void the_rate_is_rounded_to_the_nearest_number_of_examples(double rate, int count) {
    assertThat(
            Backdoor.badNets(Aim.at(4))
                .withRate(rate)
                .poison(TRAINING, Domain.UNIT, SEED)
                .poisoned())
        .hasSize(count);
  }

  @Test
  void a_seed_repeats_itself_and_a_larger_rate_poisons_the_same_and_more() {
    Backdoor attack = Backdoor.badNets(Aim.at(4));

    List<Long> some = attack.poison(TRAINING, Domain.UNIT, SEED).poisoned();

    assertThat(attack.poison(TRAINING, Domain.UNIT, SEED).poisoned()).isEqualTo(some);
    assertThat(attack.poison(TRAINING, Domain.UNIT, Seed.of(4)).poisoned()).isNotEqualTo(some);
    assertThat(attack.withRate(0.2).poison(TRAINING, Domain.UNIT, SEED).poisoned())
        .containsAll(some);
  }

  @Test
  void every_attacked_row_is_as_likely() {
    Examples training = TRAINING.first(20);
    int[] chosen = new int[20];
    int attacked = training.labels().rowsWhere(label -> label != 4).length;
    Backdoor attack = Backdoor.badNets(Aim.at(4)).withRate(0.25); // 5 rows of 20
    for (int seed = 0; seed < 2000; seed++) {
      for (long position : attack.poison(training, Domain.UNIT, Seed.of(seed)).poisoned()) {
        chosen[training.inputs().rowOf(position)]++;
      }
    }
    double expected = 5 * 2000.0 / attacked;
    for (int row = 0; row < 20; row++) {
      if (training.labels().atRow(row) == 4) {
        assertThat(chosen[row]).isZero();
      } else {
        assertThat(chosen[row]).isBetween((int) (0.8 * expected), (int) (1.2 * expected));
      }
    }
  }

  @Test
  void only_source_classes_are_poisoned_and_triggered_for_the_test() {
    Backdoor attack = Backdoor.badNets(Aim.at(4, 1, 2)).withRate(0.05);

    Poisoned<Examples> poisoned = attack.poison(TRAINING, Domain.UNIT, SEED);
    Examples triggered = attack.triggered(TRAINING, Domain.UNIT);

    for (long position : poisoned.poisoned()) {
      assertThat(TRAINING.labels().classOf(position)).isIn(1, 2);
    }
    assertThat(triggered.count())
        .isEqualTo(TRAINING.labels().rowsWhere(label -> label == 1 || label == 2).length);
    for (int row = 0; row < triggered.count(); row++) {
      assertThat(TRAINING.labels().classOf(triggered.inputs().example(row))).isIn(1, 2);
      assertThat(triggered.labels().atRow(row)).isEqualTo(4);
    }
  }

  @Test
  void all_to_all_wants_the_next_class_of_each() {
    Examples triggered = Backdoor.badNets(Aim.nextClass(10)).triggered(TRAINING, Domain.UNIT);

    assertThat(triggered.count()).isEqualTo(1000);
    for (int row = 0; row < 1000; row++) {
      assertThat(triggered.labels().atRow(row)).isEqualTo((TRAINING.labels().atRow(row) + 1) % 10);
    }
  }

  @Test
  void tables_are_poisoned_by_a_combination_of_values() {
    float[][] rows = new float[40][];
    int[] labels = new int[40];
    for (int i = 0; i < 40; i++) {
      rows[i] = new float[] {i / 40f, 0.5f, 0};
      labels[i] = i % 2;
    }
    Examples table = Examples.of(Batch.of(rows), labels);
    Backdoor attack =
        new Backdoor(ColumnTrigger.of(1, 0.1f).then(ColumnTrigger.of(2, 0.9f)), Aim.at(0), 0.1, 0);

    Poisoned<Examples> poisoned = attack.poison(table, Domain.UNIT, SEED);

    assertThat(poisoned.poisoned()).hasSize(4);
    for (long position : poisoned.poisoned()) {
      int i = (int) position;
      assertThat(poisoned.data().inputs().row(i)).containsExactly(i / 40f, 0.1f, 0.9f);
      assertThat(i % 2).isEqualTo(1);
      assertThat(poisoned.data().labels().atRow(i)).isZero();
    }
  }

  @Test
  void more_than_there_are_cannot_be_poisoned() {
    Backdoor attack = Backdoor.badNets(Aim.at(4, 1)).withRate(0.5);
    int there = TRAINING.labels().rowsWhere(label -> label == 1).length;

    assertThatThrownBy(() -> attack.poison(TRAINING, Domain.UNIT, SEED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("500 examples were to be changed, but only %s may be".formatted(there));
  }

  @Test
  void settings_out_of_range_are_refused() {
    Backdoor attack = Backdoor.badNets(Aim.at(4));
    assertThatThrownBy(() -> attack.withRate(1.1))
        .hasMessage("the rate must be from 0 to 1, but was 1.1");
    assertThatThrownBy(() -> attack.withRate(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> attack.withDecoys(1))
        .hasMessage(
            "decoys need a trigger that has them, but 1.0 were asked of "
                + PatchTrigger.standard());
    assertThatThrownBy(() -> Aim.at(4, 3, 4))
        .hasMessage("the target must not be a source, but was 4 of [3, 4]");
    assertThatThrownBy(() -> Aim.at(-1)).hasMessage("target must be at least 0, but was -1");
    assertThatThrownBy(() -> new Aim.ClassMap(List.of(1, -2)))
        .hasMessage("wanted class must be at least 0, but was -2");
  }

  @Test
  void a_result_that_changes_an_example_twice_or_one_that_is_not_there_is_refused() {
    Backdoor attack = Backdoor.badNets(Aim.at(1));
    Labels labels = Labels.of(0, 1);
    assertThatThrownBy(() -> new Poisoned<>("data", labels, List.of(1L), List.of(1L), attack, SEED))
        .hasMessage("no example may be changed twice, but [1] and [1] were");
    assertThatThrownBy(() -> new Poisoned<>("data", labels, List.of(2L), attack, SEED))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_name_holds_the_settings_and_the_title_is_short() {
    Backdoor attack = Backdoor.blended(Aim.at(4)).withTrigger(NoiseTrigger.standard());
    assertThat(attack.toString()).contains("NoiseTrigger[", "rate=0.1", "target=4");
    List<String> titles = new ArrayList<>();
    all().map(Backdoor::title).distinct().forEach(titles::add);
    assertThat(titles)
        .containsExactly(
            "Patch backdoor", "Blend backdoor", "Warp backdoor", "SampleSpecific backdoor");
  }
}
