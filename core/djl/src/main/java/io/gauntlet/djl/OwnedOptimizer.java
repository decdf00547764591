package io.gauntlet.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.optimizer.Sgd;
import ai.djl.training.tracker.Tracker;
import java.util.Map;
import java.util.function.Function;

/** DJL's optimizers detach their state from every manager, so that it is never freed; these do. */
final class OwnedOptimizer {
  private OwnedOptimizer() {}

  /** The optimizer that does what {@code optimiser} says; its state is freed with {@code owner}. */
  static Optimizer start(Optimiser optimiser, NDManager owner) {
    if (optimiser instanceof Optimiser.Adam adam) {
      return new OwnedAdam(adam, owner);
    }
    return new OwnedSgd((Optimiser.Sgd) optimiser, owner);
  }

  private static NDArray owned(NDArray state, NDManager owner) {
    if (state.getManager() != owner) {
      state.attach(owner);
    }
    return state;
  }

  private static final class OwnedAdam extends Adam {
    private final NDManager owner;

    OwnedAdam(Optimiser.Adam adam, NDManager owner) {
      super(Optimizer.adam().optLearningRateTracker(Tracker.fixed(adam.learningRate())));
      this.owner = owner;
    }

    @Override
    protected NDArray withDefaultState(
        Map<String, Map<Device, NDArray>> states,
        String key,
        Device device,
        Function<String, NDArray> start) {
      return owned(super.withDefaultState(states, key, device, start), owner);
    }
  }

  private static final class OwnedSgd extends Sgd {
    private final NDManager owner;

    OwnedSgd(Optimiser.Sgd sgd, NDManager owner) {
      super(
          Optimizer.sgd()
              .setLearningRateTracker(Tracker.fixed(sgd.learningRate()))
              .optMomentum(sgd.momentum())
              .optWeightDecays(sgd.weightDecay()));
      this.owner = owner;
    }

    @Override
    protected NDArray withDefaultState(
        Map<String, Map<Device, NDArray>> states,
        String key,
        Device device,
        Function<String, NDArray> start) {
      return owned(super.withDefaultState(states, key, device, start), owner);
    }
  }
}
