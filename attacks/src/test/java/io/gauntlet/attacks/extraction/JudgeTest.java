package io.gauntlet.attacks.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attacks.gradient.Fgsm;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import org.junit.jupiter.api.Test;

/** One feature, class 1 above a threshold: what a judge finds can be counted by hand. */
class JudgeTest {
  private static final Examples HELD_OUT =
      Examples.of(
          Batch.of(
              new float[] {0.1f},
              new float[] {0.35f},
              new float[] {0.45f},
              new float[] {0.55f},
              new float[] {0.9f}),
          0,
          0,
          1,
          1,
          1);
  private static final Judge JUDGE = Judge.of(above(0.5f), HELD_OUT);

  private static Mlp above(float threshold) {
    return Mlp.linear(Domain.UNIT, new float[][] {{0}, {1}}, new float[] {threshold, 0});
  }

  @Test
  void agreement_and_accuracy_are_counted_apart() {
    Fidelity fidelity = JUDGE.fidelity(above(0.4f));
    assertThat(fidelity.agreement()).isEqualTo(new Share(4, 5));
    assertThat(fidelity.accuracy()).isEqualTo(new Share(5, 5));
    assertThat(fidelity.victimAccuracy()).isEqualTo(new Share(4, 5));
    assertThat(JUDGE.agreement(above(0.4f))).isEqualTo(new Share(4, 5));
    assertThat(JUDGE.agreement(above(0.5f)).rate()).isEqualTo(1);
  }

  @Test
  void transfer_counts_what_fools_the_copy_and_what_of_it_the_victim() {
    // alike on 0.1, 0.35, 0.55, 0.9; steps of 0.1 carry 0.35 over 0.4 but not over 0.5,
    // and 0.55 below 0.5 but not below 0.4
    Transfer transfer =
        JUDGE.transfer(above(0.4f), Fgsm.standard(), ThreatModel.linf(0.1f), Seed.of(1));
    assertThat(transfer.fooled()).isEqualTo(new Share(1, 4));
    assertThat(transfer.transferred()).isEqualTo(new Share(1, 4));
    assertThat(transfer.agreement()).isEqualTo(new Share(2, 4));
  }

  @Test
  void a_perfect_copy_transfers_all_it_falls_for() {
    Transfer transfer =
        JUDGE.transfer(above(0.5f), Fgsm.standard(), ThreatModel.linf(0.2f), Seed.of(1));
    assertThat(transfer).isEqualTo(new Transfer(new Share(3, 5), new Share(3, 5), new Share(5, 5)));
  }

  @Test
  void a_copy_that_never_agrees_transfers_nothing() {
    Mlp opposite = Mlp.linear(Domain.UNIT, new float[][] {{1}, {0}}, new float[] {0, 0.5f});
    Share none = new Share(0, 0);
    assertThat(JUDGE.transfer(opposite, Fgsm.standard(), ThreatModel.linf(0.2f), Seed.of(1)))
        .isEqualTo(new Transfer(none, none, none));
  }

  @Test
  void held_out_examples_must_be_there_and_fit() {
    assertThatThrownBy(() -> Judge.of(above(0.5f), HELD_OUT.slice(0, 0)))
        .hasMessage("number of held-out examples must be at least 1, but was 0");
    assertThatThrownBy(() -> Judge.of(above(0.5f), Examples.of(Batch.of(new float[] {0}), 2)))
        .hasMessageContaining("below the model's 2 classes");
  }

  @Test
  void shares_are_shares() {
    assertThat(new Share(1, 4).rate()).isEqualTo(0.25);
    assertThat(new Share(1, 4)).hasToString("1 of 4");
    assertThat(new Share(0, 0).rate()).isNaN();
    assertThatThrownBy(() -> new Share(3, 2)).hasMessage("total must be at least 3, but was 2");
    assertThatThrownBy(() -> new Share(-1, 2)).hasMessageContaining("count");
  }
}
