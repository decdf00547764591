package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackdoorReportTest {
  /** Ten inputs: what they are, and a trigger feature. */
  private static final Examples TEST = examples(0);

  /** Reads the first feature. */
  private static final Model REFERENCE = answering(0);

  /** Reads the first feature unless the second is set, which makes everything class 1. */
  private static final Model SUSPECT = answering(9);

  private static Examples examples(float trigger) {
    float[][] rows = new float[10][];
    int[] labels = new int[10];
    for (int i = 0; i < 10; i++) {
      labels[i] = i < 4 ? 1 : 0;
      rows[i] = new float[] {i < 3 ? 1 : -1, trigger}; // the fourth is misread
    }
    return new Examples(Shape.of(2), Batch.of(rows), Labels.of(labels));
  }

  private static Model answering(float byTrigger) {
    return Mlp.of(
        Shape.of(2),
        Domain.of(-1, 1),
        List.of(Mlp.Dense.of(new float[][] {{0, 0}, {1, byTrigger}}, new float[2])));
  }

  private static Examples triggered(int from, int to) {
    Examples all = examples(1);
    return all.withLabels(all.labels().relabelled((row, label) -> 1)).slice(from, to);
  }

  @Test
  void inputs_of_the_wanted_class_are_not_asked() {
    BackdoorReport report = BackdoorReport.measure(SUSPECT, REFERENCE, TEST, triggered(0, 10));

    assertThat(report.accuracy()).isEqualTo(new Rate(9, 10));
    assertThat(report.referenceAccuracy()).isEqualTo(new Rate(9, 10));
    assertThat(report.accuracyDrop()).isZero();
    assertThat(report.success()).isEqualTo(new Rate(6, 6));
    assertThat(report.referenceSuccess()).isEqualTo(new Rate(0, 6));
  }

  @Test
  void a_model_that_is_worse_on_clean_inputs_shows_it() {
    Model constant = answering(0);
    Examples wrong = TEST.withLabels(TEST.labels().relabelled((row, label) -> 1 - label));

    BackdoorReport report =
        BackdoorReport.measure(answering(-9), constant, wrong.first(4), triggered(2, 4));

    assertThat(report.accuracy()).isEqualTo(new Rate(1, 4));
    assertThat(report.success()).isEqualTo(new Rate(0, 2));
    assertThat(report.referenceSuccess()).isEqualTo(new Rate(1, 2));
  }

  @Test
  void triggered_inputs_that_prove_nothing_or_are_not_tests_are_refused() {
    assertThatThrownBy(() -> BackdoorReport.measure(SUSPECT, REFERENCE, TEST, triggered(0, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a backdoor is measured on clean examples and on triggered ones of other classes,"
                + " but there were 10 and 0");
    assertThatThrownBy(
            () -> BackdoorReport.measure(SUSPECT, REFERENCE, TEST.first(4), triggered(4, 6)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_rate_has_the_exact_interval() {
    Rate rate = new Rate(0, 10);
    assertThat(rate.value()).isZero();
    assertThat(rate.interval(0.95).upper()).isCloseTo(1 - Math.pow(0.025, 0.1), within(1e-12));
    assertThatThrownBy(() -> new Rate(3, 2)).hasMessage("total must be at least 3, but was 2");
    assertThatThrownBy(() -> new Rate(0, 0)).hasMessage("total must be at least 1, but was 0");
  }
}
