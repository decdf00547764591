package io.gauntlet.evaluate;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A model that counts, for every example, the rows it was really asked to answer. */
final class Spy implements FrontModel, DifferentiableModel {
  private final DifferentiableModel model;
  private final Concurrency concurrency;
  private final Consumer<Batch> before;
  private final Map<Long, Integer> forward = new ConcurrentHashMap<>();
  private final Map<Long, Integer> backward = new ConcurrentHashMap<>();

  private Spy(DifferentiableModel model, Concurrency concurrency, Consumer<Batch> before) {
    this.model = model;
    this.concurrency = concurrency;
    this.before = before;
  }

  static Spy on(DifferentiableModel model) {
    return new Spy(model, new Concurrency(4, 64), inputs -> {});
  }

  /** Runs something before every forward pass. */
  static Spy on(DifferentiableModel model, Consumer<Batch> before) {
    return new Spy(model, new Concurrency(4, 64), before);
  }

  int forward(long example) {
    return forward.getOrDefault(example, 0);
  }

  int backward(long example) {
    return backward.getOrDefault(example, 0);
  }

  int total() {
    return forward.values().stream().mapToInt(n -> n).sum()
        + backward.values().stream().mapToInt(n -> n).sum();
  }

  private void note(Batch inputs) {
    before.accept(inputs);
    for (int i = 0; i < inputs.rows(); i++) {
      forward.merge(inputs.example(i), 1, Integer::sum);
    }
  }

  @Override
  public DifferentiableModel behind() {
    return model;
  }

  @Override
  public Concurrency concurrency() {
    return concurrency;
  }

  @Override
  public String fingerprint() {
    return "spied " + model.fingerprint();
  }

  @Override
  public Batch logits(Batch inputs) {
    note(inputs);
    return model.logits(inputs);
  }

  @Override
  public Gradient gradient(Batch inputs, LogitLoss loss) {
    try (ForwardPass pass = forward(inputs)) {
      Batch byInput = pass.backward(loss.gradient(pass.logits()));
      return new Gradient(pass.logits(), loss.values(pass.logits()), byInput);
    }
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    note(inputs);
    ForwardPass pass = model.forward(inputs);
    return new ForwardPass() {
      @Override
      public Batch logits() {
        return pass.logits();
      }

      @Override
      public Batch backward(Batch byLogit) {
        for (int i = 0; i < inputs.rows(); i++) {
          for (float weight : byLogit.row(i)) {
            if (weight != 0) { // a row without weights is asked nothing
              backward.merge(inputs.example(i), 1, Integer::sum);
              break;
            }
          }
        }
        return pass.backward(byLogit);
      }

      @Override
      public void close() {
        pass.close();
      }
    };
  }
}
