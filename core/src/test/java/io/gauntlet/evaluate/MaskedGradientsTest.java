package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Incumbent;
import io.gauntlet.attack.Objective;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.SelfCheck;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One linear net behind different masks. Bare, it raises no doubt; behind each mask attacks with
 * gradients fail, although the net is as weak as before.
 */
class MaskedGradientsTest {
  private static final int FEATURES = 64;
  private static final int COUNT = 1000;
  private static final ThreatModel SMALL = ThreatModel.linf(0.1f);

  /**
   * Answers 1 where most features have the right sign, from 0.6 of the largest sum on: a random
   * corner of the domain is far from it, the corner where the gradient points is not.
   */
  private static Mlp net(float scale) {
    RandomGenerator random = Seed.of(3).forExample(0);
    float[][] weights = new float[2][FEATURES];
    float size = 0;
    for (int j = 0; j < FEATURES; j++) {
      weights[1][j] = scale * (2 * random.nextFloat() - 1);
      size += Math.abs(weights[1][j]);
    }
    return Mlp.linear(Domain.of(-1, 1), weights, new float[] {0.6f * size, 0});
  }

  private static Examples examples() {
    RandomGenerator random = Seed.of(4).forExample(0);
    float[][] inputs = new float[COUNT][FEATURES];
    for (float[] row : inputs) {
      for (int j = 0; j < FEATURES; j++) {
        row[j] = 2 * random.nextFloat() - 1;
      }
    }
    return Examples.of(Batch.of(inputs), new int[COUNT]);
  }

  /** Ten steps of a quarter of the radius; returns the best of them. */
  private static Attack<DifferentiableModel> climb(Objective objective) {
    return new Attempt<>(
        "Climb",
        (model, allowed, goal, seed) -> {
          Incumbent best = new Incumbent(allowed.clean(), goal);
          Batch x = allowed.clean();
          for (int step = 0; step < 10; step++) {
            var gradient = model.gradient(x, goal.loss(objective));
            best.offer(x, gradient.logits());
            Batch by = allowed.steepest(x, gradient.byInput(), allowed.radius() / 4);
            x = allowed.project(x.plus(by));
          }
          best.offer(x, model.logits(x));
          return best.batch();
        });
  }

  /** A net behind something that changes its inputs, and what comes back through it. */
  private record Mask(Mlp net, UnaryOperator<Batch> in, UnaryOperator<Batch> back)
      implements DifferentiableModel, FrontModel {
    @Override
    public Model behind() {
      return net;
    }

    @Override
    public Batch logits(Batch inputs) {
      return net.logits(in.apply(inputs));
    }

    @Override
    public ForwardPass forward(Batch inputs) {
      ForwardPass pass = net.forward(in.apply(inputs));
      return new ForwardPass() {
        @Override
        public Batch logits() {
          return pass.logits();
        }

        @Override
        public Batch backward(Batch byLogit) {
          return back.apply(pass.backward(byLogit));
        }

        @Override
        public void close() {
          pass.close();
        }
      };
    }
  }

  private static List<Caveat> caveats(DifferentiableModel model, Objective objective) {
    return evaluate(model, SMALL, objective).caveats();
  }

  private static RobustnessReport evaluate(
      DifferentiableModel model, ThreatModel threat, Objective objective) {
    return Robustness.of(model).under(threat).attackedBy(climb(objective)).evaluate(examples());
  }

  @Test
  void a_bare_net_gives_no_reason_for_doubt() {
    for (Objective objective : List.of(Objective.CROSS_ENTROPY, Objective.MARGIN)) {
      RobustnessReport report = evaluate(net(1), SMALL, objective);
      assertThat(report.count(Outcome.Survived.class)).isGreaterThan(900);
      assertThat(report.caveats()).isEmpty();
    }
  }

  @Test
  void without_a_bound_everything_falls_and_there_is_no_reason_for_doubt_either() {
    RobustnessReport report =
        evaluate(net(1), ThreatModel.unbounded(Norm.linf()), Objective.MARGIN);
    assertThat(report.robustAccuracy()).isZero();
    assertThat(report.caveats()).isEmpty();
  }

