package io.gauntlet.examples.broken;

import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Model;
import java.util.function.Function;

/**
 * A defense as one kind of attacker differentiates it.
 *
 * @param defense whose inputs and classes these are
 * @param passes runs some inputs forwards, and knows a way back
 */
record View(Model defense, Function<Batch, ForwardPass> passes)
    implements DifferentiableModel, FrontModel {
  @Override
  public Model behind() {
    return defense;
  }

  @Override
  public String fingerprint() {
    return defense.fingerprint();
  }

  @Override
  public Batch logits(Batch inputs) {
    try (ForwardPass pass = forward(inputs)) {
      return pass.logits();
    }
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    return passes.apply(inputs);
  }
}
