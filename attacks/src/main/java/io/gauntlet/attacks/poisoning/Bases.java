package io.gauntlet.attacks.poisoning;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Which examples of the intended class become poisons for one target. */
public enum Bases {
  /** Drawn at random. */
  RANDOM,
  /** Those nearest to the target (L2 between inputs): they have the shortest way to go. */
  NEAREST;

  /**
   * Chooses.
   *
   * @param count at least 1, at most as many as the intended class has examples
   * @return rows of {@code training}, ascending
   */
  public int[] rows(Examples training, Target target, int count, Seed seed) {
    Check.atLeast(1, count, "number of poisons");
    int[] candidates = training.labels().rowsWhere(label -> label == target.intended());
    Draw.requireEnough(count, candidates);
    return switch (this) {
      case RANDOM -> Draw.some(candidates, count, seed);
      case NEAREST -> nearest(training.inputs().select(candidates), candidates, target, count);
    };
  }

  private static int[] nearest(Batch inputs, int[] candidates, Target target, int count) {
    Batch apart = inputs.minus(target.inPlaceOf(inputs));
    double[] distances = new double[candidates.length];
    Arrays.setAll(distances, i -> Norm.l2().of(apart.row(i)));
    return IntStream.range(0, candidates.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> distances[i]))
        .limit(count)
        .mapToInt(i -> candidates[i])
        .sorted()
        .toArray();
  }
}
