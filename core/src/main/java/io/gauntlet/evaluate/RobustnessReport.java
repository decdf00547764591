package io.gauntlet.evaluate;

import io.gauntlet.model.Batch;
import io.gauntlet.threat.ThreatModel;
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
    return (double) count(Outcome.Survived.class) / examples();
  }

  /**
   * Exact (Clopper-Pearson) confidence interval of robust accuracy, for examples drawn at random.
   * Its upper end counts unfinished examples as robust, its lower end does not.
   *
   * @param confidence such as 0.95
   */
  public Interval robustAccuracyInterval(double confidence) {
    int survived = count(Outcome.Survived.class);
    int perhaps = survived + count(Outcome.Unfinished.class);
    return new Interval(
        Interval.clopperPearson(survived, examples(), confidence).lower(),
        Interval.clopperPearson(perhaps, examples(), confidence).upper(),
        confidence);
  }

  /** Examples with this outcome. */
  public int count(Class<? extends Outcome> outcome) {
    return (int) outcomes.stream().filter(outcome::isInstance).count();
  }
}
