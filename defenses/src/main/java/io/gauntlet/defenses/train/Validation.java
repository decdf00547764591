package io.gauntlet.defenses.train;

import io.gauntlet.attack.Attack;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Rate;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;

/**
 * What is measured after every epoch, under the full threat model; the weights with the best robust
 * accuracy are the ones that a training ends with.
 *
 * <p>Follows Rice, Wong, Kolter: <a href="https://arxiv.org/abs/2002.11569">Overfitting in
 * adversarially robust deep learning</a>, ICML 2020: robust accuracy on unseen examples falls again
 * while the training loss still improves.
 *
 * @param examples that are not trained on, nor the ones that are to be reported on; at least 1
 * @param attack what they must withstand
 * @param patience epochs without a better robust accuracy after which training ends; at least 1
 */
public record Validation(
    Examples examples, Attack<? super DifferentiableModel> attack, int patience) {
  /** Checks the numbers. */
  public Validation {
    Check.atLeast(1, examples.count(), "number of validation examples");
    Check.atLeast(1, patience, "patience");
  }

  /** On these examples, against {@link ProjectedAscent} of ten steps, to the last epoch. */
  public static Validation on(Examples examples) {
    return new Validation(examples, new ProjectedAscent(10, 0.25f), Integer.MAX_VALUE);
  }

  /** The same against another attack. */
  public Validation withAttack(Attack<? super DifferentiableModel> newAttack) {
    return new Validation(examples, newAttack, patience);
  }

  /** The same with an earlier or later end. */
  public Validation withPatience(int newPatience) {
    return new Validation(examples, attack, newPatience);
  }

  /**
   * How a model did.
   *
   * @param clean examples that it gets right without an attacker
   * @param robust examples that it gets right under attack
   */
  public record Accuracy(Rate clean, Rate robust) {}

  /** The examples by their digest, as a checkpoint needs them. */
  @Override
  public String toString() {
    return "Validation[examples=%s, attack=%s, patience=%s]"
        .formatted(examples.digest(), attack, patience);
  }

  Accuracy measure(DifferentiableModel model, ThreatModel threat, Seed seed) {
    RobustnessReport report =
        Robustness.of(model)
            .under(threat)
            .attackedBy(attack)
            .withSeed(seed.root())
            .evaluate(examples);
    int all = report.examples();
    return new Accuracy(
        new Rate(all - report.count(Outcome.Misclassified.class), all),
        new Rate(report.count(Outcome.Survived.class), all));
  }
}
