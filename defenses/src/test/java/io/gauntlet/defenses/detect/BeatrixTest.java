package io.gauntlet.defenses.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Models;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BeatrixTest {
  private static final int WIDTH = 8;
  private static final Model INPUTS =
      Models.of("inputs", Shape.of(WIDTH), Domain.of(-1000, 1000), WIDTH, rows -> rows);
  private static final FeatureModel MODEL = Models.withFeatures(INPUTS, INPUTS);

  /** What unit 0 has, unit 1 has not; in poisoned rows both fire, neither more than usual. */
  private static Examples rows(int count, int poisoned, long seed) {
    float[] values = new float[count * WIDTH];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      RandomGenerator random = Seed.of(seed).forExample(i);
      float part = random.nextFloat();
      for (int j = 2; j < WIDTH; j++) {
        values[i * WIDTH + j] = 1 + 0.2f * random.nextFloat();
      }
      values[i * WIDTH] = i < poisoned ? 0.98f : part;
      values[i * WIDTH + 1] = i < poisoned ? 0.98f : 1 - part;
      labels[i] = i < poisoned ? 0 : i % 2;
    }
    return Examples.of(Batch.wrap(WIDTH, values), labels);
  }

  @Test
  void units_that_fire_together_for_once_are_flagged() {
    for (int seed = 0; seed < 5; seed++) {
      Suspicion suspicion =
          Beatrix.standard(MODEL, rows(200, 0, 100)).detect(rows(600, 60, seed), Seed.of(seed));
      Suspicion.Accuracy accuracy = suspicion.against(row -> row < 60);
      assertThat(accuracy.truePositiveRate()).isEqualTo(1);
      assertThat(accuracy.falsePositiveRate()).isLessThan(0.1);
      assertThat(suspicion.verdicts())
          .extracting(Verdict::ruling)
          .containsExactly(Ruling.POISONED, Ruling.CLEAN);
    }
  }

  @Test
  void clean_rows_are_not() {
    int flagged = 0;
    for (int seed = 0; seed < 5; seed++) {
      flagged +=
          Beatrix.standard(MODEL, rows(200, 0, 100))
              .detect(rows(600, 0, seed), Seed.of(seed))
              .flagged()
              .length;
    }
    assertThat(flagged).isLessThan(5 * 600 / 50); // 2 %
  }

  /** One channel of two positions and one trusted value: all that is above it is excess. */
  @Test
  void the_deviation_is_the_excess_over_the_range() {
    Batch trusted = Batch.of(new float[][] {{3, 4}, {3, 4}, {3, 4}});
    Batch rows = Batch.of(new float[][] {{3, 4}, {6, 8}, {0, 0}});
    double[] first = new GramDeviations(trusted, 2, 1).of(rows); // 9 + 16 against 36 + 64 and 0
    assertThat(first).containsExactly(new double[] {0, 75.0 / 50, 25.0 / 50}, within(1e-12));
    double[] both = new GramDeviations(trusted, 2, 2).of(rows);
    double root = Math.sqrt(81 + 256);
    assertThat(both[1]).isCloseTo(1.5 + (4 * root - root) / (2 * root), within(1e-12));
  }

  @Test
  void a_class_with_few_trusted_rows_is_not_judged() {
    Suspicion suspicion =
        Beatrix.standard(MODEL, rows(38, 0, 100)).detect(rows(100, 0, 1), Seed.of(1));
    assertThat(suspicion.notJudged()).hasSize(100);
    assertThat(suspicion.verdict(0).reason()).isEqualTo("19 trusted rows, fewer than 20");
  }

  @Test
  void maps_must_divide_the_layer() {
    Beatrix maps = Beatrix.standard(MODEL, rows(100, 0, 1)).onMaps(3);
    assertThatThrownBy(() -> maps.detect(rows(100, 0, 1), Seed.of(1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("maps of 3 values");
  }

  @Test
  void a_model_that_answers_no_number_is_refused() {
    Model broken = new NotANumber(INPUTS);
    PoisonDetector detector = SpectralSignatures.standard().on(Models.withFeatures(INPUTS, broken));
    assertThatThrownBy(() -> detector.detect(rows(100, 0, 1), Seed.of(1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("example 70");
  }

  private record NotANumber(Model model) implements Model {
    @Override
    public Shape inputShape() {
      return model.inputShape();
    }

    @Override
    public Domain domain() {
      return model.domain();
    }

    @Override
    public int classes() {
      return model.classes();
    }

    @Override
    public Batch logits(Batch inputs) {
      return inputs.editRows((i, x) -> x[1] = inputs.example(i) == 70 ? Float.NaN : 1);
    }
  }
}
