package io.gauntlet.examples;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;

/**
 * Lets time pass before every request, which undoes windows, and whatever forgets.
 *
 * @param model asked in batches that are one request each
 * @param pause lets time pass
 */
record Waiting(Model model, Runnable pause) implements Model {
  @Override
  public Shape inputShape() {
    return model.inputShape();
  }

  @Override
  public Domain domain() {
    return model.domain();
  }

  @Override
  public int classes() {
    return model.classes();
  }

  @Override
  public Concurrency concurrency() {
    return model.concurrency();
  }

  @Override
  public Batch logits(Batch inputs) {
    pause.run();
    return model.logits(inputs);
  }
}
