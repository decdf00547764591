package io.gauntlet.defenses.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.Query;
import io.gauntlet.defenses.postprocess.NoiseKey;
import io.gauntlet.defenses.postprocess.Utility;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DawnTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final int FEATURES = 3;
  private static final DawnSettings SETTINGS = DawnSettings.standard().withShare(0.02);

  private static NoiseKey key(long number) {
    return NoiseKey.of(ByteBuffer.allocate(16).putLong(number).array());
  }

  private static Batch inputs(int rows, long seed) {
    return Suspects.inputs(rows, FEATURES, Seed.of(seed));
  }

  /** The quadrant-like rule that the owner sells. */
  private static int rule(float[] x, int classes) {
    return Math.floorMod((int) Math.floor(3 * x[0] + 2 * x[1]), classes);
  }

  private static Model sold(int classes) {
    return Suspects.deciding(FEATURES, classes, x -> rule(x, classes));
  }

  private static int[] told(Dawn dawn, int classes, String client, Batch inputs) {
    Batch answers = GuardedModel.of(sold(classes)).guardedBy(dawn).forClient(client).logits(inputs);
    int[] told = new int[inputs.rows()];
    Arrays.setAll(told, answers::argmax);
    return told;
  }

  /** Has learnt every answer by heart, and the rule. */
  private static Model copy(Batch asked, int[] told, int classes) {
    return Suspects.knowing(Examples.of(asked, told), classes, x -> rule(x, classes));
  }

  private static Watermark watermark(Dawn dawn, String client) {
    return dawn.watermark(client).orElseThrow();
  }

  @Test
  void one_answer_in_so_many_is_wrong_and_each_wrong_class_is_as_frequent() {
    Batch asked = inputs(20_000, 1);
    int[] told = told(Dawn.of(SETTINGS, key(1)), 5, "eve", asked);
    int[] shift = new int[5];
    for (int i = 0; i < told.length; i++) {
      shift[Math.floorMod(told[i] - rule(asked.row(i), 5), 5)]++;
    }
    assertThat(told.length - shift[0]).isBetween(300, 500);
    for (int wrong = 1; wrong < 5; wrong++) {
      assertThat(shift[wrong]).isBetween(60, 140);
    }
    assertThat(Utility.of(sold(5), Examples.of(asked, told), Dawn.of(SETTINGS, key(1))))
        .returns(1.0, Utility::guardedAccuracy)
        .returns(shift[0] / 20_000.0, Utility::sameClass);
  }

  @Test
  void asking_again_under_any_name_gives_the_same_answer_and_another_key_another_one() {
    Batch asked = inputs(3000, 1);
    Dawn dawn = Dawn.of(SETTINGS, key(1));
    int[] once = told(dawn, 5, "eve", asked);
    assertThat(told(dawn, 5, "eve", asked)).isEqualTo(once);
    assertThat(told(dawn, 5, "bob", asked)).isEqualTo(once);
    assertThat(told(Dawn.of(SETTINGS, key(1)), 5, "eve", asked)).isEqualTo(once);
    assertThat(told(Dawn.of(SETTINGS, key(2)), 5, "eve", asked)).isNotEqualTo(once);
  }

  @Test
  void inputs_of_one_cell_are_answered_alike() {
    Batch asked = inputs(3000, 1);
    Batch centres =
        asked.editRows(
            (i, x) -> {
              for (int j = 0; j < x.length; j++) {
                x[j] = (float) Math.rint(x[j] * 4) / 4;
              }
            });
    Batch nearby = centres.editRows((i, x) -> x[2] += 0.1f); // the rule does not look there
    Dawn coarse = Dawn.of(SETTINGS.withGrid(0.25f), key(1));
    assertThat(told(coarse, 5, "eve", nearby)).isEqualTo(told(coarse, 5, "eve", centres));
    Dawn fine = Dawn.of(SETTINGS, key(1));
    assertThat(told(fine, 5, "eve", nearby)).isNotEqualTo(told(fine, 5, "eve", centres));
  }

  @Test
  void the_two_classes_change_their_probabilities_and_the_others_keep_theirs() {
    float[] honest = {0.1f, 0.6f, 0.05f, 0.25f};
    Batch asked = inputs(1000, 1);
    Batch p =
        asked
            .withValues(4, new float[4000])
            .editRows((i, row) -> System.arraycopy(honest, 0, row, 0, 4));
    Batch told = Dawn.of(SETTINGS, key(1)).apply(new Query("eve", asked, NOON), p);
    int changed = 0;
    for (int i = 0; i < told.rows(); i++) {
      float[] sorted = told.row(i);
      Arrays.sort(sorted);
      assertThat(sorted).containsExactly(0.05f, 0.1f, 0.25f, 0.6f);
      int top = told.argmax(i);
      if (top != 1) {
        changed++;
        assertThat(told.get(i, 1)).isEqualTo(honest[top]);
      }
    }
    assertThat(changed).isBetween(5, 40);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void a_copy_convicts_the_client_it_was_made_by_and_no_other(int classes) {
    Dawn dawn = Dawn.of(SETTINGS, key(1));
    Batch byEve = inputs(2000, 1);
    int[] toldEve = told(dawn, classes, "eve", byEve);
    told(dawn, classes, "bob", inputs(2000, 2));
    Model copy = copy(byEve, toldEve, classes);
    Evidence eve = watermark(dawn, "eve").verify(copy);
    assertThat(eve.matches()).isEqualTo(eve.trials()).isGreaterThan(20);
    assertThat(eve.nullRate()).isZero();
    assertThat(eve.verdict(1e-9)).isEqualTo(Verdict.COPY);
    Evidence bob = watermark(dawn, "bob").verify(copy);
    assertThat(bob.trials()).isGreaterThan(20);
    assertThat(bob.pValue()).isEqualTo(1);
    assertThat(watermark(dawn, "eve").verify(sold(classes)).pValue()).isEqualTo(1);
  }

  @Test
  void clients_who_asked_the_same_cannot_be_told_apart() {
    Dawn dawn = Dawn.of(SETTINGS, key(1));
    Batch both = inputs(2000, 1);
    int[] told = told(dawn, 5, "eve", both);
    told(dawn, 5, "bob", both);
    assertThat(watermark(dawn, "bob").verify(copy(both, told, 5)))
        .isEqualTo(watermark(dawn, "eve").verify(copy(both, told, 5)));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void an_innocent_who_errs_is_convicted_no_more_often_than_alpha(int classes) {
    int owners = 1500;
    Batch asked = inputs(400, 1);
    Model innocent = // wrong at every third input or so
        Suspects.deciding(
            FEATURES, classes, x -> (rule(x, classes) + (x[2] > 0.4f ? 1 : 0)) % classes);
    int convicted = 0;
    for (int owner = 0; owner < owners; owner++) {
      Dawn dawn = Dawn.of(SETTINGS.withShare(0.05), key(owner));
      told(dawn, classes, "eve", asked);
      convicted += watermark(dawn, "eve").verify(innocent).verdict(0.05) == Verdict.COPY ? 1 : 0;
    }
    assertThat(convicted).isBetween(1, Suspects.mostOf(owners, 0.05));
  }

  @Test
  void memory_of_a_client_is_bounded_and_neither_order_nor_repetition_changes_it() {
    DawnSettings few = SETTINGS.withMarks(7).withControls(3);
    Batch asked = inputs(4000, 1);
    Batch backwards = asked.editRows((i, x) -> asked.copyRow(asked.rows() - 1 - i, x));
    Dawn dawn = Dawn.of(few, key(1));
    told(dawn, 5, "eve", asked);
    told(dawn, 5, "eve", asked);
    told(dawn, 5, "bob", backwards);
    Watermark eve = watermark(dawn, "eve");
    assertThat(eve.marked().count()).isEqualTo(7);
    assertThat(eve.controls().count()).isEqualTo(21);
    assertThat(eve.marked().digest()).isEqualTo(watermark(dawn, "bob").marked().digest());
    assertThat(eve.controls().digest()).isEqualTo(watermark(dawn, "bob").controls().digest());
  }

  @Test
  void memory_of_clients_is_bounded() {
    Dawn dawn = Dawn.of(SETTINGS.withClients(10), key(1));
    Batch asked = inputs(1, 1);
    for (int client = 0; client < 1000; client++) {
      told(dawn, 5, "client " + client, asked);
    }
    assertThat(dawn.clientsHeld()).isLessThanOrEqualTo(10);
  }

  @Test
  void who_was_told_nothing_wrong_has_no_watermark() {
    Dawn dawn = Dawn.of(SETTINGS.withShare(1e-9), key(1));
    told(dawn, 5, "eve", inputs(10, 1));
    assertThat(dawn.watermark("eve")).isEmpty();
    assertThat(dawn.watermark("nobody")).isEmpty();
  }

  @Test
  void many_threads_leave_the_record_of_one() throws Exception {
    Batch asked = inputs(2000, 1);
    Dawn alone = Dawn.of(SETTINGS, key(1));
    told(alone, 5, "eve", asked);
    Dawn shared = Dawn.of(SETTINGS, key(1));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> parts =
          IntStream.range(0, 40)
              .<Future<?>>mapToObj(
                  part ->
                      threads.submit(
                          () -> told(shared, 5, "eve", asked.slice(part * 50, part * 50 + 50))))
              .toList();
      for (Future<?> part : parts) {
        part.get();
      }
    } finally {
      threads.shutdown();
    }
    assertThat(watermark(shared, "eve").marked().digest())
        .isEqualTo(watermark(alone, "eve").marked().digest());
  }

  @Test
  void settings_name_the_value_and_the_rule() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SETTINGS.withShare(1))
        .withMessage("share must lie between 0 and 1, but was 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SETTINGS.withShare(0.5))
        .withMessage("share * (1 + controls) must be at most 1, but was 0.5 * (1 + 10)");
    assertThatIllegalArgumentException().isThrownBy(() -> SETTINGS.withGrid(Float.NaN));
    assertThatIllegalArgumentException().isThrownBy(() -> SETTINGS.withClients(0));
  }

  @Test
  void names_do_not_tell_the_key_or_the_inputs() {
    Dawn dawn = Dawn.of(SETTINGS, key(1));
    told(dawn, 5, "eve", inputs(2000, 1));
    assertThat(dawn.toString()).startsWith("DawnDawnSettings[share=0.02").doesNotContain("Key");
    assertThat(watermark(dawn, "eve").toString())
        .matches("Watermark of eve: [0-9]+ marks, [0-9]+ controls");
  }
}
