package io.gauntlet.benchmarks;

import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;

/**
 * The MNIST network of "Fast is better than free" (Wong, Rice, Kolter, ICLR 2020), whose published
 * robust accuracies the results are held against: two strided convolutions and two dense layers.
 *
 * @param shape of an image
 * @param width filters in multiples of the paper's 16 and 32; at least 1
 * @param weights what training starts from
 */
record HardenedNet(Shape shape, int width, FirstWeights weights) {
  private static final ai.djl.ndarray.types.Shape FOUR = new ai.djl.ndarray.types.Shape(4, 4);
  private static final ai.djl.ndarray.types.Shape TWO = new ai.djl.ndarray.types.Shape(2, 2);
  private static final ai.djl.ndarray.types.Shape ONE = new ai.djl.ndarray.types.Shape(1, 1);

  DjlModel untrained(float learningRate, int threads, Seed seed) {
    return DjlModel.of(
        network(),
        DjlOptions.of(shape)
            .withOptimiser(new Optimiser.Adam(learningRate))
            .withThreads(threads)
            .withSeed(seed));
  }

  private Block network() {
    Block network =
        new SequentialBlock()
            .add(halving(16 * width))
            .add(Activation::relu)
            .add(halving(32 * width))
            .add(Activation::relu)
            .add(Blocks.batchFlattenBlock())
            .add(Linear.builder().setUnits(100).build())
            .add(Activation::relu)
            .add(Linear.builder().setUnits(10).build());
    weights.giveTo(network);
    return network;
  }

  private static Block halving(int filters) {
    return Conv2d.builder()
        .setKernelShape(FOUR)
        .optStride(TWO)
        .optPadding(ONE)
        .setFilters(filters)
        .build();
  }
}
