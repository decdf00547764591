package io.gauntlet.examples;

import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** A small network that tells praise from blame. */
final class Sentiment {
  private static final int HIDDEN = 16;
  private static final int BATCH = 32;

  private Sentiment() {}

  /** Not trained yet; the caller's to close. */
  static DjlModel untrained(int words, Seed seed) {
    return DjlModel.of(
        new SequentialBlock()
            .add(Linear.builder().setUnits(HIDDEN).build())
            .add(Activation::relu)
            .add(Linear.builder().setUnits(2).build()),
        DjlOptions.of(Shape.of(words)).withOptimiser(Optimiser.Adam.standard()).withSeed(seed));
  }

  /** Trained for so many passes over the sentences; the caller's to close. */
  static DjlModel trained(Examples sentences, int epochs, Seed seed) {
    DjlModel model = untrained(sentences.inputs().width(), seed);
    for (int epoch = 0; epoch < epochs; epoch++) {
      int[] order = shuffled(sentences.count(), seed.derive(epoch).forExample(0));
      for (int from = 0; from < order.length; from += BATCH) {
        int[] rows = Arrays.copyOfRange(order, from, Math.min(from + BATCH, order.length));
        Arrays.sort(rows);
        Examples some = sentences.select(rows);
        model.train(some.inputs(), new CrossEntropy(some.labels()));
      }
    }
    return model;
  }

  private static int[] shuffled(int count, RandomGenerator random) {
    int[] order = new int[count];
    Arrays.setAll(order, i -> i);
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }
}
