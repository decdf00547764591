package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Attack;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.Models;
import io.gauntlet.model.SelfCheck;
import io.gauntlet.model.Shape;
import io.gauntlet.threat.ThreatModel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class CaveatsTest {
  private static final ThreatModel TENTH = ThreatModel.linf(0.1f);

  /** So many that the interval is narrow: none is near the boundary. */
  private static Examples many() {
    float[] values = new float[2000];
    Arrays.fill(values, 0.2f);
    return Threshold.right(values);
  }

  @Test
  void a_healthy_measurement_has_none() {
    RobustnessReport report =
        Robustness.of(Threshold.MODEL)
            .under(TENTH)
            .attackedBy(Attempt.look(0.1f), Attempt.ask(1, 0.1f))
            .evaluate(many());
    assertThat(report.caveats()).isEmpty();
    assertThat(report.robustAccuracy()).isEqualTo(1);
  }

  @Test
  void few_examples_are_too_few() {
    RobustnessReport report =
        Robustness.of(Threshold.MODEL)
            .under(TENTH)
            .attackedBy(Attempt.look(0.1f))
            .evaluate(Threshold.right(0.1f, 0.2f));
    double width = Interval.clopperPearson(2, 2, 0.95).width();
    assertThat(report.caveats()).containsExactly(new Caveat.TooFewExamples(2, width));
    assertThat(report.caveats().get(0).message())
        .isEqualTo("2 examples leave a 95 % interval 84.2 points wide; use more");
  }

  @Test
  void survivors_of_an_attack_that_saw_only_zero_gradients_are_counted() {
    Mlp flat = Mlp.linear(Domain.UNIT, new float[2][1], new float[] {2, 0});
    float[][] zeros = new float[2000][1];
    RobustnessReport report =
        Robustness.of(flat)
            .under(TENTH)
            .attackedBy(Attempt.look(0.1f), Attempt.look(-0.1f))
            .evaluate(Examples.of(Batch.of(zeros), new int[2000]));
    assertThat(report.caveats())
        .containsExactly(
            new Caveat.ZeroGradients(2000), new Caveat.UnboundedNotReachingZero(16, 16));
    assertThat(report.caveats().get(0).message())
        .isEqualTo(
            "all gradients were exactly zero for 2000 surviving examples: a saturated loss or"
                + " masked gradients; white-box attacks were blind there");
  }

  @Test
  void a_blind_attack_that_fools_all_the_same_is_no_reason_for_doubt() {
    RobustnessReport report =
        Robustness.of(new Masked())
            .under(ThreatModel.linf(0.4f))
            .attackedBy(Attempt.look(0.4f))
            .evaluate(many());
    assertThat(report.robustAccuracy()).isZero();
    assertThat(report.caveats()).isEmpty();
  }

  /** The threshold with its gradient hidden. */
  private record Masked() implements DifferentiableModel {
    @Override
    public Shape inputShape() {
      return Shape.of(1);
    }

    @Override
    public Domain domain() {
      return Domain.UNIT;
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public Batch logits(Batch inputs) {
      return Threshold.MODEL.logits(inputs);
    }

    @Override
    public ForwardPass forward(Batch inputs) {
      ForwardPass pass = Threshold.MODEL.forward(inputs);
      return new ForwardPass() {
        @Override
        public Batch logits() {
          return pass.logits();
        }

        @Override
        public Batch backward(Batch byLogit) {
          return pass.backward(byLogit).times(0);
        }

        @Override
        public void close() {
          pass.close();
        }
      };
    }
  }

  @Test
  void a_black_box_attack_that_fools_what_white_box_ones_could_not_is_suspicious() {
    Robustness<DifferentiableModel> robustness =
        Robustness.of(Threshold.MODEL).under(ThreatModel.linf(0.4f));
    Attack<DifferentiableModel> weak = Attempt.look(0.1f);
    Attack<Model> strong = Attempt.ask(1, 0.4f);
    RobustnessReport report = robustness.attackedBy(weak, strong).evaluate(many());
    assertThat(report.caveats()).containsExactly(new Caveat.BlackBoxBeatWhiteBox(2000));
    assertThat(report.caveats().get(0).message())
        .isEqualTo(
            "black-box attacks fooled 2000 examples that survived every white-box attack: a sign of"
                + " masked gradients");
    assertThat(robustness.attackedBy(strong, weak).evaluate(many()).caveats())
        .as("the black box first is a warm-up")
        .isEmpty();
  }

  /** Answers through {@code change}. */
  private record Changed(UnaryOperator<Batch> change) implements Model {
    @Override
    public Shape inputShape() {
      return Shape.of(1);
    }

    @Override
    public Domain domain() {
      return Domain.UNIT;
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public Batch logits(Batch inputs) {
      return change.apply(Threshold.MODEL.logits(inputs));
    }
  }

  @Test
  void scores_that_add_up_to_one_look_like_probabilities() {
    Model softmax =
        new Changed(
            scores ->
                scores.editRows(
                    (i, z) -> {
                      double odds = Math.exp(z[1] - z[0]);
                      z[0] = (float) (1 / (1 + odds));
                      z[1] = (float) (odds / (1 + odds));
                    }));
    RobustnessReport report =
        Robustness.of(softmax).under(TENTH).attackedBy(Attempt.shift(0.1f)).evaluate(many());
    assertThat(report.caveats()).containsExactly(new Caveat.LooksLikeProbabilities());
    assertThat(report.caveats().get(0).message())
        .isEqualTo(
            "the scores look like softmax output; attacks need logits, on probabilities their"
                + " gradients vanish");
  }

  @Test
  void a_model_that_tells_its_decision_alone_is_noticed() {
    Model labels =
        Models.ofLabels(
            "above a half",
            Threshold.MODEL.inputShape(),
            Threshold.MODEL.domain(),
            2,
            rows -> Arrays.stream(rows).mapToInt(row -> row[0] > 0.5f ? 1 : 0).toArray());
    RobustnessReport report =
        Robustness.of(labels).under(TENTH).attackedBy(Attempt.shift(0.1f)).evaluate(many());
    assertThat(report.caveats()).containsExactly(new Caveat.LooksLikeLabels());
    assertThat(report.caveats().get(0).message())
        .isEqualTo(
            "the scores look like bare decisions, 1 for a class and 0 for the others; attacks that"
                + " follow scores are blind there, use those that need the decision alone");
  }

  @Test
  void answers_that_vary_are_noticed_with_their_size() {
    AtomicInteger calls = new AtomicInteger();
    Model noisy =
        new Changed(
            scores -> {
              float noise = calls.incrementAndGet() % 2 * 0.25f;
              return scores.editRows((i, z) -> z[0] += noise);
            });
    RobustnessReport report =
        Robustness.of(noisy).under(TENTH).attackedBy(Attempt.shift(0.1f)).evaluate(many());
    assertThat(report.caveats()).containsExactly(new Caveat.AnswersVary(0.25));
    assertThat(report.caveats().get(0).message())
        .isEqualTo(
            "the model answers the same input differently (by up to 0.250): attacks on a"
                + " randomised model must average over its draws, and take all their steps: a first"
                + " success may be luck");
  }

  @Test
  void rounding_is_not_called_variation() {
    AtomicInteger calls = new AtomicInteger();
    Model rounding =
        new Changed(
            scores -> {
              float last = calls.incrementAndGet() % 2 * 5e-5f;
              return scores.editRows((i, z) -> z[0] += last);
            });
    RobustnessReport report =
        Robustness.of(rounding).under(TENTH).attackedBy(Attempt.shift(0.1f)).evaluate(many());
    assertThat(report.caveats()).isEmpty();
  }

  @Test
  void a_time_limit_that_struck_is_said_instead_of_too_few_examples() {
    RobustnessReport report =
        Robustness.of(Threshold.MODEL)
            .under(TENTH)
            .attackedBy(Attempt.shift(0.1f))
            .withTimeLimit(Duration.ofNanos(1))
            .evaluate(Threshold.right(0.1f, 0.9f));
    assertThat(report.caveats()).containsExactly(new Caveat.TimeRanOut(2));
    assertThat(report.caveats().get(0).message())
        .isEqualTo("the time limit left 2 examples unfinished; they do not count as robust");
    assertThat(report.outcomes())
        .containsExactly(new Outcome.Unfinished(0, 0, -1), new Outcome.Unfinished(1, 1, -1));
    assertThat(report.cleanAccuracy()).isNaN();
    assertThat(report.robustAccuracy()).isZero();
    assertThat(report.robustAccuracyInterval(0.95)).isEqualTo(new Interval(0, 1, 0.95));
  }

  @Test
  void a_self_check_needs_gradients() {
    Robustness<Model> evaluation = Robustness.of(new Changed(scores -> scores)).under(TENTH);
    assertThatThrownBy(() -> evaluation.withSelfCheck(SelfCheck.standard()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a self-check needs a model with gradients, but Changed[");
  }
}
