package io.gauntlet.model;

/** A model that learns: what adversarial training, extraction and poisoning ask for. */
public interface TrainableModel extends DifferentiableModel {
  /**
   * One optimiser step down the mean of {@code loss} over the batch, in training mode: dropout on,
   * batch norm on the batch's own statistics. Must not run while another thread uses the model.
   *
   * @param inputs shape (rows, features)
   * @param loss what to make small; {@link CrossEntropy} for plain training
   * @return mean loss before the step
   */
  double train(Batch inputs, LogitLoss loss);

  /**
   * The same step, and the gradient by the inputs with it: what free adversarial training asks for.
   * A backend that can gives the gradient of the very pass that trained; this default runs a pass
   * of its own, in evaluation mode, before the step.
   *
   * @param inputs shape (rows, features)
   * @return logits, losses and input gradient from before the step
   */
  default Gradient trainAndDifferentiate(Batch inputs, LogitLoss loss) {
    Gradient before = gradient(inputs, loss);
    train(inputs, loss);
    return before;
  }
}
