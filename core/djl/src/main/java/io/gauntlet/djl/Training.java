package io.gauntlet.djl;

import ai.djl.ndarray.NDManager;
import ai.djl.training.optimizer.Optimizer;
import io.gauntlet.model.Batch;
import io.gauntlet.model.LogitLoss;

/** What a model carries from one training step to the next. */
final class Training implements AutoCloseable {
  private final DjlOptions options;
  private final NDManager state;
  private final Optimizer optimizer;
  private int steps;

  Training(DjlOptions options, NDManager owner) {
    this.options = options;
    state = owner.newSubManager();
    optimizer = OwnedOptimizer.start(options.optimiser(), state);
  }

  /** Seeds what the next step drops out. */
  void beginStep() {
    Libtorch.seed(options.seed().derive(steps++).root());
  }

  /** One step down the mean loss of a pass that was run for training; gives that mean. */
  double step(Pass pass, LogitLoss loss, Parameters parameters) {
    Batch logits = pass.logits();
    Batch losses = loss.values(logits);
    double sum = 0;
    for (int i = 0; i < losses.rows(); i++) {
      sum += losses.get(i, 0);
    }
    pass.propagate(loss.gradient(logits).times(1f / logits.rows()), false);
    parameters.step(optimizer);
    return sum / losses.rows();
  }

  @Override
  public void close() {
    state.close();
  }
}
