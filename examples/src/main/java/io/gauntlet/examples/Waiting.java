package io.gauntlet.examples;

import io.gauntlet.model.Batch;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Model;

/**
 * Lets time pass before every request, which undoes windows, and whatever forgets.
 *
 * @param model asked in batches that are one request each
 * @param pause lets time pass
 */
record Waiting(Model model, Runnable pause) implements FrontModel {
  @Override
  public Model behind() {
    return model;
  }

  @Override
  public Batch logits(Batch inputs) {
    pause.run();
    return model.logits(inputs);
  }
}
