package io.gauntlet.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gauntlet.model.ModelException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What an optimizer carries from one step to the next; freed with its manager. */
final class Memory {
  private static final String PREFIX = "optimiser.";
  private static final String STEPS = PREFIX + "steps";
  private static final String LEARNING_RATE = PREFIX + "learningRate";

  private final NDManager owner;
  private final Map<String, NDArray> moments = new LinkedHashMap<>();
  private final List<Object> kinds = new ArrayList<>();
  private float learningRate;
  private int steps;

  Memory(float learningRate, NDManager owner) {
    this.learningRate = learningRate;
    this.owner = owner;
  }

  float learningRate() {
    return learningRate;
  }

  void setLearningRate(float newRate) {
    learningRate = newRate;
  }

  /** Steps begun. */
  int steps() {
    return steps;
  }

  void beginStep() {
    steps++;
  }

  /**
   * What is remembered of one parameter.
   *
   * @param kind the optimizer's own map, which tells a mean from a variance
   */
  NDArray recall(Object kind, String parameter, Function<String, NDArray> start) {
    String name = PREFIX + ordinal(kind) + "." + parameter;
    NDArray known = moments.get(name);
    if (known == null) {
      known = start.apply(parameter);
      known.attach(owner);
      moments.put(name, known);
    }
    return known;
  }

  /** The place of a kind in the order that every step asks for them. */
  private int ordinal(Object kind) {
    for (int i = 0; i < kinds.size(); i++) {
      if (kinds.get(i) == kind) {
        return i;
      }
    }
    kinds.add(kind);
    return kinds.size() - 1;
  }

  /** Adds all of it to what is written, under names that no parameter has. */
  void addTo(NDList named, NDManager scope) {
    NDArray rate = scope.create(new float[] {learningRate});
    rate.setName(LEARNING_RATE);
    named.add(rate);
    NDArray count = scope.create(new int[] {steps});
    count.setName(STEPS);
    named.add(count);
    moments.forEach(
        (name, moment) -> {
          NDArray handle = moment.stopGradient();
          handle.attach(scope);
          handle.setName(name);
          named.add(handle);
        });
  }

  static boolean holds(NDArray named) {
    return named.getName().startsWith(PREFIX);
  }

  /** Takes over what {@link #addTo} added; this is new. */
  void restore(NDList remembered) {
    learningRate = required(remembered.get(LEARNING_RATE)).toFloatArray()[0];
    steps = required(remembered.get(STEPS)).toIntArray()[0];
    for (NDArray moment : remembered) {
      String name = moment.getName();
      if (!name.equals(LEARNING_RATE) && !name.equals(STEPS)) {
        moment.attach(owner);
        moments.put(name, moment);
      }
    }
  }

  private static NDArray required(@Nullable NDArray found) {
    if (found == null) {
      throw new ModelException("a training state must hold what the optimiser remembers");
    }
    return found;
  }
}
