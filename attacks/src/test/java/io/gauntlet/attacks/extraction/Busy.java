package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Model;
import io.gauntlet.model.RetryingModel;
import java.util.function.Consumer;

/** A model that has to be asked twice, one request in so many. */
final class Busy implements FrontModel, RetryingModel {
  private final Model model;
  private final int every;
  private int requests;

  Busy(Model model, int every) {
    this.model = model;
    this.every = every;
  }

  @Override
  public Model behind() {
    return model;
  }

  @Override
  public Concurrency concurrency() {
    return Concurrency.SINGLE_THREADED;
  }

  @Override
  public Batch logits(Batch inputs, Consumer<Batch> again) {
    if (++requests % every == 0) {
      again.accept(inputs);
    }
    return model.logits(inputs);
  }
}
