package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Model;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A model that writes down what it is asked, in order. */
final class Recorded implements FrontModel {
  final List<List<Float>> asked = new ArrayList<>();
  private final Model model;

  Recorded(Model model) {
    this.model = model;
  }

  static void note(Batch inputs, Collection<List<Float>> into) {
    for (int i = 0; i < inputs.rows(); i++) {
      List<Float> row = new ArrayList<>();
      for (int j = 0; j < inputs.width(); j++) {
        row.add(inputs.get(i, j));
      }
      into.add(row);
    }
  }

  @Override
  public Model behind() {
    return model;
  }

  @Override
  public Concurrency concurrency() {
    return Concurrency.SINGLE_THREADED; // or there is no order
  }

  @Override
  public Batch logits(Batch inputs) {
    note(inputs, asked);
    return model.logits(inputs);
  }
}
