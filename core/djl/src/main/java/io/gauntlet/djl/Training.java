package io.gauntlet.djl;

import ai.djl.ndarray.NDManager;
import ai.djl.training.optimizer.Optimizer;
import io.gauntlet.model.Batch;
import io.gauntlet.model.LogitLoss;

/** What a model carries from one training step to the next. */
final class Training implements AutoCloseable {
  private final DjlOptions options;
  private final NDManager state;
  private final Memory memory;
  private final Optimizer optimizer;

  Training(DjlOptions options, NDManager owner) {
    this.options = options;
    state = owner.newSubManager();
    memory = new Memory(options.optimiser().learningRate(), state);
    optimizer = OwnedOptimizer.start(options.optimiser(), memory);
  }

  Memory memory() {
    return memory;
  }

  /** Seeds what the next step drops out. */
  void beginStep() {
    Libtorch.seed(options.seed().derive(memory.steps()).root());
    memory.beginStep();
  }

  /** One step down the mean loss of a pass that was run for training; gives each row's loss. */
  Batch step(Pass pass, LogitLoss loss, Parameters parameters) {
    Batch logits = pass.logits();
    Batch losses = loss.values(logits);
    pass.propagate(loss.gradient(logits).times(1f / logits.rows()), false);
    parameters.step(optimizer);
    return losses;
  }

  @Override
  public void close() {
    state.close();
  }
}
