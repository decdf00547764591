package io.gauntlet.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attack.Attack;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Model;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link ContractsCatchTest} shows of the other contracts, for the one about images. */
class ImageContractCatchesTest {
  private static final Attack<Model> BLACK_OUT =
      (model, allowed, goal, seed) -> {
        requireImages(model);
        return allowed.project(allowed.clean().times(0));
      };

  private static void requireImages(Model model) {
    if (model.inputShape().rank() != 3) {
      throw new IllegalArgumentException("no image: " + model.inputShape());
    }
  }

  private static Set<String> failures(Attack<? super DifferentiableModel> attack) throws Exception {
    ImageAttackContract contract =
        new ImageAttackContract() {
          @Override
          protected Attack<? super DifferentiableModel> attack() {
            return attack;
          }
        };
    Set<String> failed = new TreeSet<>();
    int tests = 0;
    for (Method method : ImageAttackContract.class.getDeclaredMethods()) {
      boolean plain = method.isAnnotationPresent(Test.class);
      if (plain || method.isAnnotationPresent(ParameterizedTest.class)) {
        tests++;
        long[] seeds = plain ? new long[1] : method.getAnnotation(ValueSource.class).longs();
        for (long seed : seeds) {
          try {
            if (plain) {
              method.invoke(contract);
            } else {
              method.invoke(contract, seed);
            }
          } catch (InvocationTargetException e) {
            failed.add(method.getName());
          }
        }
      }
    }
    assertThat(tests).isEqualTo(8);
    return failed;
  }

  @Test
  void an_attack_that_keeps_its_promises_passes() throws Exception {
    assertThat(failures(BLACK_OUT)).isEmpty();
  }

  @Test
  void one_that_does_not_care_about_the_threat_model_is_caught() throws Exception {
    assertThat(
            failures(
                (model, allowed, goal, seed) -> {
                  requireImages(model);
                  return allowed.clean().times(0);
                }))
        .contains("stays_inside_the_threat_model", "changes_nothing_when_the_budget_is_zero");
  }

  @Test
  void one_that_looks_at_the_rest_of_the_batch_is_caught() throws Exception {
    assertThat(
            failures(
                (model, allowed, goal, seed) -> {
                  requireImages(model);
                  Batch clean = allowed.clean();
                  return allowed.sample(seed.derive(clean.rows()));
                }))
        .contains(
            "gives_the_same_answer_for_any_batch",
            "gives_one_report_for_any_batch_size_and_workers");
  }

  @Test
  void one_that_takes_tables_for_images_is_caught() throws Exception {
    assertThat(failures((model, allowed, goal, seed) -> allowed.clean()))
        .containsExactly("refuses_inputs_that_are_no_images");
  }
}
