package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import io.gauntlet.attacks.extraction.DataFreeExtraction;
import io.gauntlet.attacks.extraction.Disclosure;
import io.gauntlet.attacks.extraction.Extraction;
import io.gauntlet.attacks.extraction.Judge;
import io.gauntlet.attacks.extraction.Oracle;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import org.junit.jupiter.api.Test;

/** A convolutional network is copied by a thief without a single digit; libtorch runs all three. */
class DataFreeTheftTest {
  private static final Examples DIGITS = Digits.all();

  /** Ends with batch norm without learnt scale, as the paper's, so that tanh does not saturate. */
  private static DjlModel generator() {
    SequentialBlock block =
        new SequentialBlock()
            .add(Linear.builder().setUnits(128).build())
            .add(BatchNorm.builder().build())
            .add(Activation::relu)
            .add(Linear.builder().setUnits(64).build())
            .add(BatchNorm.builder().optCenter(false).optScale(false).build());
    DjlOptions options = DjlOptions.of(Shape.of(32)).withDomain(Domain.of(-4, 4));
    return DjlModel.of(
        block, options.withOptimiser(new Optimiser.Adam(1e-3f)).withSeed(Seed.of(2)));
  }

  private static DjlModel student() {
    SequentialBlock block =
        new SequentialBlock()
            .add(Blocks.batchFlattenBlock())
            .add(Linear.builder().setUnits(64).build())
            .add(Activation::relu)
            .add(Linear.builder().setUnits(10).build());
    DjlOptions options = DjlOptions.of(Digits.SHAPE).withSeed(Seed.of(3));
    return DjlModel.of(block, options.withOptimiser(new Optimiser.Adam(2e-3f)));
  }

  @Test
  void a_generator_with_batch_norm_needs_no_pool() {
    try (DjlModel victim = Digits.trained(DIGITS.slice(0, 1297), 5, Seed.of(1));
        DjlModel student = student();
        DjlModel generator = generator()) {
      Judge judge = Judge.of(victim, DIGITS.slice(1297, 1797));
      Oracle oracle = Oracle.of(victim, new Disclosure.Scores(), 30_000);
      Extraction<DjlModel> stolen =
          DataFreeExtraction.standard()
              .withBatch(32)
              .extract(oracle, student, generator, judge, Seed.of(1));
      assertThat(stolen.queries()).isEqualTo(30_000);
      assertThat(judge.agreement(stolen.surrogate()).rate()).isGreaterThan(0.6);
    }
  }
}
