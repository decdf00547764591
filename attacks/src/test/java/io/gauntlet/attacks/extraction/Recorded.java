package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A model that writes down what it is asked, in order. */
final class Recorded implements Model {
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
  public Batch logits(Batch inputs) {
    note(inputs, asked);
    return model.logits(inputs);
  }
}
