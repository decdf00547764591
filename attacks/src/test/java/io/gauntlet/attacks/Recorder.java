package io.gauntlet.attacks;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.FrontModel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A model that writes down every input it is asked about, in order, for each example. */
public final class Recorder implements FrontModel, DifferentiableModel {
  private final DifferentiableModel model;
  private final Map<Long, List<List<Float>>> asked = new ConcurrentHashMap<>();

  /** Stands before {@code model}. */
  public Recorder(DifferentiableModel model) {
    this.model = model;
  }

  /** The inputs of every example. */
  public Map<Long, List<List<Float>>> asked() {
    return asked;
  }

  private void note(Batch inputs) {
    for (int i = 0; i < inputs.rows(); i++) {
      Float[] row = new Float[inputs.width()];
      int number = i;
      Arrays.setAll(row, j -> inputs.get(number, j));
      asked.computeIfAbsent(inputs.example(i), e -> new CopyOnWriteArrayList<>()).add(List.of(row));
    }
  }

  @Override
  public DifferentiableModel behind() {
    return model;
  }

  @Override
  public Concurrency concurrency() {
    return new Concurrency(4, 64);
  }

  @Override
  public Batch logits(Batch inputs) {
    note(inputs);
    return model.logits(inputs);
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    note(inputs);
    return model.forward(inputs);
  }
}