  @Test
  void a_saturated_softmax_hides_its_gradient_from_the_cross_entropy_but_not_from_the_margin() {
    Mlp saturated = net(1e3f);
    assertThat(caveats(saturated, Objective.CROSS_ENTROPY))
        .containsExactly(
            new Caveat.ZeroGradients(COUNT), new Caveat.UnboundedNotReachingZero(16, 16));
    assertThat(caveats(saturated, Objective.MARGIN)).isEmpty();
  }

  /** Gradients that underflow in part only do no harm: steps look at their direction. */
  @ParameterizedTest
  @ValueSource(floats = {0.01f, 0.1f, 1, 2, 3, 5, 10, 30, 100, 300, 1e3f, 1e4f})
  void a_softmax_of_any_sharpness_is_either_attacked_in_full_or_doubted(float scale) {
    for (ThreatModel threat : List.of(ThreatModel.linf(0.7f), ThreatModel.l2(6))) {
      RobustnessReport whole = evaluate(net(1), threat, Objective.MARGIN);
      RobustnessReport report = evaluate(net(scale), threat, Objective.CROSS_ENTROPY);
      assertThat(whole.robustAccuracy()).isLessThan(0.9);
      if (report.caveats().isEmpty()) {
        assertThat(report.robustAccuracy()).isEqualTo(whole.robustAccuracy());
      } else {
        assertThat(report.caveats()).hasAtLeastOneElementOfType(Caveat.ZeroGradients.class);
      }
    }
  }

  @Test
  void quantised_inputs_have_no_gradient() {
    UnaryOperator<Batch> eightLevels =
        inputs ->
            inputs.editRows(
                (i, x) -> {
                  for (int j = 0; j < x.length; j++) {
                    x[j] = Math.round((x[j] + 1) * 3.5f) / 3.5f - 1;
                  }
                });
    Mask quantised = new Mask(net(1), eightLevels, gradient -> gradient.times(0));
    assertThat(caveats(quantised, Objective.MARGIN))
        .containsExactly(
            new Caveat.ZeroGradients(COUNT), new Caveat.UnboundedNotReachingZero(16, 16));
    Mask straightThrough = new Mask(net(1), eightLevels, gradient -> gradient);
    assertThat(caveats(straightThrough, Objective.MARGIN)).isEmpty();
  }

  /** Signs drawn anew for each place: as large as a gradient, but leads nowhere. */
  private static Batch shattered(Batch gradient) {
    return gradient.editRows(
        (i, g) -> {
          RandomGenerator random = Seed.of(Arrays.hashCode(g)).forExample(gradient.example(i));
          for (int j = 0; j < g.length; j++) {
            g[j] = random.nextBoolean() ? g[j] : -g[j];
          }
        });
  }

  @Test
  void shattered_gradients_are_not_zero_but_lead_nowhere_even_without_a_bound() {
    Mask shattered = new Mask(net(1), x -> x, MaskedGradientsTest::shattered);
    List<Caveat> caveats = caveats(shattered, Objective.MARGIN);
    assertThat(caveats).containsExactly(new Caveat.UnboundedNotReachingZero(16, 16));
    assertThat(caveats.get(0).message())
        .isEqualTo(
            "16 of 16 survivors withstood every white-box attack even without a bound on the"
                + " change: masked gradients, or attacks that stop too soon");
  }

  @Test
  void survivors_of_an_unbounded_threat_model_are_told_without_another_look() {
    Mask shattered = new Mask(net(1), x -> x, MaskedGradientsTest::shattered);
    Spy spy = Spy.on(shattered);
    RobustnessReport report =
        Robustness.of(spy)
            .under(ThreatModel.unbounded(Norm.l2()))
            .attackedBy(climb(Objective.MARGIN))
            .evaluate(examples());
    assertThat(report.caveats()).contains(new Caveat.UnboundedNotReachingZero(16, 16));
    assertThat(spy.backward(0)).isEqualTo(10);
  }

  @Test
  void one_white_box_attack_that_reaches_them_without_a_bound_is_enough() {
    Robustness<DifferentiableModel> robustness =
        Robustness.of((DifferentiableModel) net(1e3f)).under(SMALL);
    assertThat(
            robustness
                .attackedBy(climb(Objective.CROSS_ENTROPY), climb(Objective.MARGIN))
                .evaluate(examples())
                .caveats())
        .hasOnlyElementsOfType(Caveat.ZeroGradients.class);
  }

