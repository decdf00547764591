package io.gauntlet.benchmarks;

import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Normalisation;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;

/**
 * The network that targeted poisons are made for: one hidden layer, ten classes.
 *
 * @param normalisation what happens to the pixels first
 * @param shape of an image
 * @param hidden units
 * @param fit how it is trained, with Adam at a learning rate of 0.002
 */
record SmallMlp(Normalisation normalisation, Shape shape, int hidden, Fit fit) {
  private static final float LEARNING_RATE = 2e-3f;

  SmallMlp withEpochs(int epochs) {
    return new SmallMlp(normalisation, shape, hidden, fit.withEpochs(epochs));
  }

  DjlModel trained(Examples examples, Seed seed) {
    DjlModel model =
        DjlModel.of(
            network(),
            DjlOptions.of(shape)
                .withNormalisation(normalisation)
                .withOptimiser(new Optimiser.Adam(LEARNING_RATE))
                .withSeed(seed));
    fit.train(model, examples, seed);
    return model;
  }

  private Block network() {
    return new SequentialBlock()
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(hidden).build())
        .add(Activation::relu)
        .add(Linear.builder().setUnits(10).build());
  }
}
