package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.noise.RandomNoise;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * One answer for any batch size and number of workers, on a network whose arithmetic is libtorch's:
 * it picks other kernels for other batches, and their last bits differ. What that may change is
 * counted here; on pure Java networks the module attacks finds no difference in any bit.
 */
class SameAnswerTest {
  private static final int EXAMPLES = 100;
  private static final double MOST = 0.001;

  @Test
  void batch_and_workers_change_fewer_than_one_outcome_in_a_thousand() {
    Examples digits = Digits.all();
    Examples unseen = digits.slice(1297, 1297 + EXAMPLES);
    int compared = 0;
    int different = 0;
    try (DjlModel model = Digits.trained(digits.first(1297), 12, Seed.of(1))) {
      for (long seed = 1; seed <= 5; seed++) {
        List<Class<?>> reference = outcomes(evaluate(model, unseen, seed, 64, 1));
        for (int batch : new int[] {1, 7, 64}) {
          for (int workers : new int[] {1, 2, 3}) {
            List<Class<?>> outcomes = outcomes(evaluate(model, unseen, seed, batch, workers));
            for (int i = 0; i < EXAMPLES; i++) {
              compared++;
              different += outcomes.get(i).equals(reference.get(i)) ? 0 : 1;
            }
          }
        }
      }
    }
    assertThat(compared).isEqualTo(5 * 9 * EXAMPLES);
    assertThat(different).as("of %s outcomes", compared).isLessThan((int) (MOST * compared) + 1);
  }

  private static RobustnessReport evaluate(
      DjlModel model, Examples examples, long seed, int batch, int workers) {
    return Robustness.of(model)
        .under(ThreatModel.linf(0.1f))
        .attackedBy(RandomNoise.standard().withDraws(5), Pgd.standard().withSteps(10))
        .withSeed(seed)
        .withBatch(batch)
        .withWorkers(workers)
        .evaluate(examples);
  }

  private static List<Class<?>> outcomes(RobustnessReport report) {
    return report.outcomes().stream().<Class<?>>map(Outcome::getClass).toList();
  }
}
