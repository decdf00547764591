package io.gauntlet.benchmarks;

import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Normalisation;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;

/**
 * The network that backdoors are planted in, and targeted poisons are made for: two convolutions
 * and two dense layers, of which the penultimate has 64 units.
 *
 * @param shape of an image
 * @param fit how it is trained
 * @param classes it tells apart
 * @param normalisation what happens to the pixels first
 */
record SmallCnn(Shape shape, Fit fit, int classes, Normalisation normalisation) {
  /** Of ten classes, for pixels as they are. */
  SmallCnn(Shape shape, Fit fit) {
    this(shape, fit, 10, Normalisation.NONE);
  }

  SmallCnn withClasses(int newClasses) {
    return new SmallCnn(shape, fit, newClasses, normalisation);
  }

  SmallCnn withNormalisation(Normalisation newNormalisation) {
    return new SmallCnn(shape, fit, classes, newNormalisation);
  }

  DjlModel trained(Examples examples, Seed seed) {
    DjlModel model = untrained(seed);
    fit.train(model, examples, seed);
    return model;
  }

  DjlModel untrained(Seed seed) {
    return DjlModel.of(
        network(),
        DjlOptions.of(shape)
            .withNormalisation(normalisation)
            .withOptimiser(new Optimiser.Adam(1e-3f))
            .withSeed(seed));
  }

  private Block network() {
    return new SequentialBlock()
        .add(convolution(16))
        .add(Activation::relu)
        .add(halved())
        .add(convolution(32))
        .add(Activation::relu)
        .add(halved())
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(64).build())
        .add(Activation::relu)
        .add(Linear.builder().setUnits(classes).build());
  }

  private static Block convolution(int filters) {
    return Conv2d.builder()
        .setKernelShape(new ai.djl.ndarray.types.Shape(3, 3))
        .optPadding(new ai.djl.ndarray.types.Shape(1, 1))
        .setFilters(filters)
        .build();
  }

  private static Block halved() {
    ai.djl.ndarray.types.Shape two = new ai.djl.ndarray.types.Shape(2, 2);
    return Pool.maxPool2dBlock(two, two);
  }
}
