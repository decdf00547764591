package io.gauntlet.examples.broken;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ForwardPass;
import java.util.function.UnaryOperator;

/**
 * A forward pass through a network behind a defense.
 *
 * @param network the pass through the network alone
 * @param logits what the defense answers
 * @param back from weights of these logits to the inputs of the defense
 */
record Way(ForwardPass network, Batch logits, UnaryOperator<Batch> back) implements ForwardPass {
  @Override
  public Batch backward(Batch byLogit) {
    return back.apply(byLogit);
  }

  @Override
  public void close() {
    network.close();
  }
}
