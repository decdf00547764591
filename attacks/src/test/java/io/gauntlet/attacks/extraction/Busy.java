package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.RetryingModel;
import io.gauntlet.model.Shape;
import java.util.function.Consumer;

/** A model that has to be asked twice, one request in so many. */
final class Busy implements RetryingModel {
  private final Model model;
  private final int every;
  private int requests;

  Busy(Model model, int every) {
    this.model = model;
    this.every = every;
  }

  @Override
  public Batch logits(Batch inputs, Consumer<Batch> again) {
    if (++requests % every == 0) {
      again.accept(inputs);
    }
    return model.logits(inputs);
  }

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
}
