package io.gauntlet.attacks.poisoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.image.Digits;
import io.gauntlet.attacks.poisoning.trigger.PatchTrigger;
import io.gauntlet.attacks.poisoning.trigger.SinusoidTrigger;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import org.junit.jupiter.api.Test;

class CleanLabelTest {
  private static final Examples TRAINING = Digits.training().slice(100, 1100);
  private static final int TARGET = 7;
  private static final int MEMBERS = TRAINING.labels().rowsWhere(label -> label == TARGET).length;
  private static final Seed SEED = Seed.of(3);

  @Test
  void sig_puts_stripes_on_its_share_of_the_target_class_and_changes_no_label() {
    CleanLabel attack = CleanLabel.sig(TARGET);

    Poisoned<Examples> poisoned = attack.poison(TRAINING, Domain.UNIT, SEED);

    assertThat(poisoned.poisoned()).hasSize((int) Math.round(0.3 * MEMBERS)).isSorted();
    assertThat(poisoned.data().labels()).isSameAs(TRAINING.labels());
    Batch before = TRAINING.inputs();
    for (int row = 0; row < TRAINING.count(); row++) {
      Batch clean = before.select(row);
      boolean changed = poisoned.poisoned().contains(before.example(row));
      assertThat(poisoned.data().inputs().row(row))
          .containsExactly(
              changed
                  ? SinusoidTrigger.standard().on(clean, TRAINING.shape(), Domain.UNIT).row(0)
                  : clean.row(0));
      assertThat(changed && TRAINING.labels().atRow(row) != TARGET).isFalse();
    }
  }

  @Test
  void what_is_shown_later_may_be_stronger_and_belongs_to_other_classes() {
    SinusoidTrigger strong = SinusoidTrigger.standard().withAmplitude(0.2f);

    Examples triggered =
        CleanLabel.sig(TARGET).withTrigger(strong).triggered(TRAINING, Domain.UNIT);

    assertThat(triggered.count()).isEqualTo(TRAINING.count() - MEMBERS);
    for (int row = 0; row < triggered.count(); row++) {
      int original = TRAINING.inputs().rowOf(triggered.inputs().example(row));
      assertThat(triggered.labels().atRow(row)).isEqualTo(TARGET);
      assertThat(TRAINING.labels().atRow(original)).isNotEqualTo(TARGET);
      assertThat(triggered.inputs().row(row))
          .containsExactly(
              strong.on(TRAINING.inputs().select(original), TRAINING.shape(), Domain.UNIT).row(0));
    }
  }

  @Test
  void the_adversarial_variant_moves_within_its_threat_then_triggers_and_is_hard_to_learn() {
    AdversarialCleanLabel attack =
        AdversarialCleanLabel.standard(TARGET)
            .withAttack(Pgd.standard().withSteps(10).withRestarts(1))
            .withThreat(ThreatModel.linf(0.2f));

    Poisoned<Examples> poisoned = attack.poison(TRAINING, Digits.net(), SEED);

    assertThat(poisoned.poisoned()).hasSize((int) Math.round(0.33 * MEMBERS));
    assertThat(poisoned.poisoned())
        .isEqualTo(attack.plan().poison(TRAINING, Domain.UNIT, SEED).poisoned());
    int[] rows = poisoned.poisoned().stream().mapToInt(TRAINING.inputs()::rowOf).toArray();
    Batch clean = TRAINING.inputs().select(rows);
    Batch now = poisoned.data().inputs().select(rows);
    Batch onlyTriggered = attack.plan().trigger().on(clean, TRAINING.shape(), Domain.UNIT);
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < 64; j++) {
        boolean patched = onlyTriggered.get(i, j) != clean.get(i, j);
        float reach = patched ? 0 : 0.2f;
        assertThat(Math.abs(now.get(i, j) - onlyTriggered.get(i, j)))
            .isLessThanOrEqualTo(reach + 1e-6f);
      }
    }
    assertThat(loss(now)).isGreaterThan(loss(onlyTriggered));
  }

  private static double loss(Batch inputs) {
    Batch losses = new CrossEntropy(TRAINING.labels()).values(Digits.net().logits(inputs));
    double sum = 0;
    for (int i = 0; i < losses.rows(); i++) {
      sum += losses.get(i, 0);
    }
    return sum;
  }

  @Test
  void a_rate_of_zero_changes_nothing() {
    AdversarialCleanLabel attack = AdversarialCleanLabel.standard(TARGET);
    Poisoned<Examples> poisoned =
        attack.withPlan(attack.plan().withRate(0)).poison(TRAINING, Digits.net(), SEED);

    assertThat(poisoned.poisoned()).isEmpty();
    assertThat(poisoned.data().digest()).isEqualTo(TRAINING.digest());
  }

  @Test
  void settings_out_of_range_are_refused() {
    assertThatThrownBy(() -> new CleanLabel(PatchTrigger.standard(), -1, 0.1))
        .hasMessage("target must be at least 0, but was -1");
    assertThatThrownBy(() -> CleanLabel.sig(1).withRate(-0.1))
        .hasMessage("the rate must be from 0 to 1, but was -0.1");
  }
}
