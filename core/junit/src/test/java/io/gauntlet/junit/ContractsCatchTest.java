package io.gauntlet.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Shape;
import io.gauntlet.threat.Norm;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A contract is worth what it catches: broken models and attacks must fail it, good ones not. */
class ContractsCatchTest {
  /** Runs all tests of a contract as JUnit would; the names of those that failed. */
  private static Set<String> failures(Class<?> contract, Object instance) throws Exception {
    Set<String> failed = new TreeSet<>();
    int tests = 0;
    for (Method method : contract.getDeclaredMethods()) {
      boolean plain = method.isAnnotationPresent(Test.class);
      if (plain || method.isAnnotationPresent(ParameterizedTest.class)) {
        method.setAccessible(true);
        tests++;
        long[] seeds = plain ? new long[1] : method.getAnnotation(ValueSource.class).longs();
        for (long seed : seeds) {
          try {
            if (plain) {
              method.invoke(instance);
            } else {
              method.invoke(instance, seed);
            }
          } catch (InvocationTargetException e) {
            failed.add(method.getName());
          }
        }
      }
    }
    assertThat(tests).as("tests found").isGreaterThan(6);
    return failed;
  }

  private static Set<String> failures(Attack<? super DifferentiableModel> attack) throws Exception {
    return failures(
        AttackContract.class,
        new AttackContract() {
          @Override
          protected Attack<? super DifferentiableModel> attack() {
            return attack;
          }
        });
  }

  private static Set<String> failures(DifferentiableModel model) throws Exception {
    return failures(
        ModelContract.class,
        new ModelContract() {
          @Override
          protected DifferentiableModel model() {
            return model;
          }

          @Override
          protected double step() {
            return 1e-3;
          }
        });
  }

  /** One steepest step that stays inside. */
  private static final Attack<DifferentiableModel> STEP =
      (model, allowed, goal, seed) -> {
        Batch clean = allowed.clean();
        Batch slope = model.gradient(clean, goal.loss(Objective.MARGIN)).byInput();
        return allowed.project(clean.plus(allowed.steepest(clean, slope, allowed.radius())));
      };

  @Test
  void an_attack_that_keeps_its_promises_passes() throws Exception {
    assertThat(failures(STEP)).isEmpty();
    assertThat(failures((model, allowed, goal, seed) -> allowed.sample(seed))).isEmpty();
    assertThat(failures((model, allowed, goal, seed) -> allowed.clean())).isEmpty();
  }

  @Test
  void an_attack_that_leaves_the_ball_is_caught() throws Exception {
    Attack<DifferentiableModel> farther =
        (model, allowed, goal, seed) -> {
          Batch clean = allowed.clean();
          Batch step = STEP.perturb(model, allowed, goal, seed).minus(clean);
          Batch far = clean.plus(step.times(1.01f));
          return allowed.norm() == Norm.l0() ? clean : far;
        };
    assertThat(failures(farther)).contains("stays_inside_the_threat_model");
  }

  @Test
  void an_attack_that_leaves_the_domain_is_caught() throws Exception {
    Attack<DifferentiableModel> outside =
        (model, allowed, goal, seed) ->
            allowed
                .clean()
                .editRows((i, x) -> x[0] += Math.copySign(Math.min(0.05f, allowed.radius()), x[0]));
    assertThat(failures(outside)).contains("stays_inside_the_threat_model");
  }

  @Test
  void an_attack_that_ignores_a_budget_of_zero_is_caught() throws Exception {
    Attack<DifferentiableModel> careless =
        (model, allowed, goal, seed) -> allowed.clean().editRows((i, x) -> x[1] *= 0.999f);
    assertThat(failures(careless)).contains("changes_nothing_when_the_budget_is_zero");
  }

  @Test
  void an_attack_with_dice_of_its_own_is_caught() throws Exception {
    AtomicInteger dice = new AtomicInteger();
    Attack<DifferentiableModel> dicing =
        (model, allowed, goal, seed) -> allowed.sample(seed.derive(dice.incrementAndGet()));
    assertThat(failures(dicing))
        .containsExactlyInAnyOrder(
            "repeats_itself",
            "gives_the_same_answer_for_any_batch",
            "gives_one_report_for_any_batch_size_and_workers");
  }

  @Test
  void an_attack_whose_answer_depends_on_the_batch_is_caught() throws Exception {
    Attack<DifferentiableModel> sociable =
        (model, allowed, goal, seed) -> allowed.sample(seed.derive(allowed.clean().rows()));
    assertThat(failures(sociable))
        .contains("gives_the_same_answer_for_any_batch")
        .doesNotContain("repeats_itself", "stays_inside_the_threat_model");
  }

