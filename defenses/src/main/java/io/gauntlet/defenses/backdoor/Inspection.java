package io.gauntlet.defenses.backdoor;

import io.gauntlet.model.Check;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * What {@link NeuralCleanse} found in a model.
 *
 * @param triggers the smallest trigger found for each class, class 0 first; at least 1
 * @param maxAnomalyIndex the anomaly index above which a class is accused; positive
 */
public record Inspection(List<ReconstructedTrigger> triggers, float maxAnomalyIndex) {
  private static final double CONSISTENCY = 1.4826; // makes the MAD a normal standard deviation
  private static final double LEAST_DEVIATION = 0.25; // of the median

  /** Copies and checks. */
  public Inspection {
    triggers = List.copyOf(triggers);
    Check.atLeast(1, triggers.size(), "number of triggers");
    for (int k = 0; k < triggers.size(); k++) {
      if (triggers.get(k).target() != k) {
        throw new IllegalArgumentException(
            "trigger %s must be that of class %s, but was of class %s"
                .formatted(k, k, triggers.get(k).target()));
      }
    }
    Check.positive(maxAnomalyIndex, "maxAnomalyIndex");
  }

  /**
   * By how many deviations the trigger of a class is smaller than the median trigger; negative
   * where it is larger. The deviation is the median absolute one, times 1.4826, and at least a
   * quarter of the median: where honest classes are nearly alike, a few percent less would
   * otherwise be an anomaly. So an index above 2 takes a trigger of half the usual size at most.
   */
  public double anomalyIndex(int target) {
    double[] sizes = triggers.stream().mapToDouble(ReconstructedTrigger::size).toArray();
    double median = new Median().evaluate(sizes);
    double[] deviations = new double[sizes.length];
    for (int k = 0; k < sizes.length; k++) {
      deviations[k] = Math.abs(sizes[k] - median);
    }
    double mad = CONSISTENCY * new Median().evaluate(deviations);
    double below = median - sizes[target];
    return below == 0 ? 0 : below / Math.max(mad, LEAST_DEVIATION * median);
  }

  /**
   * The triggers of the classes that have a backdoor, smallest first: their anomaly index is above
   * the largest allowed. Empty if no class is accused.
   */
  public List<ReconstructedTrigger> accused() {
    return triggers.stream()
        .filter(trigger -> anomalyIndex(trigger.target()) > maxAnomalyIndex)
        .sorted(Comparator.comparingDouble(ReconstructedTrigger::size))
        .toList();
  }
}
