package io.gauntlet.evaluate;

import io.gauntlet.model.Batch;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Result of attacking one model on one data set.
 *
 * @param threat what the attackers were allowed to change
 * @param goal what they wanted: {@code untargeted} or {@code targeted}
 * @param outcomes one per example, in data-set order
 * @param attacks what each attack did, in the order they ran
 * @param caveats reasons to distrust the measurement
 * @param provenance what is needed to get it again
 * @param seconds wall-clock time of the whole evaluation
 * @param adversarial the successful candidates, each row standing for its example
 */
public record RobustnessReport(
    ThreatModel threat,
    String goal,
    List<Outcome> outcomes,
    List<AttackSummary> attacks,
    List<Caveat> caveats,
    Provenance provenance,
    double seconds,
    Batch adversarial) {

  /** Copies; an empty report would make every rate undefined. */
  public RobustnessReport {
    outcomes = List.copyOf(outcomes);
    attacks = List.copyOf(attacks);
    caveats = List.copyOf(caveats);
    if (outcomes.isEmpty()) {
      throw new IllegalArgumentException("a report needs at least one example, but had none");
    }
  }

  /** Number of examples. */
  public int examples() {
    return outcomes.size();
  }

  /**
   * Share of examples the model gets right without an attacker, in [0, 1], over those it was asked
   * for; NaN if a time limit let it be asked for none.
   */
  public double cleanAccuracy() {
    long asked =
        outcomes.stream()
            .filter(o -> !(o instanceof Outcome.Unfinished) || o.prediction() >= 0)
            .count();
    return asked == 0 ? Double.NaN : (double) (asked - count(Outcome.Misclassified.class)) / asked;
  }

  /**
   * Share of examples that were right before and after every attack, in [0, 1]. Examples that a
   * time limit left unfinished do not count as robust.
   */
  public double robustAccuracy() {
    return robustAccuracyAt(threat.epsilon());
  }

  /**
   * Share of examples that were right at first and not fooled by any change of at most this size,
   * in [0, 1]. Unfinished examples do not count as robust. Sizes are compared as floats.
   *
   * <p>Like every result of attacks an upper bound. It is loose for an epsilon below that of a
   * bounded threat model, under which attacks need not look for small changes; that is what {@link
   * ThreatModel#unbounded} is for.
   *
   * @param epsilon size, not negative, at most that of the threat model
   */
  public double robustAccuracyAt(double epsilon) {
    return (double) robustAt(epsilon) / examples();
  }

  private int robustAt(double epsilon) {
    float size = (float) epsilon;
    if (!(epsilon >= 0 && size <= threat.epsilon())) {
      throw new IllegalArgumentException(
          "epsilon must be from 0 to that of the threat model, %s, but was %s"
              .formatted(threat.epsilon(), epsilon));
    }
    return (int)
        outcomes.stream()
            .filter(o -> o instanceof Outcome.Survived || withstoodUpTo(o) > size)
            .count();
  }

  /** Size of the changes that an example first fell to, infinite if to none. */
  private float withstoodUpTo(Outcome outcome) {
    if (outcome instanceof Outcome.Fooled fooled) {
      // rounding may carry an attack a little beyond the radius, which was forgiven
      return Math.min((float) fooled.distance(), threat.epsilon());
    }
    return outcome instanceof Outcome.Survived ? Float.POSITIVE_INFINITY : 0;
  }

  /**
   * Robust accuracy at one size of change.
   *
   * @param epsilon in the threat's norm and input units
   * @param robustAccuracy from this epsilon up to, but not including, that of the next point
   */
  public record Point(double epsilon, double robustAccuracy) {}

  /**
   * Robust accuracy against epsilon, a falling staircase: its value at 0, then one point for each
   * distinct distance at which an example fell, nearest first.
   */
  public List<Point> curve() {
    float[] falls = new float[examples()];
    int standing = 0;
    for (Outcome outcome : outcomes) {
      float size = withstoodUpTo(outcome);
      falls[standing] = size;
      standing += size > 0 ? 1 : 0;
    }
    Arrays.sort(falls, 0, standing);
    List<Point> points = new ArrayList<>();
    points.add(new Point(0, (double) standing / examples()));
    for (int fallen = 1;
        fallen <= standing && falls[fallen - 1] < Float.POSITIVE_INFINITY;
        fallen++) {
      if (fallen == standing || falls[fallen] > falls[fallen - 1]) {
        points.add(new Point(falls[fallen - 1], (double) (standing - fallen) / examples()));
      }
    }
    return List.copyOf(points);
  }

  /**
   * Median size of the smallest change found that fools, over the examples that the model gets
   * right without an attacker: half of them fall to smaller ones. Survivors count as infinitely far
   * and unfinished examples as fooled without a change. In the threat's norm and input units; NaN
   * if the model gets nothing right.
   */
  public double medianDistance() {
    double[] distances =
        outcomes.stream()
            .filter(o -> !(o instanceof Outcome.Misclassified) && o.prediction() >= 0)
            .mapToDouble(o -> o instanceof Outcome.Fooled f ? f.distance() : withstoodUpTo(o))
            .sorted()
            .toArray();
    int middle = distances.length / 2;
    return distances.length == 0
        ? Double.NaN
        : distances.length % 2 == 1
            ? distances[middle]
            : (distances[middle - 1] + distances[middle]) / 2;
  }

  /**
   * Exact (Clopper-Pearson) confidence interval of robust accuracy, for examples drawn at random.
   * Its upper end counts unfinished examples as robust, its lower end does not.
   *
   * @param confidence such as 0.95
   */
  public Interval robustAccuracyInterval(double confidence) {
    return robustAccuracyIntervalAt(threat.epsilon(), confidence);
  }

  /**
   * The interval of {@link #robustAccuracyAt}, as {@link #robustAccuracyInterval} is that of {@link
   * #robustAccuracy}; for one epsilon, not for the whole curve at once.
   */
  public Interval robustAccuracyIntervalAt(double epsilon, double confidence) {
    int robust = robustAt(epsilon);
    int perhaps = robust + count(Outcome.Unfinished.class);
    return new Interval(
        Interval.clopperPearson(robust, examples(), confidence).lower(),
        Interval.clopperPearson(perhaps, examples(), confidence).upper(),
        confidence);
  }

  /** Examples with this outcome. */
  public int count(Class<? extends Outcome> outcome) {
    return (int) outcomes.stream().filter(outcome::isInstance).count();
  }
}
