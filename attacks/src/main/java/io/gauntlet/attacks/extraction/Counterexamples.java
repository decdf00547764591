package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Random inputs at which a copy differs from its victim. Confined to one extraction. */
final class Counterexamples {
  private final Probe probe;
  private final int checks;
  private final double tolerance;
  private final RandomGenerator random;
  private final List<Sample> asked = new ArrayList<>();
  private final Deque<Sample> untried = new ArrayDeque<>();

  private static final class Sample {
    final float[] input;
    final double[] scores;

    Sample(float[] input, double[] scores) {
      this.input = input;
      this.scores = scores;
    }
  }

  Counterexamples(Probe probe, int checks, double tolerance, RandomGenerator random) {
    this.probe = probe;
    this.checks = checks;
    this.tolerance = tolerance;
    this.random = random;
  }

  /** Tries everything that was ever asked about once more, on a new copy. */
  void restart() {
    untried.clear();
    untried.addAll(asked);
  }

  /**
   * Another input where the copy is wrong, among those asked about before and then among as many
   * fresh ones as there are checks; empty if it is right on those.
   */
  Optional<float[]> next(ReluSum copy) {
    Optional<float[]> known = nextUntried(copy);
    if (known.isPresent()) {
      return known;
    }
    Batch inputs = probe.box().sample(checks, random);
    double[][] scores = probe.ask(inputs);
    for (int i = 0; i < scores.length; i++) {
      asked.add(new Sample(inputs.row(i), scores[i]));
      untried.add(asked.get(asked.size() - 1));
    }
    return nextUntried(copy);
  }

  private Optional<float[]> nextUntried(ReluSum copy) {
    while (!untried.isEmpty()) {
      Sample sample = untried.remove();
      if (isWrong(copy, sample)) {
        return Optional.of(sample.input);
      }
    }
    return Optional.empty();
  }

  /** How many of all inputs asked about the copy is wrong on. */
  long count(ReluSum copy) {
    return asked.stream().filter(sample -> isWrong(copy, sample)).count();
  }

  private boolean isWrong(ReluSum copy, Sample sample) {
    double[] value = copy.value(sample.input);
    for (int k = 0; k < value.length; k++) {
      if (Math.abs(value[k] - sample.scores[k]) > tolerance * probe.largest()) {
        return true;
      }
    }
    return false;
  }
}
