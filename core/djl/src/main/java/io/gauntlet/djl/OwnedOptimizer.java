package io.gauntlet.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.optimizer.Sgd;
import java.util.Map;
import java.util.function.Function;

/**
 * DJL's optimizers detach what they remember from every manager, so that it is never freed, and
 * keep it to themselves; these leave it, and the learning rate, to a {@link Memory}.
 */
final class OwnedOptimizer {
  private OwnedOptimizer() {}

  /** The optimizer that does what {@code optimiser} says. */
  static Optimizer start(Optimiser optimiser, Memory memory) {
    if (optimiser instanceof Optimiser.Adam) {
      return new OwnedAdam(memory);
    }
    return new OwnedSgd((Optimiser.Sgd) optimiser, memory);
  }

  private static final class OwnedAdam extends Adam {
    private final Memory memory;

    OwnedAdam(Memory memory) {
      super(Optimizer.adam().optLearningRateTracker((key, step) -> memory.learningRate()));
      this.memory = memory;
    }

    @Override
    protected int updateCount(String key) {
      return memory.steps();
    }

    @Override
    protected NDArray withDefaultState(
        Map<String, Map<Device, NDArray>> states,
        String key,
        Device device,
        Function<String, NDArray> start) {
      return memory.recall(states, key, start);
    }
  }

  private static final class OwnedSgd extends Sgd {
    private final Memory memory;

    OwnedSgd(Optimiser.Sgd sgd, Memory memory) {
      super(
          Optimizer.sgd()
              .setLearningRateTracker((key, step) -> memory.learningRate())
              .optMomentum(sgd.momentum())
              .optWeightDecays(sgd.weightDecay()));
      this.memory = memory;
    }

    @Override
    protected int updateCount(String key) {
      return memory.steps();
    }

    @Override
    protected NDArray withDefaultState(
        Map<String, Map<Device, NDArray>> states,
        String key,
        Device device,
        Function<String, NDArray> start) {
      return memory.recall(states, key, start);
    }
  }
}
