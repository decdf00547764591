package io.gauntlet.model;

/** A model whose backend can differentiate through it; what white-box attacks ask for. */
public interface DifferentiableModel extends Model {
  /**
   * Runs the model forwards and keeps what is needed to go back.
   *
   * @param inputs shape (rows, features)
   * @throws ModelException if the model cannot answer
   */
  ForwardPass forward(Batch inputs);

  /** Runs the model forwards, then {@code loss} backwards to the inputs: one pass each way. */
  default Gradient gradient(Batch inputs, LogitLoss loss) {
    try (ForwardPass pass = forward(inputs)) {
      Batch logits = inputs.answeredBy(pass.logits());
      Batch byInput = inputs.answeredBy(pass.backward(loss.gradient(logits)));
      return new Gradient(logits, loss.values(logits), byInput);
    }
  }
}
