package io.gauntlet.defenses.train;

import io.gauntlet.attack.Goal;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;

/**
 * Watches a training for catastrophic overfitting: when accuracy under PGD falls suddenly, training
 * ends, with the weights of the last time that it had not.
 *
 * <p>Follows section 5 of Wong, Rice, Kolter: <a href="https://arxiv.org/abs/2001.03994">Fast is
 * better than free</a>, ICLR 2020, who look once an epoch; the collapse takes a few hundred steps.
 * It watches from when epsilon has its full size. It sees a fall: a net whose accuracy under PGD
 * never rose has none, which only the robust accuracy of a {@link Validation} shows. Nor is every
 * fall a collapse: at high learning rates robust accuracy goes down by a third and up again.
 *
 * @param attack what accuracy is measured under; of several steps
 * @param examples how many of the training examples it is measured on; at least 1
 * @param checks how often in an epoch, evenly, the last at its end; at least 1
 * @param drop how much of the accuracy at the last check is lost in a collapse; above 0, below 1
 */
public record Guard(ProjectedAscent attack, int examples, int checks, double drop) {
  /** Checks the numbers. */
  public Guard {
    Check.atLeast(1, examples, "examples");
    Check.atLeast(1, checks, "checks");
    if (!(drop > 0 && drop < 1)) {
      throw new IllegalArgumentException("drop must be between 0 and 1, but was " + drop);
    }
  }

  /** Ten steps of PGD on 256 examples, four times an epoch; to lose half is a collapse. */
  public static Guard standard() {
    return new Guard(new ProjectedAscent(10, 0.25f), 256, 4, 0.5);
  }

  /** The same looking more or less often. */
  public Guard withChecks(int newChecks) {
    return new Guard(attack, examples, newChecks, drop);
  }

  /** The same with another number of examples. */
  public Guard withExamples(int newExamples) {
    return new Guard(attack, newExamples, checks, drop);
  }

  /** The same with another idea of sudden. */
  public Guard withDrop(double newDrop) {
    return new Guard(attack, examples, checks, newDrop);
  }

  /** Whether a check is due after this step of an epoch; both count from 1. */
  boolean isDue(int step, int steps) {
    return (long) step * checks / steps > (long) (step - 1) * checks / steps;
  }

  /** Share of the watched examples that the model gets right under attack. */
  double accuracy(DifferentiableModel model, ThreatModel threat, Examples watched, Seed seed) {
    Goal goal = new Goal.Untargeted(watched.labels());
    Batch clean = watched.inputs();
    Batch attacked = attack.perturb(model, threat.around(clean, model.domain()), goal, seed);
    Batch logits = model.logits(attacked);
    return (double) logits.rowsWhere(row -> !goal.isReached(logits, row)).length / clean.rows();
  }
}