  @Test
  void an_attack_that_cannot_live_without_a_gradient_is_caught() throws Exception {
    Attack<DifferentiableModel> needy =
        (model, allowed, goal, seed) -> {
          Batch slope = model.gradient(allowed.clean(), goal.loss(Objective.MARGIN)).byInput();
          return allowed.project(
              allowed
                  .clean()
                  .plus(slope.editRows((i, g) -> scale(g, allowed.radius() / largest(g)))));
        };
    assertThat(failures(needy)).contains("survives_a_model_without_gradient");
  }

  private static void scale(float[] values, float factor) {
    for (int j = 0; j < values.length; j++) {
      values[j] *= factor;
    }
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** A good network that can be spoilt in one place. */
  private static class Fake implements DifferentiableModel {
    private final DifferentiableModel good = Nets.twoLayers();

    @Override
    public Shape inputShape() {
      return good.inputShape();
    }

    @Override
    public Domain domain() {
      return good.domain();
    }

    @Override
    public int classes() {
      return good.classes();
    }

    @Override
    public Concurrency concurrency() {
      return good.concurrency();
    }

    @Override
    public Batch logits(Batch inputs) {
      return good.logits(inputs);
    }

    Batch backward(ForwardPass pass, Batch byLogit) {
      return pass.backward(byLogit);
    }

    @Override
    public ForwardPass forward(Batch inputs) {
      ForwardPass pass = good.forward(inputs);
      return new ForwardPass() {
        @Override
        public Batch logits() {
          return pass.logits();
        }

        @Override
        public Batch backward(Batch byLogit) {
          return Fake.this.backward(pass, byLogit);
        }

        @Override
        public void close() {
          pass.close();
        }
      };
    }
  }

  @Test
  void a_model_that_keeps_its_promises_passes() throws Exception {
    assertThat(failures(new Fake())).isEmpty();
  }

  @Test
  void a_model_with_a_wrong_gradient_is_caught() throws Exception {
    for (float factor : List.of(-1f, 0f, 0.9f, 1.1f)) {
      Fake wrong =
          new Fake() {
            @Override
            Batch backward(ForwardPass pass, Batch byLogit) {
              return super.backward(pass, byLogit).times(factor);
            }
          };
      assertThat(failures(wrong)).containsExactly("agrees_with_central_differences");
    }
    Fake forgetful =
        new Fake() {
          @Override
          Batch backward(ForwardPass pass, Batch byLogit) {
            return super.backward(pass, byLogit).editRows((i, g) -> g[3] = 0);
          }
        };
    assertThat(failures(forgetful)).containsExactly("agrees_with_central_differences");
  }

  @Test
  void a_model_whose_ways_back_add_up_is_caught() throws Exception {
    Fake adding =
        new Fake() {
          private final Set<ForwardPass> seen = ConcurrentHashMap.newKeySet();

          @Override
          Batch backward(ForwardPass pass, Batch byLogit) {
            return super.backward(pass, byLogit).times(seen.add(pass) ? 1 : 2);
          }
        };
    assertThat(failures(adding)).containsExactly("gives_the_same_from_one_pass_as_from_its_parts");
  }

  @Test
  void a_model_whose_rows_see_each_other_is_caught() throws Exception {
    Fake sociable =
        new Fake() {
          @Override
          public Batch logits(Batch inputs) {
            return super.logits(inputs).editRows((i, z) -> z[0] += 0.01f * inputs.rows());
          }
        };
    assertThat(failures(sociable)).contains("answers_a_row_alone_as_in_a_batch");
  }

  @Test
  void a_model_that_does_not_repeat_itself_is_caught() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Fake moody =
        new Fake() {
          @Override
          public Batch logits(Batch inputs) {
            float mood = 1e-3f * calls.incrementAndGet();
            return super.logits(inputs).editRows((i, z) -> z[0] += mood);
          }
        };
    assertThat(failures(moody)).contains("repeats_itself", "gives_every_thread_the_same_answer");
  }

  @Test
  void a_model_that_forgets_which_examples_it_answers_is_caught() throws Exception {
    Fake renumbering =
        new Fake() {
          @Override
          public Batch logits(Batch inputs) {
            Batch answer = super.logits(inputs);
            float[] values = new float[answer.rows() * answer.width()];
            answer.buffer().get(values);
            return Batch.wrap(answer.width(), values);
          }
        };
    assertThat(failures(renumbering))
        .contains("answers_one_row_of_scores_per_input_for_the_same_examples");
  }

  @Test
  void a_model_that_takes_inputs_of_any_width_is_caught() throws Exception {
    Fake tolerant =
        new Fake() {
          @Override
          public Batch logits(Batch inputs) {
            Batch cut =
                inputs.width() == 4 ? inputs : inputs.withValues(4, new float[4 * inputs.rows()]);
            return super.logits(cut);
          }
        };
    assertThat(failures(tolerant)).containsExactly("refuses_inputs_of_another_width");
  }
}
