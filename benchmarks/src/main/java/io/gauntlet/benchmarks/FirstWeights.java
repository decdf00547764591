package io.gauntlet.benchmarks;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;

/** What a network's training starts from; biases are zero. */
enum FirstWeights {
  /** Normal with variance 2 / inputs, which is DJL's way. */
  NORMAL,

  /**
   * Uniform with variance 1 / (3 inputs), a sixth of the other, which is PyTorch's way and
   * therefore that of most papers.
   */
  UNIFORM;

  void giveTo(Block network) {
    if (this == UNIFORM) {
      network.setInitializer(
          (manager, shape, type) -> {
            float bound = (float) Math.sqrt((double) shape.get(0) / shape.size());
            return manager.randomUniform(-bound, bound, shape, type);
          },
          Parameter.Type.WEIGHT);
    }
  }
}
