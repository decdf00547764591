package io.gauntlet.examples;

import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;

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
    train(model, sentences, epochs, seed);
    return model;
  }

  /** Goes on training for so many passes over the sentences. */
  static void train(DjlModel model, Examples sentences, int epochs, Seed seed) {
    new Fit(epochs, BATCH).train(model, sentences, seed);
  }
}
