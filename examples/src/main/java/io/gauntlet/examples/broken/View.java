package io.gauntlet.examples.broken;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import java.util.function.Function;

/**
 * A defense as one kind of attacker differentiates it.
 *
 * @param defense whose inputs and classes these are
 * @param passes runs some inputs forwards, and knows a way back
 */
record View(Model defense, Function<Batch, ForwardPass> passes) implements DifferentiableModel {
  @Override
  public Shape inputShape() {
    return defense.inputShape();
  }

  @Override
  public Domain domain() {
    return defense.domain();
  }

  @Override
  public int classes() {
    return defense.classes();
  }

  @Override
  public Concurrency concurrency() {
    return defense.concurrency();
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
