package io.gauntlet.attacks.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.Recorder;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import org.junit.jupiter.api.Test;

/** One feature, class 1 above a half. */
class TrialsTest {
  private static final Mlp THRESHOLD =
      Mlp.linear(Domain.UNIT, new float[][] {{0}, {1}}, new float[] {0.5f, 0});
  private static final Batch CLEAN = Batch.of(new float[] {0.25f}, new float[] {0});
  private static final Goal GOAL = new Goal.Untargeted(Labels.of(0, 0));

  private final Recorder model = new Recorder(THRESHOLD);

  private Trials under(ThreatModel threat) {
    return new Trials(model, threat.around(CLEAN, Domain.UNIT), GOAL);
  }

  private static Batch both(float first, float second) {
    return Batch.of(new float[] {first}, new float[] {second});
  }

  @Test
  void a_candidate_outside_is_dropped_unasked() {
    Trials trials = under(ThreatModel.linf(0.5f));
    trials.ask(both(0.875f, 0.875f));
    assertThat(model.asked()).isEmpty();
    assertThat(trials.batch().row(0)).containsExactly(0.25f);
    trials.ask(both(0.75f, 0.75f));
    assertThat(model.asked()).containsOnlyKeys(0L);
    assertThat(trials.batch().row(0)).containsExactly(0.75f);
    assertThat(trials.batch().row(1)).containsExactly(0f);
  }

  @Test
  void in_a_ball_a_success_settles() {
    Trials trials = under(ThreatModel.linf(0.75f));
    assertThat(trials.pending().rows()).isEqualTo(2);
    trials.ask(both(0.75f, 0.25f));
    assertThat(trials.pending().rows()).isEqualTo(1);
    assertThat(trials.pending().example(0)).isEqualTo(1);
    assertThat(trials.standing().example(0)).isEqualTo(1);
  }

  @Test
  void without_a_bound_the_closest_success_counts() {
    Trials trials = under(ThreatModel.unbounded(Norm.linf()));
    trials.ask(both(0.875f, 0.25f));
    trials.ask(both(0.625f, 0.375f));
    trials.ask(both(1, 0.125f));
    assertThat(trials.pending().rows()).isEqualTo(2);
    assertThat(trials.standing().rows()).isEqualTo(1);
    assertThat(trials.batch().row(0)).containsExactly(0.625f);
    assertThat(trials.batch().row(1)).as("widest margin").containsExactly(0.375f);
  }
}