  @Test
  void the_look_without_a_bound_costs_the_attacks_nothing_and_changes_no_result() {
    Spy spy = Spy.on(net(1));
    RobustnessReport report =
        Robustness.of(spy)
            .under(SMALL)
            .attackedBy(climb(Objective.MARGIN))
            .evaluate(examples().first(40));
    RobustnessReport limited =
        Robustness.of((DifferentiableModel) net(1))
            .under(SMALL.withQueries(1000))
            .attackedBy(climb(Objective.MARGIN))
            .evaluate(examples().first(40));
    assertThat(report.outcomes()).isEqualTo(limited.outcomes());
    assertThat(report.attacks().get(0).gradientQueries())
        .isEqualTo(limited.attacks().get(0).gradientQueries())
        .isEqualTo(40 * 10);
    assertThat(spy.backward(0)).as("a survivor that was tried").isEqualTo(20);
    assertThat(spy.backward(39)).as("one that was not").isEqualTo(10);
  }

  @Test
  void under_a_budget_of_queries_nobody_goes_beyond_it() {
    Spy spy = Spy.on(new Mask(net(1), x -> x, gradient -> gradient.times(0)));
    RobustnessReport report =
        Robustness.of(spy)
            .under(SMALL.withQueries(50))
            .attackedBy(climb(Objective.MARGIN))
            .evaluate(examples());
    assertThat(report.caveats()).containsExactly(new Caveat.ZeroGradients(COUNT));
    assertThat(spy.backward(0)).isEqualTo(10);
  }

  @Test
  void attacks_without_gradients_say_nothing_about_them() {
    RobustnessReport report =
        Robustness.of(
                (DifferentiableModel) new Mask(net(1), x -> x, MaskedGradientsTest::shattered))
            .under(SMALL)
            .attackedBy(Attempt.ask(3, 0.1f))
            .evaluate(examples());
    assertThat(report.caveats()).isEmpty();
  }

  @Test
  @Timeout(60)
  void a_look_that_the_time_limit_ends_says_nothing() {
    AtomicInteger unbounded = new AtomicInteger();
    Attack<DifferentiableModel> endless =
        new Attempt<>(
            "Endless",
            (model, allowed, goal, seed) -> {
              do {
                model.gradient(allowed.clean(), goal.loss(Objective.MARGIN));
                unbounded.addAndGet(allowed.isBounded() ? 0 : 1);
              } while (!allowed.isBounded());
              return allowed.clean();
            });
    Duration limit = Duration.ofMillis(200);
    RobustnessReport report;
    do {
      limit = limit.multipliedBy(2);
      report =
          Robustness.of((DifferentiableModel) net(1))
              .under(SMALL)
              .attackedBy(endless)
              .withTimeLimit(limit)
              .evaluate(examples());
    } while (unbounded.get() == 0);
    assertThat(report.caveats()).isEmpty();
    assertThat(report.count(Outcome.Survived.class)).isEqualTo(COUNT);
  }

  @Test
  void a_self_check_finds_gradients_that_are_wrong_though_attacks_get_by_with_them() {
    DifferentiableModel half = new Mask(net(1), x -> x, byInput -> byInput.times(0.5f));
    Robustness<DifferentiableModel> evaluation =
        Robustness.of(half).under(SMALL).attackedBy(climb(Objective.MARGIN));
    assertThat(evaluation.evaluate(examples()).caveats()).isEmpty();
    List<Caveat> caveats =
        evaluation.withSelfCheck(SelfCheck.standard()).evaluate(examples()).caveats();
    assertThat(caveats).hasSize(1).hasOnlyElementsOfType(Caveat.SelfCheckFailed.class);
    assertThat(caveats.get(0).message())
        .startsWith("gradients must be the slopes of the scores, but differ by 0.")
        .endsWith(" of their length: white-box attacks may have failed for that reason alone");
  }

  @Test
  void a_self_check_has_nothing_to_say_of_a_bare_net_and_changes_no_count() {
    Robustness<DifferentiableModel> evaluation =
        Robustness.of(net(1)).under(SMALL).attackedBy(climb(Objective.MARGIN));
    RobustnessReport checked = evaluation.withSelfCheck(SelfCheck.standard()).evaluate(examples());
    assertThat(checked.caveats()).isEmpty();
    assertThat(checked.attacks().get(0).gradientQueries())
        .isEqualTo(evaluation.evaluate(examples()).attacks().get(0).gradientQueries());
  }
}
